from itertools import pairwise

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import Invalid, NotFound
from signals.filters.signal_filter import SignalFilter
from signals.filters.values import Range
from signals.models import FaultClass, Severity, Signal, Tag
from tests.factories import make_catalogue, make_dataset
from vibration.simulation import CLASS_CODES, SEVERITY_CODES

pytestmark = pytest.mark.django_db

TAGS = ("odd", "to check", "ä&=,b")
numbers = st.none() | st.floats(-1e9, 1e9)


def subsets(values):
    return st.sets(st.sampled_from(values)).map(
        lambda chosen: tuple(value for value in values if value in chosen)
    )


ranges = st.tuples(numbers, numbers).map(
    lambda ends: Range(*sorted(ends)) if None not in ends else Range(*ends)
)
filters = st.builds(
    SignalFilter,
    dataset=st.none() | st.integers(1, 2**63 - 1),
    classes=subsets(CLASS_CODES),
    severities=subsets(("none", *SEVERITY_CODES)),
    recordings=st.lists(st.integers(1, 2**63 - 1), max_size=3, unique=True).map(
        lambda found: tuple(sorted(found))
    ),
    tags=subsets(sorted(TAGS)),
    rpm=ranges,
    load=ranges,
    rms=ranges,
    per_class=st.none() | st.integers(1, 1_000_000),
    text=st.text("OWH-0123 äß&=%", max_size=20).map(str.strip),
)


@pytest.fixture
def catalogue():
    make_catalogue()
    Tag.objects.bulk_create(Tag(name=name) for name in TAGS)


@pytest.fixture
def signals():
    dataset = make_dataset(per_class=8)
    return Signal.objects.filter(store=dataset.store)


def read(query):
    return SignalFilter.from_query(QueryDict(query))


def passing(signals, query):
    return set(read(query).apply(signals))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(chosen=filters)
def test_what_is_written_into_a_url_is_read_again(catalogue, chosen):
    assert read(chosen.to_query()) == chosen


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(chosen=filters)
def test_a_description_is_one_line_that_begins_large(catalogue, chosen):
    words = chosen.describe()
    assert "\n" not in words
    assert words[0] == words[0].upper()


def test_an_open_filter_writes_nothing(catalogue):
    assert SignalFilter().to_query() == ""
    assert read("signal=7&sort=rms") == SignalFilter()
    assert SignalFilter().is_open


def test_the_order_of_what_is_asked_does_not_matter(catalogue):
    one = read("severity=mild&class=wear&class=healthy&severity=none")
    other = read("class=healthy&class=wear&class=wear&severity=none&severity=mild")
    assert one.to_query() == other.to_query()
    assert one.to_query() == "class=healthy&class=wear&severity=none&severity=mild"


def test_a_plain_mapping_is_read_like_a_query(catalogue):
    given = {"class": ["wear", "healthy"], "per_class": 5, "rpm_min": 1500.5, "tag": "odd"}
    assert SignalFilter.from_query(given) == read(
        "class=healthy&class=wear&per_class=5&rpm_min=1500.5&tag=odd"
    )


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("class=rust", "no fault class “rust”"),
        ("severity=awful", "no severity “awful”"),
        ("dataset=one", "dataset in the address is no number"),
        ("dataset=9223372036854775808", "no number"),
        ("per_class=0", "from 1 to"),
        ("per_class=1.5", "whole number"),
        ("rpm_min=fast", "“fast” is no number"),
        ("rms_max=nan", "“nan” is no number"),
        ("load_min=5&load_max=4", "above the highest"),
        ("text=" + "x" * 61, "at most 60 characters"),
        ("text=a%00b", "is too long or holds"),
        ("class=" + "x" * 101, "is too long or holds"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_sentence(catalogue, query, says):
    with pytest.raises(Invalid, match=says):
        read(query)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "All classes, all severities"),
        ("class=oil_whirl", "Oil whirl, all severities"),
        ("class=wear&class=imbalance&severity=mild", "Imbalance and wear, mild"),
        ("severity=none&severity=severe", "All classes, no severity and severe"),
        ("rpm_min=1000&rpm_max=3000", "All classes, all severities, speed 1000–3000 rpm"),
        ("load_min=50", "All classes, all severities, load from 50 %"),
        ("rms_max=0.5", "All classes, all severities, RMS up to 0.5"),
        ("per_class=50&text=OWH", "All classes, all severities, at most 50 of each class, "
         "labels beginning with “OWH”"),
        ("tag=odd", "All classes, all severities, tagged “odd”"),
        ("&".join(f"class={code}" for code in CLASS_CODES), "11 classes, all severities"),
    ],
)  # fmt: skip
def test_a_filter_says_itself_in_words(catalogue, query, words):
    assert read(query).describe() == words


