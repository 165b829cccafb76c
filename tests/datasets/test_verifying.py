"""Verifications asked for on the page: what they find, who sees it, and that they can stop."""

import h5py
import pytest
from django.urls import reverse

from common.errors import Invalid
from datasets.jobs import verify
from datasets.models import Verification
from datasets.selectors import dataset_files, dataset_path, original_path
from datasets.services.verifying import verification_cancel, verification_request
from monitoring.models import Job, Notification, SystemEvent
from tests.datasets.importing import imported, planned, samples
from tests.factories import make_catalogue, make_dataset, make_user

pytestmark = pytest.mark.django_db(transaction=True)

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def owner(client):
    make_catalogue()
    user = make_user("engineer")
    client.force_login(user)
    return user


@pytest.fixture
def dataset(owner):
    return make_dataset(owner)


@pytest.fixture
def recorded(owner, tmp_path):
    return imported(planned(tmp_path / "a.npy", samples()), owner=owner)


def at(name, dataset, *more):
    return reverse(f"datasets:{name}", args=[dataset.pk, *more])


def verified(dataset, **asked):
    row = verification_request(user=dataset.store.owner, dataset=dataset, **asked)
    verify(row.job_id)
    row.refresh_from_db()
    assert row.job.status == Job.Status.COMPLETED, row.job.error
    return row


def damage(dataset, row, sample):
    with h5py.File(dataset_path(dataset).path, "r+") as file:
        file["signals"][row, sample] += 1


@pytest.mark.parametrize(("asked", "n"), [({}, 6), ({"sample": 2}, 2), ({"row": 5}, 1)])
def test_a_dataset_as_it_was_made_has_no_difference(dataset, asked, n):
    row = verified(dataset, **asked)
    assert (row.n_checked, row.n_different, row.unit) == (n, 0, "record")
    assert row.finished_at is not None


def test_a_record_that_differs_is_named_with_its_first_sample(dataset, client):
    damage(dataset, 3, 700)
    row = verified(dataset, row=3)
    finding = row.findings.get()
    assert (finding.row, finding.sample) == (3, 700)
    page = client.get(at("detail", dataset)).content.decode()
    signal = dataset.store.signals.get(row=3)
    assert f"?signal={signal.pk}&amp;t=0.150898,0.190898" in page
    assert "1 difference in 1 record" in page


def test_all_records_are_checked_by_the_checksum_of_the_file_too(dataset):
    damage(dataset, 3, 700)
    sentences = [str(finding) for finding in verified(dataset).findings.all()]
    assert len(sentences) == 2
    assert "checksum" in sentences[1]


@pytest.mark.parametrize("where", ["shard", "original"])
def test_files_of_recordings_are_checked_by_their_checksums(recorded, where):
    files = {
        "shard": dataset_files(recorded)[0][1],
        "original": original_path(recorded, recorded.store.recordings.get()),
    }
    file = files[where].path
    assert verified(recorded).n_different == 0
    file.write_bytes(file.read_bytes()[:-1] + b"\1")
    row = verified(recorded)
    assert (row.n_checked, row.n_different, row.unit) == (2, 1, "file")


def test_who_may_see_the_dataset_sees_what_was_found_and_by_whom(dataset, client):
    verified(dataset)
    dataset.store.visibility = "shared"
    dataset.store.save()
    client.force_login(make_user("viewer"))
    page = client.get(at("detail", dataset)).content.decode()
    assert "6 records as they were made" in page
    assert dataset.store.owner.username in page


def test_it_is_written_down_and_told(dataset, owner):
    verified(dataset)
    assert SystemEvent.objects.filter(detail__startswith="verification: 6 records").exists()
    assert Notification.objects.get(user=owner).title == "Dataset verified"


def test_what_is_under_way_is_not_begun_twice(dataset, owner):
    first = verification_request(user=owner, dataset=dataset)
    assert verification_request(user=owner, dataset=dataset) == first
    assert verification_request(user=owner, dataset=dataset, row=1) != first


def test_a_cancelled_one_finds_nothing(dataset, owner):
    row = verification_request(user=owner, dataset=dataset)
    verification_cancel(user=owner, verification=row)
    verify(row.job_id)
    row.refresh_from_db()
    assert (row.job.status, row.finished_at) == (Job.Status.CANCELLED, None)


@pytest.mark.parametrize("asked", [{"row": 6}, {"sample": 0}])
def test_what_cannot_be_asked_is_refused(dataset, owner, asked):
    with pytest.raises(Invalid):
        verification_request(user=owner, dataset=dataset, **asked)


def test_a_recorded_signal_cannot_be_made_again(recorded, owner):
    with pytest.raises(Invalid, match="No recipe"):
        verification_request(user=owner, dataset=recorded, row=0)


@pytest.mark.parametrize("what", ["all", "sample", "record"])
def test_the_page_asks_and_shows_the_work(client, dataset, what):
    response = client.post(at("verify", dataset), {"what": what, "row": "2"}, headers=FRAGMENT)
    row = Verification.objects.get()
    stop = at("verify-cancel", dataset, row.pk)
    assert stop in response.content.decode()
    assert client.get(at("verifications", dataset), headers=FRAGMENT).context["is_verifying"]
    assert not client.post(stop, headers=FRAGMENT).context["is_verifying"]


@pytest.mark.parametrize("told", [{}, {"what": "some"}, {"what": "record", "row": "x"}])
def test_a_wish_that_makes_no_sense_is_refused(client, dataset, told):
    assert client.post(at("verify", dataset), told, headers=FRAGMENT).status_code == 400


def test_only_who_asked_stops_it(client, dataset):
    dataset.store.visibility = "shared"
    dataset.store.save()
    row = verification_request(user=dataset.store.owner, dataset=dataset)
    client.force_login(make_user("viewer"))
    assert client.post(at("verify-cancel", dataset, row.pk)).status_code == 404


@pytest.mark.parametrize("name", ["verifications", "verify"])
def test_a_private_dataset_does_not_exist_for_others(client, owner, name):
    other = make_dataset()
    ask = client.post if name == "verify" else client.get
    assert ask(at(name, other), {"what": "all"}).status_code == 404
    client.logout()
    assert ask(at(name, other), {"what": "all"}).status_code == 302
