import csv
import io

import pyarrow.parquet as pq
import pytest
from django.urls import reverse

from common.text.spreadsheets import harmless
from datasets.scope import explorer_scope
from monitoring.models import SystemEvent
from signals.exploration import exports
from signals.exploration.table import TableQuery, table_page
from signals.filters.signal_filter import SignalFilter
from signals.models import Signal, Tag
from tests.factories import make_dataset, make_user
from vibration.features import FEATURES

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    return make_dataset(name="Study", per_class=3)


def fetched(client, user, code, query):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse("explorer-export", args=[code]) + f"?{query}")


def rows_of(response):
    return list(
        csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")))
    )


def test_csv_holds_every_signal_of_the_filter_with_units(client, dataset, monkeypatch):
    monkeypatch.setattr(exports, "BATCH", 2)
    response = fetched(
        client, dataset.store.owner, "csv", f"dataset={dataset.pk}&class=wear&class=healthy"
    )
    rows = rows_of(response)
    assert [row["class"] for row in rows] == ["healthy"] * 3 + ["wear"] * 3
    signal = Signal.objects.get(pk=rows[0]["id"])
    assert float(rows[0]["RMS (g)"]) == signal.rms
    assert float(rows[0]["speed (rpm)"]) == signal.rpm
    assert rows[0]["severity"] == ""
    assert "signals.csv" in response["Content-Disposition"]


@pytest.mark.parametrize("sort", ["rms", "-rms", "label", "-class", "severity", "row", "-row"])
def test_rows_come_in_the_order_of_the_table(sort, client, dataset, monkeypatch):
    monkeypatch.setattr(exports, "BATCH", 2)
    user = dataset.store.owner
    wanted = TableQuery(sort=sort.removeprefix("-"), descending=sort.startswith("-"))
    scope = explorer_scope(user, SignalFilter(dataset=dataset.pk))
    shown = [str(row["id"]) for row in table_page(user, scope, wanted).rows]
    rows = rows_of(fetched(client, user, "csv", f"dataset={dataset.pk}&sort={sort}"))
    assert [row["id"] for row in rows] == shown


@pytest.mark.parametrize("sort", ["store__owner", "-", "--rms"])
def test_an_order_that_no_table_has_is_refused(sort, client, dataset):
    response = fetched(client, dataset.store.owner, "csv", f"dataset={dataset.pk}&sort={sort}")
    assert response.status_code == 400


def test_parquet_holds_the_same_with_titles_in_its_metadata(client, dataset, monkeypatch):
    monkeypatch.setattr(exports, "BATCH", 4)
    response = fetched(client, dataset.store.owner, "parquet", f"dataset={dataset.pk}")
    table = pq.read_table(io.BytesIO(b"".join(response.streaming_content)))
    signals = Signal.objects.filter(store=dataset.store).order_by("row")
    for feature in FEATURES:
        assert table[feature.name].to_pylist() == list(signals.values_list(feature.name, flat=True))
    assert table.schema.metadata[b"rms"] == b"RMS (g)"


@pytest.mark.parametrize("code", ["csv", "parquet"])
def test_an_empty_filter_gives_a_table_without_rows(code, client, dataset):
    response = fetched(client, dataset.store.owner, code, f"dataset={dataset.pk}&text=none")
    body = b"".join(response.streaming_content)
    if code == "csv":
        assert body.startswith(b"\xef\xbb\xbf")
        assert body.decode().strip().count("\n") == 0
    else:
        assert pq.read_table(io.BytesIO(body)).num_rows == 0


@pytest.mark.parametrize("sign", [*"=+-@＝＋－＠\t\r\n"])
def test_a_text_that_would_be_a_formula_is_made_harmless(sign):
    assert harmless(f"{sign}1+1") == f"'{sign}1+1"
    assert harmless("OWH-0047") == "OWH-0047"


def test_a_tag_that_would_be_a_formula_is_made_harmless_and_negative_numbers_stay(client, dataset):
    signal = Signal.objects.filter(store=dataset.store).first()
    signal.tags.add(Tag.objects.create(name="=1+1"))
    Signal.objects.filter(pk=signal.pk).update(skewness=-0.5)
    rows = rows_of(fetched(client, dataset.store.owner, "csv", f"dataset={dataset.pk}"))
    row = next(row for row in rows if row["id"] == str(signal.pk))
    assert (row["tags"], row["Skewness"]) == ("'=1+1", "-0.5")


def test_an_export_is_recorded(client, dataset):
    fetched(client, dataset.store.owner, "csv", f"dataset={dataset.pk}&class=wear")
    event = SystemEvent.objects.filter(kind=SystemEvent.Kind.EXPORTED).get()
    assert event.actor == dataset.store.owner
    assert event.detail == "csv: Wear, all severities"


@pytest.mark.parametrize("role", [None, "viewer", "engineer", "curator"])
def test_a_stranger_exports_nothing(role, client, dataset):
    user = make_user(role)
    assert fetched(client, user, "csv", f"dataset={dataset.pk}").status_code == 404
    assert rows_of(fetched(client, user, "csv", "")) == []
    exported = SystemEvent.objects.filter(kind=SystemEvent.Kind.EXPORTED)
    assert not exported.filter(subject__startswith="Study").exists()


def test_a_member_exports_what_is_shared(client):
    shared = make_dataset(visibility="shared")
    assert len(rows_of(fetched(client, make_user("viewer"), "csv", f"dataset={shared.pk}"))) == 6


def test_nobody_logged_in_is_sent_to_the_login(client, dataset):
    assert client.get(reverse("explorer-export", args=["csv"])).status_code == 302


def test_an_unknown_format_does_not_exist(client, dataset):
    assert fetched(client, dataset.store.owner, "xls", "").status_code == 404
