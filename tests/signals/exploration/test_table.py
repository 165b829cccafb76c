import pytest

from common.errors import Invalid
from datasets.scope import explorer_scope
from signals.exploration.table import TableQuery, table_page
from signals.filters.signal_filter import SignalFilter
from signals.models import Signal, Tag
from tests.factories import make_dataset

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    return make_dataset(per_class=5)


@pytest.fixture
def scope(dataset):
    return explorer_scope(dataset.store.owner, SignalFilter(dataset=dataset.pk))


def page(scope, **query):
    return table_page(scope.user, scope, TableQuery(**query))


def ids(scope, **query):
    return [row["id"] for row in page(scope, **query).rows]


def pages(scope, size, **query):
    return [pk for at in range(0, 15, size) for pk in ids(scope, start=at, end=at + size, **query)]


def test_a_row_says_what_the_signal_is(scope):
    row = page(scope, features=("rms",)).rows[0]
    signal = Signal.objects.select_related("fault_class").get(pk=row["id"])
    assert row["label"] == signal.label
    assert row["class"] == signal.fault_class.name
    assert row["rms"] == signal.rms
    assert row["tags"] == []


@pytest.mark.parametrize("sort", ["row", "label", "rms", "class", "severity", "rpm", "id"])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_together_give_each_row_once_in_order(sort, descending, scope):
    whole = ids(scope, end=15, sort=sort, descending=descending)
    assert pages(scope, 4, sort=sort, descending=descending) == whole
    assert len(set(whole)) == 15


def test_equal_values_keep_their_order_from_page_to_page(dataset, scope):
    Signal.objects.filter(store=dataset.store).update(rms=0.5)
    whole = ids(scope, end=15, sort="rms")
    assert pages(scope, 2, sort="rms") == whole == sorted(whole)


@pytest.mark.parametrize("descending", [False, True])
def test_rows_without_a_value_come_last_in_either_direction(descending, dataset, scope):
    missing = list(Signal.objects.filter(store=dataset.store).order_by("pk")[3:10])
    Signal.objects.filter(pk__in=[signal.pk for signal in missing]).update(rms=None)
    found = pages(scope, 4, sort="rms", descending=descending)
    assert found[-7:] == [signal.pk for signal in missing]
    assert len(set(found)) == 15


def test_a_page_deep_in_the_table_needs_no_page_before_it(scope):
    whole = ids(scope, end=15, sort="rms")
    assert ids(scope, start=9, end=12, sort="rms") == whole[9:12]


def test_beyond_the_end_there_is_nothing(scope):
    assert ids(scope, start=15, end=20) == []
    assert page(scope, start=15, end=20).total == 15


@pytest.mark.parametrize(
    ("column", "given", "lookup"),
    [
        ("rms", {"type": "greaterThan", "filter": 0.3}, {"rms__gt": 0.3}),
        ("rms", {"type": "inRange", "filter": 0.1, "filterTo": 0.3}, {"rms__range": (0.1, 0.3)}),
        ("class", {"type": "contains", "filter": "wea"}, {"fault_class__code": "wear"}),
        ("severity", {"type": "blank"}, {"severity": None}),
        ("label", {"type": "endsWith", "filter": "3"}, {"label__endswith": "3"}),
        (
            "rpm",
            {
                "operator": "OR",
                "conditions": [
                    {"type": "lessThan", "filter": 0},
                    {"type": "greaterThan", "filter": 1},
                ],
            },
            {},
        ),
    ],
)
def test_a_filter_of_a_column_is_one_of_sql(column, given, lookup, dataset, scope):
    wanted = set(Signal.objects.filter(store=dataset.store, **lookup).values_list("pk", flat=True))
    found = page(scope, end=50, filters={column: given})
    assert {row["id"] for row in found.rows} == wanted
    assert found.total == len(wanted)


def test_a_signal_with_two_tags_is_one_row(dataset, scope):
    signal = Signal.objects.filter(store=dataset.store).first()
    signal.tags.add(Tag.objects.create(name="odd one"), Tag.objects.create(name="odd two"))
    found = page(scope, filters={"tags": {"type": "contains", "filter": "odd"}})
    assert [row["tags"] for row in found.rows] == [["odd one", "odd two"]]
    assert found.total == 1


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "password"},
        {"start": 10, "end": 5},
        {"end": 10_000},
        {"features": ("store__owner__password",)},
        {"filters": {"store__owner": {"type": "equals", "filter": 1}}},
        {"filters": {"rms": {"type": "greaterThan", "filter": "1; DROP"}}},
        {"filters": {"rms": {"type": "odd", "filter": 1}}},
        {"filters": {"rms": 4}},
    ],
)
def test_what_the_table_does_not_offer_is_refused(query, scope):
    with pytest.raises(Invalid):
        page(scope, **query)
