import pytest
from django.core.cache import cache

from common.errors import Invalid
from datasets.scope import explorer_scope
from signals.exploration import histograms
from signals.exploration.histograms import MEASURED, N_BINS, histograms_of
from signals.exploration.table import filtered
from signals.filters.signal_filter import SignalFilter
from signals.filters.values import Range
from signals.models import Signal
from tests.factories import make_dataset, make_user
from tests.signals.index_rows import make_index

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    return make_dataset(per_class=5)


@pytest.fixture
def scope(dataset):
    return scope_of(dataset)


def scope_of(dataset, user=None, **chosen):
    user = user or dataset.store.owner
    return explorer_scope(user, SignalFilter(dataset=dataset.pk, **chosen))


def histogram_of(user, scope, column):
    return histograms_of(user, scope, [column])[column]


def values(dataset, **changes):
    for pk, value in zip(ids(dataset), changes.pop("rms"), strict=False):
        Signal.objects.filter(pk=pk).update(rms=value)


def ids(dataset):
    return Signal.objects.filter(store=dataset.store).order_by("pk").values_list("pk", flat=True)


@pytest.mark.parametrize("column", ["rms", "kurtosis", "rpm", "load", "temperature", "skewness"])
def test_each_signal_is_in_one_bin_or_without_a_value(column, scope):
    histogram = histogram_of(scope.user, scope, column)
    assert len(histogram.counts) == N_BINS
    assert sum(histogram.counts) + histogram.n_missing == histogram.n_signals == 15
    assert not histogram.is_sample


def test_bins_are_of_equal_width_and_hold_what_lies_in_them(dataset, scope):
    values(dataset, rms=[0.0, 0.5, 1.5, 2.5, *[16.0] * 11])
    histogram = histogram_of(scope.user, scope, "rms")
    assert (histogram.edges[0], histogram.edges[-1]) == (0, 16)
    assert histogram.counts == [2, 1, 1, *[0] * 12, 11]


def test_a_far_value_does_not_press_the_others_into_one_bin(scope, dataset):
    make = make_index(400, owner=dataset.store.owner)
    rows = list(Signal.objects.filter(store=make.store).order_by("pk"))
    for number, row in enumerate(rows):
        row.rms = number / 400
    rows[-1].rms = 1e6
    Signal.objects.bulk_update(rows, ["rms"])
    histogram = histogram_of(dataset.store.owner, scope_of(make), "rms")
    assert histogram.edges[-1] < 1.1
    assert sum(histogram.counts) == 400
    assert max(histogram.counts) < 40


def condition_of(histogram, place):
    """Return what a click on a bar filters by, as the page writes it."""
    low, high = histogram.edges[place : place + 2]
    from_low = {"filterType": "number", "type": "greaterThanOrEqual", "filter": low}
    below = {"filterType": "number", "type": "lessThan", "filter": high}
    if place == 0:
        return below
    if place == N_BINS - 1:
        return from_low
    return {"filterType": "number", "operator": "AND", "conditions": [from_low, below]}


@pytest.mark.parametrize("column", ["rms", "dominant_frequency", "rpm"])
def test_what_a_bar_counts_is_what_its_click_shows(column, dataset, scope):
    histogram = histogram_of(scope.user, scope, column)
    on_edges = [(ids(dataset)[place], edge) for place, edge in enumerate(histogram.edges[1:9])]
    for pk, edge in on_edges:
        Signal.objects.filter(pk=pk).update(**{MEASURED[column]: edge})
    cache.clear()
    histogram = histogram_of(scope.user, scope, column)
    shown = [
        filtered(scope, {column: condition_of(histogram, place)}).count() for place in range(N_BINS)
    ]
    assert shown == histogram.counts


def test_all_columns_are_counted_in_two_statements(scope, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):  # the cells of the store, its ends, its counts
        histograms_of(scope.user, scope, ["rms", "kurtosis", "rpm", "load", "temperature"])


def test_signals_without_a_value_are_counted_apart(dataset, scope):
    values(dataset, rms=[None] * 4)
    assert histogram_of(scope.user, scope, "rms").n_missing == 4


@pytest.mark.parametrize("value", [None, 0.0, 0.25, -3.0, 1e-9, 1e12])
def test_one_value_or_none_at_all_is_a_histogram_too(value, dataset, scope):
    Signal.objects.filter(store=dataset.store).update(rms=value)
    histogram = histogram_of(scope.user, scope, "rms")
    assert histogram.edges == sorted(set(histogram.edges))
    assert sum(histogram.counts) == (0 if value is None else 15)


def test_it_is_of_the_filter(dataset):
    whole = scope_of(dataset)
    low = min(filtered(whole, {}).values_list("rms", flat=True))
    scope = scope_of(dataset, rms=Range(high=low))
    assert histogram_of(scope.user, scope, "rms").n_signals == 1


def test_many_signals_are_told_from_the_same_share_of_each_class(dataset, scope, monkeypatch):
    monkeypatch.setattr(histograms, "MOST_COUNTED", 9)
    monkeypatch.setattr(histograms, "MOST_FOR_ENDS", 3)
    histogram = histogram_of(scope.user, scope, "rms")
    assert histogram.is_sample
    assert (histogram.n_counted, histogram.n_signals) == (9, 15)


def test_it_is_counted_once_for_each_state_of_the_store(dataset, scope, django_assert_num_queries):
    histogram_of(scope.user, scope, "rms")
    with django_assert_num_queries(0):
        histogram_of(scope.user, scope, "rms")


@pytest.mark.parametrize("role", [None, "viewer", "engineer", "curator"])
def test_a_stranger_counts_nothing(role, dataset):
    stranger = make_user(role)
    scope = explorer_scope(stranger, SignalFilter())
    assert histogram_of(stranger, scope, "rms").n_signals == 0
    with pytest.raises(ValueError, match="for the person"):
        histogram_of(stranger, scope_of(dataset), "rms")


def test_a_member_counts_what_is_shared():
    shared, member = make_dataset(visibility="shared"), make_user("viewer")
    assert histogram_of(member, scope_of(shared, member), "rms").n_signals == 6


@pytest.mark.parametrize("column", ["label", "class", "row", "store__owner", ""])
def test_what_is_no_number_has_no_histogram(column, scope):
    with pytest.raises(Invalid):
        histogram_of(scope.user, scope, column)
