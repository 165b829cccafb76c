import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.errors import Invalid, NotFound
from datasets.models import Dataset
from datasets.models import Recipe as RecipeRow
from datasets.selectors import datasets_visible, name_is_taken
from datasets.services import dataset_delete, dataset_purge, files_sweep
from datasets.services.files import attempt_folder, final_folder
from monitoring.jobs.lifecycle import job_cancel_request, job_start
from monitoring.jobs.pulse import JobRun
from monitoring.models import Job, SystemEvent
from signals.models import Annotation, Signal, SignalStore, Tag
from signals.selectors import cache_key, signal_samples, signals_visible
from signals.services import removal
from signals.waveforms.references import reference_get
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def delete(django_capture_on_commit_callbacks):
    """Throw a dataset away, and then for good."""

    def delete(dataset):
        with django_capture_on_commit_callbacks(execute=True):
            dataset_delete(user=dataset.store.owner, dataset=dataset)
        with django_capture_on_commit_callbacks(execute=True):
            dataset_purge(user=dataset.store.owner, dataset=dataset)

    return delete


def test_rows_and_files_go(delete):
    dataset = make_dataset()
    folder = final_folder(dataset.pk).path
    signal = dataset.store.signals.first()
    signal.tags.add(Tag.objects.create(name="odd"))
    Annotation.objects.create(signal=signal, author=dataset.store.owner, text="look")

    delete(dataset)

    for model in (Dataset, RecipeRow, SignalStore, Signal, Annotation):
        assert not model.objects.exists()
    assert list(folder.parent.iterdir()) == []


def test_the_deletion_is_on_record(delete):
    dataset = make_dataset(name="Gone")

    delete(dataset)

    for kind in (SystemEvent.Kind.DELETED, SystemEvent.Kind.REMOVED):
        event = SystemEvent.objects.get(kind=kind)
        assert (event.subject, event.actor) == ("Gone", dataset.store.owner)


def test_other_datasets_stay(delete):
    dataset, other = make_dataset(), make_dataset()

    delete(dataset)

    assert other.store.signals.count() == 6
    assert final_folder(other.pk).path.is_dir()


def test_its_cached_results_go_and_others_stay(delete):
    dataset, other = make_dataset(), make_dataset()
    gone, kept = cache_key("psd", dataset.store, "a"), cache_key("psd", other.store, "a")
    cache.set_many({gone: 1, kept: 2})

    delete(dataset)

    assert cache.get(gone) is None
    assert cache.get(kept) == 2


def test_deleting_a_waiting_dataset_cancels_its_job(delete):
    dataset = make_dataset(ready=False)

    delete(dataset)

    assert Job.objects.get().status == Job.Status.CANCELLED


def test_deleting_a_dataset_under_way_asks_its_job_to_stop(delete):
    dataset = make_dataset(ready=False)
    Job.objects.filter(pk=dataset.job_id).update(status=Job.Status.RUNNING, attempt=1)

    delete(dataset)

    assert Job.objects.get().cancel_requested
    assert not Dataset.objects.exists()


def test_deleting_twice_does_no_harm(delete):
    dataset = make_dataset()
    again = Dataset.objects.select_related("store__owner", "job").get(pk=dataset.pk)

    delete(dataset)
    delete(again)

    assert SystemEvent.objects.filter(kind=SystemEvent.Kind.DELETED).count() == 1


def test_files_whose_rows_are_gone_are_swept():
    dataset = make_dataset()
    folder = final_folder(dataset.pk).path
    Dataset.objects.all().delete()  # a deletion that died before the files went

    files_sweep()

    assert list(folder.parent.iterdir()) == []


def test_the_sweep_leaves_ready_datasets_alone():
    dataset = make_dataset()

    files_sweep()

    assert (final_folder(dataset.pk).path / "signals.h5").is_file()


