"""The interface for machines: the same data under the same rights as on the pages."""

import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client

from monitoring.accounts.tokens import token_create
from monitoring.models import Job
from signals.selectors import signal_samples
from signals.waveforms import sources
from tests.factories import make_catalogue, make_dataset, make_user
from vibration.store import StoreReader

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


def caller(user, **scopes):
    """Return a program's client with a token of `user`."""
    _, secret = token_create(user=user, name="a test", **scopes)
    return Client(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False)


def body_of(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.fixture
def dataset(db):
    return make_dataset(name="Pump")


@pytest.fixture
def owner(dataset):
    return caller(dataset.store.owner)


@pytest.fixture
def addresses(dataset):
    signal = dataset.store.signals.first()
    return [
        f"{ROOT}/datasets/{dataset.pk}",
        f"{ROOT}/signals/{signal.pk}",
        f"{ROOT}/signals/{signal.pk}/samples",
        f"{ROOT}/signals?dataset={dataset.pk}",
        f"{ROOT}/features?dataset={dataset.pk}",
    ]


def test_without_a_token_nobody_is_let_in(addresses):
    for address in [*addresses, f"{ROOT}/me", f"{ROOT}/jobs", f"{ROOT}/datasets"]:
        answer = Client().get(address)
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_the_owner_reads_everything(owner, addresses):
    assert [owner.get(address).status_code for address in addresses] == [200] * len(addresses)


def test_what_a_stranger_may_not_see_does_not_exist(addresses):
    stranger = caller(make_user("engineer"))
    assert [stranger.get(address).status_code for address in addresses] == [404] * len(addresses)


def test_a_stranger_has_an_empty_list(dataset):
    listed = caller(make_user("engineer")).get(f"{ROOT}/datasets").json()
    assert listed == {"items": [], "next": None}


def test_a_refused_token_is_not_let_in_by_a_cookie_beside_it(dataset):
    browser = Client(headers={"Authorization": "Bearer bp_nothing"})
    browser.force_login(dataset.store.owner)
    assert browser.get(f"{ROOT}/me").status_code == 401


def test_a_browser_that_is_logged_in_may_ask(dataset):
    browser = Client()
    browser.force_login(dataset.store.owner)
    assert browser.get(f"{ROOT}/me").json()["scopes"] == ["read", "write", "train"]


def test_a_browser_writes_only_with_its_csrf_token():
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_user("engineer"))
    answer = browser.post(f"{ROOT}/datasets", {"name": "x"}, content_type="application/json")
    assert answer.status_code == 403


def test_pages_by_key_hold_each_row_once(dataset, owner):
    found, after = [], 0
    while after is not None:
        page = owner.get(f"{ROOT}/signals?dataset={dataset.pk}&limit=5&after={after}").json()
        found += [item["id"] for item in page["items"]]
        after = page["next"]
    assert found == list(dataset.store.signals.order_by("pk").values_list("pk", flat=True))


def test_the_filter_is_that_of_the_explorer(dataset, owner):
    page = owner.get(f"{ROOT}/signals?dataset={dataset.pk}&class=wear").json()
    assert {item["class"] for item in page["items"]} == {"wear"}


def test_features_of_a_signal_are_those_of_its_row(dataset, owner):
    signal = dataset.store.signals.first()
    told = owner.get(f"{ROOT}/signals/{signal.pk}").json()["features"]
    assert len(told) == 36
    assert told["kurtosis"] == signal.kurtosis


@pytest.mark.parametrize("kind", ["npy", "arrow"])
def test_samples_are_those_of_the_store(dataset, owner, kind):
    signal = dataset.store.signals.first()
    address = f"{ROOT}/signals/{signal.pk}/samples?format={kind}&start=10&count=100"
    body = owner.get(address).content
    if kind == "npy":
        samples = np.load(io.BytesIO(body), allow_pickle=False)
    else:
        table = pa.ipc.open_stream(body).read_all()
        assert float(table.schema.metadata[b"fs_hz"]) == signal.fs_hz
        samples = table["samples"].to_numpy()
    whole = signal_samples(dataset.store.owner, signal)
    np.testing.assert_array_equal(samples, whole[10:110])


def test_of_a_long_record_only_the_samples_asked_for_are_read(dataset, owner, monkeypatch):
    monkeypatch.setattr(sources, "LONG_SAMPLES", 500)
    spans, read = [], StoreReader.read_span
    monkeypatch.setattr(StoreReader, "read_span", lambda *of: spans.append(of[2:]) or read(*of))
    address = f"{ROOT}/signals/{dataset.store.signals.first().pk}/samples?start=10&count=3"
    assert np.load(io.BytesIO(owner.get(address).content)).size == 3
    assert spans == [(10, 13)]


