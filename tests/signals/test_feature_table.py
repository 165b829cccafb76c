from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.errors import Invalid
from common.remembered import remembering
from datasets.scope import explorer_scope
from signals import feature_table as feature_table_module
from signals.exploration.analyses import correlations_of, ranking_of
from signals.feature_table import feature_table
from signals.filters.signal_filter import SignalFilter
from signals.models import Signal
from signals.selectors import store_path
from tests.factories import make_dataset, make_user
from tests.signals.index_rows import make_index
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
    store_path(dataset.store).discard()
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
    cache.set(scope.key("signals", "20000"), b"broken")
    cache.set(scope.key("features", "20000:"), b"broken")
    assert table_of(dataset).values.shape == (15, 36)


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
    assert 80 <= len(table.pks) <= 120
    assert table.n_signals > 400


def test_one_feature_is_read_alone(dataset):
    scope = scope_of(dataset)
    table = feature_table(scope.user, scope, features=("kurtosis",))
    assert table.values.shape == (15, 1)
    np.testing.assert_array_equal(table.column("kurtosis"), table_of(dataset).column("kurtosis"))


def test_one_feature_is_a_column_of_the_database_alone(dataset):
    store_path(dataset.store).discard()
    scope = scope_of(dataset)
    with CaptureQueriesContext(connection) as captured:
        feature_table(scope.user, scope, features=("kurtosis",))
    (read,) = [query["sql"] for query in captured.captured_queries if '"kurtosis"' in query["sql"]]
    assert '"rms"' not in read


def test_four_that_ask_at_once_read_it_once(dataset, monkeypatch):
    asked, begun, may_end = [], Event(), Event()

    def read(scope, rows, names):
        asked.append(names)
        begun.set()
        may_end.wait(120)
        return np.zeros((len(rows), len(names)), np.float32)

    monkeypatch.setattr(feature_table_module, "_from_file", read)
    scope = scope_of(dataset)
    feature_table(scope.user, scope, features=())  # which signals these are is known
    with ThreadPoolExecutor(4) as pool:
        tables = [pool.submit(feature_table, scope.user, scope) for _ in range(4)]
        assert begun.wait(120)
        may_end.set()
        assert {table.result(120).values.shape for table in tables} == {(15, 36)}
    assert len(asked) == 1


def test_a_copy_shares_the_number_of_its_record():
    dataset = make_dataset(per_class=4, augmentation=True)
    table = table_of(dataset)
    copies = Signal.objects.filter(store=dataset.store, augmented=True)
    number = dict(zip(table.pks.tolist(), table.records.tolist(), strict=True))
    for copy in copies:
        record = Signal.objects.get(store=dataset.store, row=copy.source_row)
        assert number[copy.pk] == number[record.pk]
    originals = table.originals()
    assert (len(originals.pks), originals.n_signals) == (12, 12)
    assert len(np.unique(originals.records)) == 12
    assert table.n_signals == 12 + copies.count()


def test_a_smaller_sample_of_a_table_is_the_same_share_of_each_class(dataset):
    table = table_of(dataset).at_most(6)
    assert np.unique(table.classes, return_counts=True)[1].tolist() == [2, 2, 2]
    assert table.values.shape == (6, 36)


def test_ranking_is_of_the_originals_unless_copies_are_asked_for():
    dataset = make_dataset(per_class=4, augmentation=True)
    scope, alone = scope_of(dataset), scope_of(dataset, originals=True)
    ranking = ranking_of(scope.user, scope)
    assert ranking.n == 12
    assert ranking.n_copies == Signal.objects.filter(store=dataset.store, augmented=True).count()
    assert [(r.column, r.f) for r in ranking.rows] == [
        (r.column, r.f) for r in ranking_of(alone.user, alone).rows
    ]
    assert ranking_of(scope.user, scope, with_copies=True).n == 12 + ranking.n_copies


def test_an_empty_filter_is_an_empty_table(dataset):
    table = table_of(dataset, text="none")
    assert table.values.shape == (0, len(FEATURE_NAMES))


def test_ranking_and_correlations_are_computed_once(dataset, django_assert_num_queries):
    scope = scope_of(dataset)
    ranking, correlations = ranking_of(scope.user, scope), correlations_of(scope.user, scope)
    assert sorted(row.column for row in ranking.rows) == list(range(36))
    assert sorted(correlations.order) == list(range(36))
    assert (ranking.n, correlations.n_signals) == (15, 15)
    # In a request, whether the store is seen and which groups of features it has is asked once.
    with remembering({}), django_assert_num_queries(2):
        again = ranking_of(scope.user, scope)
        same = correlations_of(scope.user, scope)
    assert [row.column for row in again.rows] == [row.column for row in ranking.rows]
    np.testing.assert_array_equal(same.matrix, correlations.matrix)


def test_one_class_is_refused_in_a_sentence(dataset):
    scope = scope_of(dataset, classes=("wear",))
    with pytest.raises(Invalid, match="two classes"):
        ranking_of(scope.user, scope)
