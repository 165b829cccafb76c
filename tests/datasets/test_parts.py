import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from common.storage import stored
from datasets import jobs
from datasets.models import Dataset, GenerationPart
from datasets.services import (
    dataset_cancel,
    dataset_delete,
    dataset_retry,
    files_sweep,
    generation_parts,
    parts,
)
from datasets.services.generation_parts import parts_wanted
from datasets.services.parts import parts_folder
from monitoring.jobs.lifecycle import job_create, job_start
from monitoring.models import Job
from tests.factories import make_dataset
from vibration.simulation import Recipe

pytestmark = pytest.mark.django_db(transaction=True)
N_PARTS = 3


@pytest.fixture
def whole():
    """Return the checksum of the dataset that one worker makes."""
    dataset = make_dataset(ready=False)
    jobs.generate(str(dataset.job_id))
    return Dataset.objects.get(pk=dataset.pk).store.sha256


@pytest.fixture
def cut(monkeypatch):
    monkeypatch.setattr("datasets.services.generation.parts_wanted", lambda *_: N_PARTS)
    monkeypatch.setattr(generation_parts, "parts_wanted", lambda *_: N_PARTS)


def generated(dataset):
    jobs.generate(str(dataset.job_id))
    return Dataset.objects.select_related("store", "job").get(pk=dataset.pk)


def before_own(monkeypatch, act):
    """Have `act` done with the parts before the dataset's job makes one itself."""
    made_here, calls = parts._made_here, []

    def first(run, part, *rest):
        if not calls:
            calls.append(part)
            act(list(GenerationPart.objects.filter(dataset=part.dataset_id).order_by("number")))
        return made_here(run, part, *rest)

    monkeypatch.setattr(parts, "_made_here", first)


def test_parts_that_nobody_takes_are_made_by_the_datasets_own_job(whole, cut):
    dataset = generated(make_dataset(ready=False))
    assert (dataset.status, dataset.store.sha256) == ("ready", whole)
    assert Job.objects.filter(kind="generate-part").count() == GenerationPart.objects.count() == 0
    assert not parts_folder(dataset.pk).exists()


def test_what_another_worker_made_is_the_same_bytes(whole, cut, monkeypatch):
    before_own(monkeypatch, lambda all_of: jobs._part(str(all_of[0].job_id)))
    assert generated(make_dataset(ready=False)).store.sha256 == whole


def test_a_worker_goes_on_with_the_next_part(whole, cut, monkeypatch):
    done = []

    def all_by_another(all_of):
        jobs.generate_part(str(all_of[0].job_id))
        done.extend(Job.objects.filter(kind="generate-part").values_list("status", flat=True))

    before_own(monkeypatch, all_by_another)
    assert generated(make_dataset(ready=False)).store.sha256 == whole
    assert done == ["completed"] * N_PARTS


def test_a_worker_turns_to_others_who_wait(cut, monkeypatch):
    done = []

    def one_by_another(all_of):
        make_dataset(ready=False)
        jobs.generate_part(str(all_of[0].job_id))
        done.extend(Job.objects.filter(kind="generate-part").values_list("status", flat=True))

    before_own(monkeypatch, one_by_another)
    generated(make_dataset(ready=False))
    assert sorted(done) == ["completed", "queued", "queued"]


def test_a_lost_part_is_made_again_alone(whole, cut, monkeypatch):
    def lost(all_of):
        jobs._part(str(all_of[0].job_id))
        final = parts_folder(all_of[0].dataset_id) / 1
        final.discard()

    before_own(monkeypatch, lost)
    assert generated(make_dataset(ready=False)).store.sha256 == whole


def test_after_a_kill_the_parts_that_are_there_are_not_made_again(whole, cut, monkeypatch):
    dataset = make_dataset(ready=False)
    made = []

    class Killed(BaseException):
        pass

    def killed(all_of):
        jobs._part(str(all_of[0].job_id))
        raise Killed

    with monkeypatch.context() as patch:
        before_own(patch, killed)
        with pytest.raises(Killed):
            jobs.generate(str(dataset.job_id))
    Job.objects.filter(pk=dataset.job_id).update(status="queued")
    before_own(monkeypatch, lambda all_of: made.extend(part.number for part in all_of
               if Job.objects.get(pk=part.job_id).status == "completed"))  # fmt: skip
    assert generated(dataset).store.sha256 == whole
    assert made == [1]


