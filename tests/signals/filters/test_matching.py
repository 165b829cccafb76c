import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from signals.filters.matching import Why, signals_matching
from signals.filters.signal_filter import labels_beginning
from signals.models import FaultClass, Signal, Tag
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    return make_dataset(name="Pump hall", visibility="shared", per_class=8)


@pytest.fixture
def member(dataset):
    return make_user("viewer")


@pytest.fixture
def signal(dataset):
    return Signal.objects.filter(store=dataset.store, fault_class__code="wear").first()


def test_an_id_is_found_with_and_without_its_sign(member, signal):
    for text in (f"#{signal.pk}", f" {signal.pk} "):
        match = signals_matching(member, text)[0]
        assert (match.pk, match.label, match.why) == (signal.pk, signal.label, Why.ID)
        assert (match.dataset, match.fault_class) == ("Pump hall", "Wear")


def test_labels_are_found_by_their_beginning_in_order(member, signal):
    prefix = signal.fault_class.label_prefix.lower()
    matches = signals_matching(member, prefix)
    assert {match.why for match in matches} == {Why.LABEL}
    assert [match.label for match in matches] == sorted(
        Signal.objects.filter(fault_class=signal.fault_class).values_list("label", flat=True)
    )


@pytest.mark.parametrize(
    ("text", "why"), [("imbal", Why.CLASS), ("pump", Why.DATASET), ("strange", Why.TAG)]
)
def test_class_dataset_and_tag_are_found_by_a_part_of_their_name(member, signal, text, why):
    signal.tags.add(Tag.objects.create(name="Strange noise"))
    matches = signals_matching(member, text)
    assert matches
    assert {match.why for match in matches} == {why}


def test_groups_stand_together_and_nothing_is_offered_twice(member, signal):
    FaultClass.objects.filter(code="wear").update(label_prefix="WEA")
    signals = Signal.objects.filter(fault_class__code="wear")
    for number, row in enumerate(signals):
        Signal.objects.filter(pk=row.pk).update(label=f"WEA-{number}")
    make_dataset(name="Wear study", visibility="shared")
    matches = signals_matching(member, "wea", limit=12)
    reasons = [match.why for match in matches]
    assert reasons == sorted(reasons, key=list(Why).index)
    assert len({match.pk for match in matches}) == len(matches) <= 12
    assert {Why.LABEL, Why.DATASET} <= set(reasons)


def test_no_more_than_asked_for(member):
    assert len(signals_matching(member, "c", limit=5)) == 5
    assert len(signals_matching(member, "c", limit=1)) == 1
    assert signals_matching(member, "c", limit=0) == []


@pytest.mark.parametrize("text", ["", "  ", "\x00", "#", "nothing like it", "9" * 30, "x" * 101])
def test_what_means_nothing_finds_nothing(member, text):
    assert signals_matching(member, text) == []


@pytest.mark.parametrize("text", ["%", "_", "C_"])
def test_a_wildcard_is_a_letter_like_others(member, text):
    assert signals_matching(member, text) == []


def test_a_stranger_finds_nothing_by_any_way(member):
    private = make_dataset(name="Secret pump", per_class=3)
    signal = private.store.signals.first()
    signal.tags.add(Tag.objects.create(name="secret"))
    texts = (f"#{signal.pk}", signal.label, "healthy", "secret")
    for text in texts:
        found = {match.pk for match in signals_matching(member, text)}
        assert not found & set(private.store.signals.values_list("pk", flat=True))
        assert signals_matching(AnonymousUser(), text) == []
        assert signal.pk in {m.pk for m in signals_matching(private.store.owner, text)}


def test_it_takes_few_queries(member, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        signals_matching(member, "wear")


def test_the_index_on_labels_serves_beginning_and_order(dataset):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    found = labels_beginning(Signal.objects.all(), "c01").order_by("upper_label")
    plan = found[:5].explain()
    assert "signal_label_beginning" in plan
    assert "Index Cond" in plan
    assert "Sort" not in plan
