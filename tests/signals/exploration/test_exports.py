"""Groups of features stand in exports like the 36, where they were measured."""

import csv
import io

import pyarrow.parquet as pq
import pytest

from signals.exploration.exports import csv_chunks, parquet_chunks
from signals.filters.scope import Scope
from signals.filters.signal_filter import SignalFilter
from signals.models import SignalFeatures
from signals.services.feature_groups import store_features_fill
from tests.factories import make_bearing, make_dataset
from vibration.features.orders import ORDER_FEATURE_NAMES

pytestmark = pytest.mark.django_db


@pytest.fixture
def scope():
    store = make_dataset(duration_s=1.0, classes=("healthy", "wear")).store
    return Scope(store.owner, SignalFilter(), store)


def test_measured_groups_are_columns_of_both_files(scope):
    scope.store.bearing = make_bearing()
    scope.store.save()
    store_features_fill(store=scope.store)
    table = pq.read_table(io.BytesIO(b"".join(parquet_chunks(scope)))).to_pydict()
    rows = list(csv.reader(io.StringIO(b"".join(csv_chunks(scope)).decode("utf-8-sig"))))
    assert rows[0][-1] == "Velocity RMS (mm/s)"
    assert len(rows[0]) == len(table)
    kept = dict(
        SignalFeatures.objects.filter(group="bearing_orders").values_list("signal", "values")
    )
    for place, pk in enumerate(table["id"]):
        assert [table[name][place] for name in ORDER_FEATURE_NAMES] == kept[pk]


def test_without_them_the_files_are_as_before(scope):
    names = pq.read_table(io.BytesIO(b"".join(parquet_chunks(scope)))).column_names
    assert names[-1] == "bispectrum_peak_ratio"
