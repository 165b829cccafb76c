import errno
import os
from functools import partial

import pytest
from django.db import OperationalError

from datasets import jobs
from datasets.models import Dataset
from datasets.services import dataset_delete, dataset_retry, files_sweep, generation
from datasets.services.files import attempt_folder, final_folder
from monitoring.jobs.lifecycle import job_cancel_request
from monitoring.models import Job, Notification, SystemEvent
from monitoring.selectors import unread_count
from signals.models import FaultClass, Signal
from signals.waveforms.references import references_missing
from tests.factories import make_dataset
from vibration.store import verify

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dataset():
    return make_dataset(ready=False, name="Pump one")


def generate(dataset):
    jobs.generate(str(dataset.job_id))
    return Dataset.objects.select_related("store", "job").get(pk=dataset.pk)


def folders(dataset):
    return sorted(path.name for path in final_folder(dataset.pk).path.parent.iterdir())


def test_a_generated_dataset_is_ready_and_whole(dataset):
    dataset = generate(dataset)

    assert (dataset.status, dataset.job.status) == ("ready", "completed")
    assert dataset.store.n_signals == dataset.store.signals.count() == dataset.n_planned
    facts = verify(final_folder(dataset.pk).path)["files"]["signals.h5"]
    assert (dataset.store.sha256, dataset.store.size_bytes) == (facts["sha256"], facts["bytes"])
    assert folders(dataset) == [str(dataset.pk)]


def test_its_owner_is_told(dataset):
    generate(dataset)

    notice = Notification.objects.get()
    assert (notice.title, notice.text) == ("Dataset ready", "Pump one: 6 signals.")
    assert unread_count(dataset.store.owner) == 1
    assert SystemEvent.objects.filter(kind=SystemEvent.Kind.COMPLETED).exists()


def test_generating_again_changes_nothing(dataset):
    first = generate(dataset)
    second = generate(dataset)

    assert (second.store.version, second.store.sha256) == (1, first.store.sha256)
    assert Notification.objects.count() == 1


def test_a_failed_attempt_leaves_no_file_and_the_next_succeeds(dataset, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("vibration.store.writer.write_at", full)
        failed = generate(dataset)

    assert (failed.status, failed.job.status) == ("failed", "failed")
    assert "No space left" in failed.job.error
    assert folders(dataset) == []
    assert Notification.objects.get().level == "error"

    dataset_retry(user=dataset.store.owner, dataset=failed)
    assert generate(dataset).status == "ready"


def test_a_disk_too_small_is_said_before_any_work(dataset, monkeypatch):
    monkeypatch.setattr("datasets.services.files._MARGIN_BYTES", 2**62)

    failed = generate(dataset)

    assert "Make it smaller" in failed.job.error


def test_rows_that_cannot_be_written_leave_no_half_dataset(dataset):
    FaultClass.objects.filter(code="wear").update(code="worn")
    failed = generate(dataset)

    assert failed.status == "failed"
    assert not Signal.objects.exists()
    files_sweep()
    assert folders(dataset) == []


def test_a_database_that_comes_back_loses_nothing(dataset, monkeypatch):
    fill, calls = generation.dataset_fill, []

    def interrupted(**given):
        calls.append(1)
        fill(**given)
        if len(calls) == 1:
            raise OperationalError("terminating connection")

    monkeypatch.setattr(generation, "dataset_fill", interrupted)

    assert generate(dataset).status == "ready"
    assert Signal.objects.count() == dataset.n_planned
    assert folders(dataset) == [str(dataset.pk)]


def test_a_commit_whose_answer_got_lost_is_not_repeated(dataset, monkeypatch):
    show, calls = generation._show, []

    def deaf(*given):
        calls.append(1)
        show(*given)
        if len(calls) == 1:
            raise OperationalError("server closed the connection")

    monkeypatch.setattr(generation, "_show", deaf)

    assert generate(dataset).store.version == 1
    assert Notification.objects.count() == 1


def during(action, monkeypatch):
    """Run `action` after the files are made and before their rows are written."""
    make = generation.generate

    def made(*args, **kwargs):
        result = make(*args, **kwargs)
        action()
        return result

    monkeypatch.setattr(generation, "generate", made)


def test_cancelled_at_the_last_moment_nothing_is_kept(dataset, monkeypatch):
    cancel = partial(job_cancel_request, user=dataset.store.owner, job=dataset.job)
    during(cancel, monkeypatch)

    cancelled = generate(dataset)

    assert (cancelled.status, cancelled.job.status) == ("cancelled", "cancelled")
    assert folders(dataset) == []


def test_deleted_meanwhile_it_does_not_come_back(dataset, monkeypatch):
    during(partial(dataset_delete, user=dataset.store.owner, dataset=dataset), monkeypatch)

    jobs.generate(str(dataset.job_id))

    assert Dataset.objects.get().status == "cancelled"
    assert not Signal.objects.exists()
    assert Job.objects.get().status == "cancelled"
    assert folders(dataset) == []


def test_an_attempt_that_was_overtaken_publishes_nothing(dataset, monkeypatch):
    overtake = partial(Job.objects.filter(pk=dataset.job_id).update, attempt=2)
    during(overtake, monkeypatch)

    overtaken = generate(dataset)

    assert overtaken.status == "generating"
    assert not Signal.objects.exists()
    assert folders(dataset) == []


def test_files_of_a_killed_attempt_are_replaced(dataset):
    for folder in (final_folder(dataset.pk).path, attempt_folder(dataset.pk, 7)):
        folder.mkdir(parents=True)
        (folder / "signals.h5").write_bytes(os.urandom(100))

    ready = generate(dataset)
    files_sweep()

    assert verify(final_folder(dataset.pk).path)["n"] == ready.n_planned
    assert folders(dataset) == [str(dataset.pk)]


def test_expected_spectra_are_there_with_the_dataset(storage):
    dataset = make_dataset(ready=False, per_class=3)
    ready = generate(dataset)
    assert references_missing(ready.store) == []
    assert len(list((storage / "references").rglob("*.npz"))) == 3


def test_expected_spectra_that_cannot_be_kept_harm_no_dataset(storage):
    dataset = make_dataset(ready=False, per_class=3)
    storage.mkdir(exist_ok=True)
    (storage / "references").write_text("in the way")
    ready = generate(dataset)
    assert (ready.status, ready.job.status) == ("ready", "completed")


def test_expected_spectra_of_files_that_vanish_harm_no_dataset(monkeypatch, storage):
    dataset = make_dataset(ready=False, per_class=3)
    show = generation._show

    def and_lose(*given):
        show(*given)
        (final_folder(dataset.pk).path / "signals.h5").unlink()

    monkeypatch.setattr(generation, "_show", and_lose)
    assert generate(dataset).job.status == "completed"