def test_a_part_that_fails_fails_the_dataset_with_its_sentence_and_a_retry_succeeds(
    whole, cut, monkeypatch
):
    def fails(all_of):
        failed = Job.objects.filter(pk=all_of[0].job_id)
        failed.update(status="failed", finished_at=Now(), error="That machine's disk is full.")

    dataset = make_dataset(ready=False)
    with monkeypatch.context() as patch:
        before_own(patch, fails)
        failed = generated(dataset)
    assert (failed.status, failed.job.error) == ("failed", "That machine's disk is full.")
    assert not Job.objects.filter(kind="generate-part", status__in=Job.ACTIVE).exists()

    dataset_retry(user=failed.store.owner, dataset=failed)
    assert generated(failed).store.sha256 == whole


def test_cancel_ends_all_parts(cut, monkeypatch):
    dataset = make_dataset(ready=False)

    def cancelled(all_of):
        jobs._part(str(all_of[1].job_id))
        job_start(all_of[0].job_id)  # somebody else is at it
        dataset_cancel(user=dataset.store.owner, dataset=Dataset.objects.get(pk=dataset.pk))

    before_own(monkeypatch, cancelled)
    assert generated(dataset).status == "cancelled"
    running, made, *others = GenerationPart.objects.order_by("number").values_list(
        "job__status", "job__cancel_requested"
    )
    assert running == ("running", True)
    assert made == ("completed", False)
    assert {status for status, _ in others} == {"cancelled"}
    assert list(stored("datasets").files()) == []


def test_a_cancel_asks_as_much_of_the_database_however_many_parts_there_are():
    counts = []
    for n_parts in (2, 30):
        dataset = make_dataset(ready=False, name=f"In {n_parts}")
        lead = job_start(dataset.job_id)
        for number in range(n_parts):
            job = job_create(owner=lead.owner, kind="generate-part", title=f"Part {number}")
            GenerationPart.objects.create(
                dataset=dataset, number=number, first_row=0, n_rows=1, job=job, lead=lead
            )
        with CaptureQueriesContext(connection) as asked:
            dataset_cancel(user=dataset.store.owner, dataset=dataset)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    statuses = Job.objects.filter(kind="generate-part").values_list("status", flat=True)
    assert set(statuses) == {"cancelled"}


def test_what_a_part_left_after_its_dataset_was_cancelled_is_swept(cut):
    dataset = make_dataset(ready=False)
    job = job_create(owner=dataset.store.owner, kind="generate-part", title="Part 1")
    GenerationPart.objects.create(
        dataset=dataset, number=1, first_row=0, n_rows=1, job=job, lead=dataset.job
    )
    (parts_folder(dataset.pk) / 1 / "signals.h5").put_bytes(b"x")
    files_sweep()
    assert len(list(stored("datasets").files())) == 1
    dataset_cancel(user=dataset.store.owner, dataset=dataset)
    files_sweep()
    assert list(stored("datasets").files()) == []


def test_a_worker_does_not_go_on_for_ever(cut, monkeypatch):
    monkeypatch.setattr(jobs, "_IN_ONE_PROCESS_S", 0.0)
    done = []

    def one_by_another(all_of):
        jobs.generate_part(str(all_of[0].job_id))
        done.extend(Job.objects.filter(kind="generate-part").values_list("status", flat=True))

    before_own(monkeypatch, one_by_another)
    generated(make_dataset(ready=False))
    assert sorted(done) == ["completed", "queued", "queued"]


def test_a_deleted_datasets_parts_are_swept(cut, monkeypatch):
    dataset = make_dataset(ready=False)
    (parts_folder(dataset.pk) / 1 / "signals.h5").put_bytes(b"x")
    dataset_delete(user=dataset.store.owner, dataset=dataset)
    files_sweep()
    assert list(stored("datasets").files()) == []


@pytest.mark.parametrize(
    ("per_class", "n_listening", "n_parts"),
    [(1, 8, 1), (130, 1, 1), (130, 0, 1), (130, 2, 8), (130, 4, 13)],
)
def test_large_recipes_are_cut_where_several_workers_listen(per_class, n_listening, n_parts):
    recipe = Recipe(per_class=per_class)
    assert parts_wanted(recipe, n_listening) == pytest.approx(n_parts, abs=3 if n_parts > 8 else 0)


def test_no_part_is_larger_than_a_gigabyte():
    recipe = Recipe(per_class=2000)
    assert recipe.n_records * recipe.n_samples * 4 / parts_wanted(recipe, 2) < 1.1 * 2**30
