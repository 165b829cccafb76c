import io
import zipfile

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from datasets.imports.plan import PlannedSpecimen
from signals.models import Recording, Signal, SignalFeatures
from signals.services.feature_groups import store_features_measure
from tests.datasets.importing import imported, planned, samples
from tests.factories import make_bearing, make_catalogue, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db):
    make_catalogue()
    return make_user("engineer")


@pytest.fixture
def dataset(owner, tmp_path):
    bearing = make_bearing(name="6205-X")
    return imported(
        planned(tmp_path / "a.npy", samples(seed=1), specimen="B<1>", run="to failure"),
        planned(tmp_path / "b.npy", samples(3000, seed=2)),
        owner=owner,
        licence="CC BY 4.0",
        citation="Somebody, 2024",
        specimens=(PlannedSpecimen(name="B<1>", bearing_id=bearing.pk),),
    )


def original(dataset):
    recording = Recording.objects.get(name="a.npy")
    return reverse("datasets:original", args=[dataset.pk, recording.pk])


def body(response):
    return b"".join(response.streaming_content)


def test_the_page_shows_where_the_signals_come_from(owner, dataset, client):
    client.force_login(owner)
    text = client.get(reverse("datasets:detail", args=[dataset.pk])).content.decode()
    for words in ("CC BY 4.0", "Somebody, 2024", "B&lt;1&gt;", "6205-X", "to failure", "a.npy"):
        assert words in text
    assert original(dataset) in text


def test_an_original_comes_back_byte_for_byte(owner, dataset, client, tmp_path):
    client.force_login(owner)
    response = client.get(original(dataset))
    assert body(response) == (tmp_path / "a.npy").read_bytes()
    assert 'filename="a.npy"' in response.headers["Content-Disposition"]


def test_a_member_may_have_the_original_and_a_stranger_not(owner, dataset, client):
    client.force_login(make_user("viewer"))
    assert client.get(original(dataset)).status_code == 404
    dataset.store.visibility = "shared"
    dataset.store.save()
    assert client.get(original(dataset)).status_code == 200


def test_a_recording_of_another_dataset_is_not_found(owner, dataset, client, tmp_path):
    other = imported(planned(tmp_path / "c.npy", samples(seed=3)), owner=owner, name="other")
    client.force_login(owner)
    recording = Recording.objects.get(name="a.npy")
    response = client.get(reverse("datasets:original", args=[other.pk, recording.pk]))
    assert response.status_code == 404


def test_an_original_that_was_not_kept_is_not_found(owner, client, tmp_path):
    dataset = imported(planned(tmp_path / "a.npy", samples()), owner=owner, keep_originals=False)
    client.force_login(owner)
    assert client.get(original(dataset)).status_code == 404


def test_recordings_are_listed_a_page_at_a_time(owner, dataset, client):
    client.force_login(owner)
    response = client.get(reverse("datasets:recordings", args=[dataset.pk]), {"page": "1"})
    assert b"b.npy" in response.content
    client.force_login(make_user("viewer"))
    assert client.get(reverse("datasets:recordings", args=[dataset.pk])).status_code == 404


def test_the_download_holds_every_shard(owner, dataset, client):
    client.force_login(owner)
    response = client.get(reverse("datasets:download", args=[dataset.pk]))
    with zipfile.ZipFile(io.BytesIO(body(response))) as archive:
        assert archive.namelist() == ["signals-1.h5", "signals-2.h5"]
        assert archive.testzip() is None


def test_the_download_of_one_shard_is_its_file(owner, client, tmp_path):
    dataset = imported(planned(tmp_path / "a.npy", samples()), owner=owner)
    client.force_login(owner)
    response = client.get(reverse("datasets:download", args=[dataset.pk]))
    assert body(response).startswith(b"\x89HDF")


@pytest.mark.parametrize("model", ["specimen", "run", "recording"])
def test_curators_browse_what_they_may_see(owner, dataset, client, model):
    from bearing_portal.operations.groups import groups_seed

    groups_seed()
    curator = make_user("curator")
    client.force_login(curator)
    page = reverse(f"admin:signals_{model}_changelist")
    assert b"a.npy" not in client.get(page).content
    dataset.store.visibility = "shared"
    dataset.store.save()
    shown = {"specimen": b"B&lt;1&gt;", "run": b"to failure", "recording": b"a.npy"}[model]
    assert shown in client.get(page).content