def test_samples_that_are_known_are_not_sent_again(dataset, owner):
    address = f"{ROOT}/signals/{dataset.store.signals.first().pk}/samples"
    tag = owner.get(address)["ETag"]
    again = owner.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_start_beyond_the_end_is_refused_in_words(dataset, owner):
    answer = owner.get(f"{ROOT}/signals/{dataset.store.signals.first().pk}/samples?start=999999")
    assert (answer.status_code, answer.json()["detail"]) == (
        400,
        "start is at most 1023: the last sample.",
    )


def test_a_table_of_features_is_the_same_in_each_format(dataset, owner):
    address = f"{ROOT}/features?dataset={dataset.pk}&format="
    arrow = pa.ipc.open_stream(body_of(owner.get(address + "arrow"))).read_all()
    parquet = pq.read_table(io.BytesIO(body_of(owner.get(address + "parquet"))))
    assert arrow.to_pydict() == parquet.to_pydict()
    assert arrow.num_rows == dataset.store.n_signals


@pytest.mark.parametrize(
    ("query", "named"),
    [("limit=0", "limit"), ("limit=1001", "limit"), ("after=-1", "after"), ("limit=x", "limit")],
)
def test_a_refused_query_names_what_was_wrong(owner, query, named):
    answer = owner.get(f"{ROOT}/datasets?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"{named}: ")


def test_a_recipe_makes_a_queued_dataset(db):
    make_catalogue()
    engineer = caller(make_user("engineer"), may_write=True)
    recipe = {"name": "By a program", "per_class": 50, "classes": ["healthy", "wear"]}
    answer = engineer.post(f"{ROOT}/datasets", recipe, content_type="application/json")
    assert answer.status_code == 202
    made = engineer.get(answer["Location"]).json()
    assert made["name"] == "By a program"
    assert engineer.get(f"{ROOT}/jobs/{made['job']}").json()["kind"] == "generate-dataset"


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        ({"name": "x", "classes": ["nothing"]}, "nothing"),
        ({"name": "x", "fs_hz": -1}, "fs_hz"),
        ({"classes": []}, "name"),
    ],
)
def test_a_recipe_that_cannot_be_made_is_refused(db, recipe, said):
    make_catalogue()
    engineer = caller(make_user("engineer"), may_write=True)
    answer = engineer.post(f"{ROOT}/datasets", recipe, content_type="application/json")
    assert answer.status_code == 400
    assert said in json.dumps(answer.json())


def test_a_token_that_reads_does_not_write(dataset, owner):
    recipe = {"name": "By a reader"}
    answer = owner.post(f"{ROOT}/datasets", recipe, content_type="application/json")
    assert answer.status_code == 403
    assert "may not write" in answer.json()["detail"]


def test_a_viewer_creates_nothing_with_a_token_that_writes(db):
    viewer = caller(make_user("viewer"), may_write=True)
    answer = viewer.post(f"{ROOT}/datasets", {"name": "x"}, content_type="application/json")
    assert answer.status_code == 403


def test_a_job_is_stopped_by_its_owner_alone():
    job = make_dataset(ready=False).job
    address = f"{ROOT}/jobs/{job.pk}/cancel"
    assert caller(make_user("engineer"), may_write=True).post(address).status_code == 404
    assert caller(job.owner).post(address).status_code == 403
    assert caller(job.owner, may_write=True).post(address).status_code == 200
    job.refresh_from_db()
    assert job.status == Job.Status.CANCELLED


def test_an_unknown_address_is_a_problem_document(owner):
    answer = owner.get(f"{ROOT}/nothing")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_mistake_of_ours_has_an_incident_and_nothing_internal(owner, monkeypatch):
    def fail(*args, **values):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("bearing_portal.api.datasets.datasets_visible", fail)
    answer = owner.get(f"{ROOT}/datasets")
    assert answer.status_code == 500
    assert answer.json()["incident"]
    assert "secret detail" not in answer.content.decode()


def test_the_description_names_every_address(owner):
    paths = owner.get(f"{ROOT}/openapi.json").json()["paths"]
    assert f"{ROOT}/signals/{{signal_id}}/samples" in paths
    assert all(each.get("summary") for path in paths.values() for each in path.values())


def test_the_page_of_the_interface_asks_nobody_outside(dataset):
    browser = Client()
    browser.force_login(dataset.store.owner)
    page = browser.get(f"{ROOT}/docs").content.decode()
    assert "swagger-ui" in page
    assert "http://" not in page
    assert "https://" not in page