def test_a_filter_names_the_unit_it_is_told(catalogue):
    assert read("rms_min=0.5&rms_max=2").describe("m/s²").endswith("RMS 0.5–2 m/s²")


def test_classes_let_through_any_of_them(signals):
    codes = {signal.fault_class.code for signal in passing(signals, "class=wear&class=healthy")}
    assert codes == {"wear", "healthy"}


def test_none_is_the_severity_of_the_healthy(signals):
    found = passing(signals, "severity=none&severity=mild")
    assert {signal.severity and signal.severity.code for signal in found} == {None, "mild"}
    assert all(signal.severity is None for signal in passing(signals, "severity=none"))


def test_each_severity_and_none_make_up_the_whole(signals):
    codes = ["none", *Severity.objects.values_list("code", flat=True)]
    parts = [passing(signals, f"severity={code}") for code in codes]
    assert sum(map(len, parts)) == len(set.union(*parts)) == signals.count()


def test_tags_let_through_any_of_them_and_nothing_twice(signals):
    first, second, *_ = signals
    tags = [Tag.objects.create(name=name) for name in ("odd", "rub")]
    first.tags.set(tags)
    second.tags.add(tags[1])
    query = read("tag=odd&tag=rub")
    assert list(query.apply(signals).order_by("row")) == [first, second]
    assert passing(signals, "tag=odd") == {first}


@pytest.mark.parametrize(
    ("key", "column"), [("rpm", "rpm"), ("load", "load_percent"), ("rms", "rms")]
)
def test_a_range_holds_both_its_ends(signals, key, column):
    values = sorted(signals.values_list(column, flat=True))
    low, high = values[3], values[-4]
    chosen = SignalFilter(**{key: Range(low, high)})
    again = read(chosen.to_query())
    found = sorted(again.apply(signals).values_list(column, flat=True))
    assert found == [value for value in values if low <= value <= high]


def test_so_many_per_class_are_a_sample_that_only_grows(signals):
    samples = [passing(signals, f"per_class={n}") for n in (1, 3, 8)]
    assert [len(sample) for sample in samples] == [3, 9, 24]
    assert all(small < large for small, large in pairwise(samples))


def test_text_is_the_beginning_of_a_label_in_any_case(signals):
    label = signals.first().label
    assert passing(signals, f"text={label.lower()}") == {signals.get(label=label)}
    prefix = FaultClass.objects.get(code="wear").label_prefix
    assert passing(signals, f"text={prefix.lower()}") == passing(signals, "class=wear")


def test_a_wildcard_is_a_letter_like_others(signals):
    assert passing(signals, "text=%25") == set()


def test_a_dataset_is_found_through_its_store(signals):
    other = make_dataset()
    chosen = SignalFilter(dataset=other.pk)
    found = chosen.apply(Signal.objects.all(), store_of={other.pk: other.store_id}.__getitem__)
    assert set(found) == set(Signal.objects.filter(store=other.store))


def test_a_dataset_that_one_may_not_see_does_not_exist(signals):
    def store_of(pk):
        raise NotFound("There is no such dataset.")

    with pytest.raises(NotFound):
        SignalFilter(dataset=1).apply(signals, store_of=store_of)


def test_a_dataset_is_never_silently_left_out(signals):
    with pytest.raises(Invalid):
        SignalFilter(dataset=1).apply(signals)