def test_the_sweep_spares_the_attempt_under_way_and_takes_earlier_ones():
    dataset = make_dataset(ready=False)
    Job.objects.filter(pk=dataset.job_id).update(status=Job.Status.RUNNING, attempt=2)
    earlier, current = (attempt_folder(dataset.pk, n) for n in (1, 2))
    for folder in (earlier, current):
        folder.mkdir(parents=True)

    files_sweep()

    assert not earlier.exists()
    assert current.exists()


def test_the_sweep_finishes_half_removed_trash(storage):
    trash = storage / "datasets" / "7.trash-abcd"
    trash.mkdir(parents=True)
    (trash / "signals.h5").write_bytes(b"half")

    files_sweep()

    assert not trash.exists()


def test_the_sweep_touches_nothing_it_does_not_know(storage):
    foreign = storage / "datasets" / "notes.txt"
    foreign.parent.mkdir(parents=True)
    foreign.write_text("mine")

    files_sweep()

    assert foreign.read_text() == "mine"


def test_its_expected_spectra_go_too(delete, storage):
    dataset, other = make_dataset(per_class=3), make_dataset(per_class=3)
    for each in (dataset, other):
        reference_get(each.store.owner, each.store.signals.first())

    delete(dataset)

    left = [path.name for path in (storage / "references").iterdir()]
    assert left == [f"{other.store_id}.1"]


@pytest.fixture
def many(monkeypatch):
    """Take two signals as too many to go while somebody waits."""
    monkeypatch.setattr(removal, "AT_ONCE", 2)


def removed(job):
    """Do what the worker does, without its pulse, which would read on a connection of its own."""
    removal.store_remove_rest(run=JobRun(job_start(job.pk)))
    job.refresh_from_db()
    return job


def test_many_signals_vanish_at_once_and_a_job_removes_them(delete, many):
    dataset = make_dataset(name="Large", visibility="shared")
    signal, owner = dataset.store.signals.first(), dataset.store.owner

    delete(dataset)

    job = Job.objects.get(kind=removal.REMOVE)
    assert (job.title, job.owner, job.progress_total) == ("Delete Large", owner, 6)
    for user in (owner, make_user("viewer"), make_user("superuser")):
        assert not datasets_visible(user).exists()
        assert not signals_visible(user).exists()
        with pytest.raises(NotFound):
            signal_samples(user, signal)
    assert not name_is_taken("Large")


def test_the_job_removes_rows_files_and_itself_tells_how_far_it_is(delete, many, storage):
    dataset, other = make_dataset(), make_dataset()
    delete(dataset)
    key = cache_key("psd", dataset.store, "a")
    cache.set(key, 1)

    job = removed(Job.objects.get(kind=removal.REMOVE))

    assert (job.status, job.progress_done) == ("completed", 6)
    assert list(SignalStore.objects.all()) == [other.store]
    assert Signal.objects.count() == 6
    assert [path.name for path in (storage / "datasets").iterdir()] == [str(other.pk)]
    assert cache.get(key) is None


def test_a_removal_that_was_killed_goes_on_from_there(delete, many):
    delete(make_dataset())
    job = Job.objects.get(kind=removal.REMOVE)
    removal.signals_delete_some(store=SignalStore.objects.get(), from_row=0, at_most=4)

    assert removed(job).status == "completed"
    assert not SignalStore.objects.exists()


def test_a_removal_cannot_be_cancelled(delete, many):
    dataset = make_dataset()
    delete(dataset)

    with pytest.raises(Invalid, match="cannot be cancelled"):
        job_cancel_request(user=dataset.store.owner, job=Job.objects.get(kind=removal.REMOVE))


def test_the_sweep_asks_as_much_for_many_folders_as_for_one():
    numbers = []
    for _ in range(2):
        make_dataset()
        with CaptureQueriesContext(connection) as asked:
            files_sweep()
        numbers.append(len(asked))

    assert numbers == [1, 1]
