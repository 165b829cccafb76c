"""Specimens, runs and recordings as the explorer filters, lists and exports them."""

import csv
import io

import pyarrow.parquet as pq
import pytest
from django.http import QueryDict

from datasets.scope import explorer_scope
from signals.exploration.exports import csv_chunks, parquet_chunks
from signals.exploration.overview import overview, recording_counts
from signals.exploration.table import TableQuery, table_page
from signals.feature_table import feature_table
from signals.filters.signal_filter import SignalFilter
from signals.models import Recording, Signal
from signals.selectors import group_key
from tests.datasets.importing import imported, planned, samples
from tests.factories import make_catalogue, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db):
    return make_user("engineer")


@pytest.fixture
def dataset(owner, tmp_path):
    make_catalogue()
    return imported(
        *(
            planned(
                tmp_path / f"{specimen}-{n}.npy",
                samples(seed=seed),
                specimen=specimen,
                run="to failure",
                label=label,
            )
            for seed, (specimen, n, label) in enumerate(
                [("B1", 1, "healthy"), ("B1", 2, ""), ("=B2", 1, "healthy")]
            )
        ),
        planned(tmp_path / "alone.npy", samples(seed=9)),
        owner=owner,
    )


def scope(user, dataset, query=""):
    return explorer_scope(user, SignalFilter.from_query(QueryDict(f"dataset={dataset.pk}&{query}")))


def found(user, dataset, query):
    return sorted(scope(user, dataset, query).signals().values_list("label", flat=True))


def test_only_these_bearings(owner, dataset):
    assert found(owner, dataset, "specimen=B1") == ["B1-1", "B1-2"]
    assert found(owner, dataset, "specimen=%3DB2&specimen=B1") == ["=B2-1", "B1-1", "B1-2"]


def test_a_run_and_a_recording_are_conditions_too(owner, dataset):
    assert found(owner, dataset, "run=to+failure&specimen=%3DB2") == ["=B2-1"]
    recording = Recording.objects.get(name="alone.npy")
    assert found(owner, dataset, f"recording={recording.pk}") == ["alone"]


def test_a_recording_of_a_stranger_holds_nothing(owner, dataset, tmp_path):
    other = make_user("engineer")
    own = imported(planned(tmp_path / "own.npy", samples(seed=11)), owner=other, name="own")
    recording = Recording.objects.get(name="alone.npy")
    assert found(other, own, f"recording={recording.pk}") == []
    assert found(other, own, "specimen=B1") == []


def test_signals_without_a_class_can_be_asked_for(owner, dataset):
    assert found(owner, dataset, "class=none") == ["B1-2", "alone"]
    held = overview(owner, scope(owner, dataset, "class=none"))
    assert [(row.code, row.n) for row in held.rows] == [("none", 2)]


def test_each_specimen_is_counted_whatever_specimens_are_asked_for(owner, dataset):
    chosen = scope(owner, dataset, "specimen=B1&class=healthy")
    assert recording_counts(owner, chosen, "specimens") == {"B1": 1, "=B2": 1}
    assert recording_counts(owner, scope(owner, dataset), "runs") == {"to failure": 3}


def test_the_table_shows_and_sorts_by_them(owner, dataset):
    page = table_page(owner, scope(owner, dataset), TableQuery(sort="specimen", descending=True))
    rows = [(r["specimen"], r["run"], r["position"], r["recording"]) for r in page.rows]
    assert rows[0][0] == "B1"
    assert rows[2] == ("=B2", "to failure", 1, "=B2-1.npy")
    assert rows[3] == (None, None, None, "alone.npy")


def test_the_table_filters_by_them(owner, dataset):
    query = TableQuery(filters={"specimen": {"type": "equals", "filter": "b1"}})
    assert table_page(owner, scope(owner, dataset), query).total == 2


def test_exports_hold_them(owner, dataset):
    text = b"".join(csv_chunks(scope(owner, dataset))).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(r["specimen"], r["number in the run"]) for r in rows] == [
        ("B1", "1"), ("B1", "2"), ("'=B2", "1"), ("", ""),
    ]  # fmt: skip
    packed = io.BytesIO(b"".join(parquet_chunks(scope(owner, dataset))))
    table = pq.read_table(packed)
    assert table["specimen"].to_pylist() == ["B1", "B1", "=B2", None]
    assert table["position"].to_pylist() == [1, 2, 1, None]


def test_the_explorers_form_offers_them(owner, dataset, client):
    client.force_login(owner)
    page = client.get("/data-explorer/", {"dataset": dataset.pk, "specimen": "B1"})
    assert page.status_code == 200
    text = page.content.decode()
    assert 'name="specimen" value="B1" checked' in text
    assert 'name="run" value="to failure"' in text
    assert 'name="class" value="none"' in text


def test_signals_of_a_specimen_are_one_group(owner, dataset):
    table = feature_table(owner, scope(owner, dataset))
    by_label = dict(Signal.objects.values_list("pk", "label"))
    group = {by_label[pk]: n for pk, n in zip(table.pks.tolist(), table.records, strict=True)}
    assert group["B1-1"] == group["B1-2"]
    assert len({group["B1-1"], group["=B2-1"], group["alone"]}) == 3
    keys = {signal.label: group_key(signal) for signal in Signal.objects.all()}
    assert keys["B1-1"] == keys["B1-2"] != keys["=B2-1"]
    assert keys["alone"][0] == "recording"