def test_the_viewer_shows_a_signals_recording_and_what_is_beside(owner, tmp_path):
    from bearing_portal.dashboards.embedding.markup import markup
    from bearing_portal.dashboards.viewer.panels.inspector.data import side_of
    from bearing_portal.dashboards.viewer.panels.inspector.recording import recording_section
    from bearing_portal.dashboards.viewer.state import ViewerState

    imported(
        *(
            planned(
                tmp_path / f"{n}.npy",
                samples(4096, seed=n),
                specimen="B1",
                run="to failure",
                position=n,
            )
            for n in (1, 2)
        ),
        owner=owner,
        segment_samples=2048,
    )
    first, second = Signal.objects.filter(recording__position=1).order_by("segment")
    later = Signal.objects.get(recording__position=2, segment=1)
    side = side_of(owner, ViewerState.read({"signal": str(first.pk)}))
    words = markup(recording_section(side))
    for text in ("1.npy", "B1", "to failure", "Rate from", "the person", "Segment 1 of 2"):
        assert text in words
    assert (side.around.previous_segment, side.around.next_segment) == (None, second.pk)
    assert (side.around.previous, side.around.next) == (None, later.pk)


def set_type(client, user, dataset, bearing, specimen=None):
    client.force_login(user)
    row = specimen or dataset.store.specimens.get()
    page = reverse("datasets:specimen-type", args=[dataset.pk, row.pk])
    return client.post(page, {"bearing": bearing.pk if bearing else ""}).status_code


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 204), ("superuser", 204), ("engineer", 403), ("viewer", 403)]
)
def test_owner_and_curators_change_the_type_of_a_specimen(owner, dataset, client, role, status):
    dataset.store.visibility = "shared"
    dataset.store.save()
    user = owner if role == "owner" else make_user(role)
    other = make_bearing(name="6206-X")
    assert set_type(client, user, dataset, other) == status
    row = dataset.store.specimens.get()
    assert (row.bearing == other) == (status == 204)
    page = client.get(reverse("datasets:detail", args=[dataset.pk])).content.decode()
    assert ("Bearing type of B&lt;1&gt;" in page) == (status == 204)


def test_for_a_stranger_there_is_no_specimen_to_change(owner, dataset, client):
    assert set_type(client, make_user("engineer"), dataset, None) == 404
    assert dataset.store.specimens.get().bearing.name == "6205-X"


def test_another_type_has_the_orders_of_the_specimen_alone_measured_anew(owner, tmp_path, client):
    bearing = make_bearing(name="6205-X")
    dataset = imported(
        planned(tmp_path / "a.npy", samples(16_384, seed=1), specimen="B1"),
        planned(tmp_path / "b.npy", samples(16_384, seed=2), specimen="B2"),
        owner=owner,
        specimens=tuple(PlannedSpecimen(name=n, bearing_id=bearing.pk) for n in ("B1", "B2")),
    )
    before = orders_of(dataset)
    stamp = dataset.store.feature_groups.get(group="bearing_orders").stamp
    specimen = dataset.store.specimens.get(name="B1")
    other = make_bearing(name="6207-X", n_elements=11, element_diameter_mm=5.0)
    assert set_type(client, owner, dataset, other, specimen) == 204
    assert set(orders_of(dataset)) == {"B2"}  # never those of the old geometry
    row = dataset.store.feature_groups.select_related("job").get(group="bearing_orders")
    assert (row.job.kind, row.stamp == stamp) == ("measure-features", False)
    store_features_measure(store=dataset.store, group="bearing_orders")
    after = orders_of(dataset)
    assert after["B2"] == before["B2"]
    assert after["B1"] != before["B1"]
    history = LogEntry.objects.get(object_id=str(specimen.pk), change_message__contains="type")
    assert history.change_message == "Bearing type: 6205-X → 6207-X."


def orders_of(dataset):
    rows = SignalFeatures.objects.filter(signal__store=dataset.store, group="bearing_orders")
    return dict(rows.values_list("signal__recording__specimen__name", "values"))
