import numpy as np
import pytest
from django.core.cache import cache

from common.errors import Invalid
from datasets.scope import explorer_scope
from signals.exploration.analyses import correlations_of, ranking_of
from signals.exploration.feature_table import feature_table
from signals.filters.signal_filter import SignalFilter
from signals.models import Signal
from signals.selectors import store_path
from tests.factories import make_dataset, make_user
from tests.signals.catalogue import make_index
from vibration.features import FEATURE_NAMES
from vibration.store import StoreReader

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    cache.clear()
    return make_dataset(per_class=5)


def scope_of(dataset, **conditions):
    return explorer_scope(dataset.store.owner, SignalFilter(dataset=dataset.pk, **conditions))


def table_of(dataset, most=20_000, **conditions):
    scope = scope_of(dataset, **conditions)
    return feature_table(scope.user, scope, most=most)


def test_the_whole_store_is_what_its_file_holds(dataset):
    with StoreReader(store_path(dataset.store)) as reader:
        np.testing.assert_array_equal(table_of(dataset).values, reader.features())


def test_file_and_columns_say_the_same(dataset):
    from_file = table_of(dataset, classes=("wear",))
    store_path(dataset.store).unlink()
    cache.clear()
    from_columns = table_of(dataset, classes=("wear",))
    np.testing.assert_array_equal(from_file.values, from_columns.values)
    np.testing.assert_array_equal(from_file.pks, from_columns.pks)


def test_each_row_is_that_signals(dataset):
    table = table_of(dataset, classes=("imbalance",))
    signals = Signal.objects.in_bulk(table.pks.tolist())
    column = table.column("kurtosis")
    for pk, class_id, value in zip(table.pks.tolist(), table.classes, column, strict=True):
        assert signals[pk].fault_class_id == class_id
        assert signals[pk].kurtosis == pytest.approx(float(value))


def test_what_is_cached_is_what_was_read(dataset, django_assert_num_queries):
    first = table_of(dataset)
    scope = scope_of(dataset)
    with django_assert_num_queries(0):
        again = feature_table(scope.user, scope)
    for name in ("pks", "classes", "severities", "values"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))


def test_a_damaged_cache_entry_is_made_again(dataset):
    scope = scope_of(dataset)
    cache.set(scope.key("features", "20000"), b"broken")
    assert len(table_of(dataset).pks) == 15


def test_a_sample_is_the_same_share_of_each_class(dataset):
    table = table_of(dataset, most=6)
    assert (len(table.pks), table.n_signals, table.is_sample) == (6, 15, True)
    assert np.unique(table.classes, return_counts=True)[1].tolist() == [2, 2, 2]
    assert "6 of 15" in table.describe()


def test_a_narrow_filter_of_a_large_store_still_gives_a_full_sample():
    make_dataset()
    large = make_index(22_000, owner=make_user("engineer"))
    scope = explorer_scope(
        large.store.owner, SignalFilter(dataset=large.pk, classes=("wear",), severities=("mild",))
    )
    table = feature_table(scope.user, scope, most=100)
    assert len(table.pks) == 100
    assert table.n_signals > 400


def test_an_empty_filter_is_an_empty_table(dataset):
    table = table_of(dataset, text="none")
    assert table.values.shape == (0, len(FEATURE_NAMES))


def test_ranking_and_correlations_are_computed_once(dataset, django_assert_num_queries):
    scope = scope_of(dataset)
    ranking, correlations = ranking_of(scope.user, scope), correlations_of(scope.user, scope)
    assert sorted(row.column for row in ranking.rows) == list(range(36))
    assert sorted(correlations.order) == list(range(36))
    assert (ranking.n, correlations.n_signals) == (15, 15)
    with django_assert_num_queries(0):
        again = ranking_of(scope.user, scope)
        same = correlations_of(scope.user, scope)
    assert [row.column for row in again.rows] == [row.column for row in ranking.rows]
    np.testing.assert_array_equal(same.matrix, correlations.matrix)


def test_one_class_is_refused_in_a_sentence(dataset):
    scope = scope_of(dataset, classes=("wear",))
    with pytest.raises(Invalid, match="two classes"):
        ranking_of(scope.user, scope)
