import pytest

from signals.filters.neighbours import Neighbours, neighbours, random_of
from signals.models import Signal
from signals.selectors import signals_visible
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_datasets():
    return make_dataset(visibility="shared"), make_dataset(visibility="shared")


@pytest.fixture
def everything(two_datasets):
    return signals_visible(make_user("viewer"))


def expected(ids, position):
    return Neighbours(
        number=position + 1,
        total=len(ids),
        previous=ids[position - 1] if position else None,
        next=ids[position + 1] if position + 1 < len(ids) else None,
    )


@pytest.mark.parametrize("code", [None, "wear"])
def test_every_place_is_that_in_the_full_list(everything, code):
    signals = everything.filter(fault_class__code=code) if code else everything
    listed = list(signals.order_by("store_id", "row"))
    ids = [signal.pk for signal in listed]
    assert len(ids) == (4 if code else 12)
    for position, signal in enumerate(listed):
        assert neighbours(signals, signal) == expected(ids, position)


def test_a_signal_outside_the_filter_has_neighbours_but_no_number(everything):
    wear = everything.filter(fault_class__code="wear")
    imbalance = everything.filter(fault_class__code="imbalance").order_by("store_id", "row")[1]
    ids = list(wear.order_by("store_id", "row").values_list("pk", flat=True))
    assert neighbours(wear, imbalance) == Neighbours(None, 4, None, ids[0])


def test_an_empty_filter_has_no_neighbours(everything):
    assert neighbours(everything.none(), everything.first()) == Neighbours(None, 0, None, None)


def test_neighbours_are_found_without_counting_through(everything, django_assert_max_num_queries):
    signal = everything.first()
    with django_assert_max_num_queries(5) as asked:
        neighbours(everything, signal)
    assert not any("OFFSET" in query["sql"] for query in asked.captured_queries)


def test_any_other_signal_may_come_and_never_the_same(two_datasets):
    signals = Signal.objects.filter(store=two_datasets[0].store)
    first, *others = signals.order_by("pk").values_list("pk", flat=True)
    assert {random_of(signals, first) for _ in range(200)} == set(others)


def test_the_only_signal_has_no_other(everything):
    only = everything.filter(pk=everything.first().pk)
    assert random_of(only, only.get().pk) is None
    assert random_of(only) == only.get().pk
