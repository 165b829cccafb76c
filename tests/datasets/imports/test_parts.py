"""A large import in parts, of which other workers take some."""

from dataclasses import replace

import pytest

from common.storage import stored
from datasets import jobs
from datasets.imports.paths import draft_folder
from datasets.imports.services import drafts
from datasets.imports.services.drafts import (
    draft_create,
    draft_delete,
    drafts_sweep,
    file_remove,
)
from datasets.imports.services.importing import import_start
from datasets.models import GenerationPart, ImportDraft
from datasets.services import dataset_retry, import_parts, parts
from datasets.services.files import import_folder
from datasets.services.parts import parts_folder
from monitoring.jobs.lifecycle import job_cancel_request, job_start
from monitoring.models import Job
from tests.datasets.importing import plan, planned, samples
from tests.datasets.imports.drafting import CSV, put, read
from vibration.features import FEATURE_NAMES

pytest_plugins = ["tests.buckets"]
pytestmark = pytest.mark.django_db(transaction=True)
N_FILES, N_PARTS = 7, 3
FILES = {f"rig/{n}.csv": (CSV + f"0.600,{n}\n").encode() for n in range(N_FILES)}


@pytest.fixture
def cut(monkeypatch):
    monkeypatch.setattr(import_parts, "parts_wanted", lambda *_: N_PARTS)


def started(draft, files=None, name="Pump"):
    """Begin an import of files that say all there is to know."""
    put(draft, FILES if files is None else files)
    read(draft)
    ImportDraft.objects.filter(pk=draft.pk).update(name=name)
    draft.refresh_from_db()
    dataset = import_start(user=draft.owner, draft=draft)
    draft.refresh_from_db()
    return dataset


def imported(draft, files=None, name="Pump"):
    return run(draft, started(draft, files, name))


def run(draft, dataset):
    jobs.import_dataset(str(draft.job_id))
    dataset.refresh_from_db()
    dataset.store.refresh_from_db()
    return dataset


def content(dataset):
    """Return all that an import writes, rows and checksums."""
    signals = dataset.store.signals.order_by("row")
    shards = dataset.store.shards.order_by("number")
    return (
        dataset.store.sha256,
        list(shards.values_list("number", "first_row", "n_rows", "size_bytes", "sha256")),
        list(signals.values_list("row", "label", "recording__name", "channel", *FEATURE_NAMES)),
        sorted(key.name for key, _ in (stored("datasets") / dataset.pk / "originals").files()),
    )


@pytest.fixture
def whole(draft):
    """Return what one worker makes, of a draft that is gone again."""
    dataset = imported(draft, name="Whole")
    found = content(dataset)
    assert len(found[2]) == N_FILES
    return found


@pytest.fixture
def again(draft):
    return draft_create(owner=draft.owner)


def before_own(monkeypatch, act):
    """Have `act` done with the parts before the import's job makes one itself."""
    made_here, calls = parts._made_here, []

    def first(run, part, *rest):
        if not calls:
            calls.append(part)
            act(list(GenerationPart.objects.filter(dataset=part.dataset_id).order_by("number")))
        return made_here(run, part, *rest)

    monkeypatch.setattr(parts, "_made_here", first)


def test_parts_that_nobody_takes_are_made_by_the_imports_own_job(whole, cut, again):
    dataset = imported(again)
    assert content(dataset) == whole
    assert Job.objects.filter(kind="import-part").count() == GenerationPart.objects.count() == 0
    assert not parts_folder(dataset.pk).exists()
    assert not import_folder(dataset.pk).exists()


def test_what_other_workers_kept_is_the_same_bytes(whole, cut, again, monkeypatch):
    done = []

    def all_by_another(all_of):
        jobs.import_part(str(all_of[0].job_id))
        done.extend(Job.objects.filter(kind="import-part").values_list("status", flat=True))

    before_own(monkeypatch, all_by_another)
    assert content(imported(again)) == whole
    assert done == ["completed"] * N_PARTS


def test_a_lost_part_is_kept_again_alone(whole, cut, again, monkeypatch):
    def lost(all_of):
        for part in all_of[:2]:
            jobs._files(str(part.job_id))
        (parts_folder(all_of[0].dataset_id) / 1).discard()

    before_own(monkeypatch, lost)
    dataset = imported(again)
    assert content(dataset) == whole


def test_a_file_that_cannot_be_read_is_named_whoever_read_it(cut, draft, monkeypatch):
    bad = "rig/0.csv", "rig/6.csv"

    def spoilt(all_of):
        for file in draft.files.filter(path__in=bad):
            (import_folder(0).parents[1] / "uploads" / str(draft.owner_id) / "imports"
             / str(draft.pk) / file.stored).write_bytes(b"no")  # fmt: skip
        jobs._files(str(all_of[0].job_id))

    before_own(monkeypatch, spoilt)
    dataset = imported(draft)
    assert (dataset.status, dataset.store.n_signals) == ("ready", N_FILES - len(bad))
    refused = draft.files.filter(status="refused").order_by("path")
    assert [row.path for row in refused] == list(bad)
    assert all("changed since it was looked at" in row.reason for row in refused)


def test_after_a_kill_what_was_kept_is_not_kept_again(whole, cut, again, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(all_of):
        jobs._files(str(all_of[0].job_id))
        raise Killed

    dataset = started(again)
    with monkeypatch.context() as patch:
        before_own(patch, killed)
        with pytest.raises(Killed):
            jobs.import_dataset(str(again.job_id))
    dataset.refresh_from_db()
    assert dataset.store.n_signals == 0
    Job.objects.filter(pk=again.job_id).update(status="queued")
    found = []
    before_own(monkeypatch, lambda all_of: found.extend(
        part.number for part in all_of if part.job.status == "completed"))  # fmt: skip
    assert content(run(again, dataset)) == whole
    assert found == [1]


def test_cancel_ends_all_parts_and_cleans_up(cut, draft, monkeypatch):
    def cancelled(all_of):
        jobs._files(str(all_of[1].job_id))
        job_start(all_of[0].job_id)  # somebody else is at it
        job_cancel_request(user=draft.owner, job=Job.objects.get(pk=draft.job_id))

    before_own(monkeypatch, cancelled)
    dataset = imported(draft)
    assert (dataset.status, dataset.store.n_signals) == ("cancelled", 0)
    running, made, *others = GenerationPart.objects.order_by("number").values_list(
        "job__status", "job__cancel_requested"
    )
    assert running == ("running", True)
    assert made == ("completed", False)
    assert {status for status, _ in others} == {"cancelled"}
    assert list(stored("datasets").files()) == []
    assert not import_folder(dataset.pk).exists()


def test_a_cancelled_import_can_be_tried_again(whole, cut, again, monkeypatch):
    with monkeypatch.context() as patch:
        before_own(patch, lambda _: job_cancel_request(
            user=again.owner, job=Job.objects.get(pk=again.job_id)))  # fmt: skip
        dataset = imported(again)
    dataset_retry(user=again.owner, dataset=dataset)
    assert content(run(again, dataset)) == whole


def test_more_is_added_in_parts(cut, draft, monkeypatch):
    names = list(FILES)
    dataset = imported(draft, {name: FILES[name] for name in names[:3]})
    more = draft_create(owner=draft.owner, dataset=dataset)
    before_own(monkeypatch, lambda all_of: jobs.import_part(str(all_of[0].job_id)))
    dataset = imported(more, {name: FILES[name] for name in names[3:]})
    assert (dataset.status, dataset.store.n_signals, dataset.store.n_shards) == ("ready", 7, 2)
    assert not GenerationPart.objects.exists()


def test_parts_of_an_addition_that_was_cancelled_are_not_those_of_the_next(cut, draft, monkeypatch):
    names = list(FILES)
    dataset = imported(draft, {names[0]: FILES[names[0]]})
    given_up = draft_create(owner=draft.owner, dataset=dataset)

    def cancelled(all_of):
        jobs._files(str(all_of[0].job_id))
        job_cancel_request(user=draft.owner, job=Job.objects.get(pk=given_up.job_id))

    with monkeypatch.context() as patch:
        before_own(patch, cancelled)
        imported(given_up, {name: FILES[name] for name in names[1:4]})
    more = draft_create(owner=draft.owner, dataset=dataset)
    dataset = imported(more, {name: FILES[name] for name in names[4:]})
    found = [row.name for row in dataset.store.recordings.order_by("pk")]
    assert found == [names[0], *names[4:]]


@pytest.mark.parametrize(
    ("n_files", "n_samples", "n_listening", "n_parts"),
    [(100, 1000, 8, 1), (100, 100_000, 1, 1), (100, 100_000, 2, 6), (3, 10_000_000, 8, 3)],
)
def test_large_imports_are_cut_where_several_workers_listen(
    tmp_path, n_files, n_samples, n_listening, n_parts
):
    file = planned(tmp_path / "a.npy", samples(8))
    (channel,) = file.channels
    file = replace(file, channels=(replace(channel, n_samples=n_samples),))
    assert import_parts.parts_wanted(plan(*[file] * n_files), n_listening) == n_parts


def test_parts_hold_as_much_work_each(tmp_path, cut):
    file = planned(tmp_path / "a.npy", samples(8))
    (channel,) = file.channels
    sizes = [8_000_000, 8_000_000, *[1_000_000] * 8]
    files = [replace(file, channels=(replace(channel, n_samples=n),)) for n in sizes]
    work = import_parts._ImportWork(None, plan(*files), tmp_path, {})
    assert work.cuts(2) == [0, 1, 2, 10]


def test_workers_of_another_machine_keep_what_was_sent_to_one(
    whole, cut, again, monkeypatch, settings, tmp_path, bucket
):
    settings.STORAGE_URL, settings.SCRATCH_DIR = bucket.url, tmp_path / "one"

    def on_another_machine(all_of):
        settings.SCRATCH_DIR = tmp_path / "two"
        jobs.import_part(str(all_of[0].job_id))
        settings.SCRATCH_DIR = tmp_path / "one"

    before_own(monkeypatch, on_another_machine)
    dataset = imported(again)
    assert content(dataset) == whole
    assert not list((tmp_path / "two").rglob("*.csv"))
    drafts_folder = stored("uploads", again.owner_id, "imports")
    assert list(drafts_folder.files()) == []


def test_an_import_of_a_machine_that_was_sent_nothing_is_whole(
    whole, again, settings, tmp_path, bucket
):
    settings.STORAGE_URL, settings.SCRATCH_DIR = bucket.url, tmp_path / "one"
    dataset = started(again)
    settings.SCRATCH_DIR = tmp_path / "two"
    assert content(run(again, dataset)) == whole


def test_what_is_a_dataset_on_another_machine_is_swept_here(
    again, settings, tmp_path, bucket, monkeypatch
):
    settings.STORAGE_URL, settings.SCRATCH_DIR = bucket.url, tmp_path / "one"
    dataset = started(again)
    here = draft_folder(again.owner_id, again.pk)
    settings.SCRATCH_DIR = tmp_path / "two"
    monkeypatch.setattr(drafts, "_ORPHAN_AFTER_S", -1.0)
    drafts_sweep()
    run(again, dataset)
    settings.SCRATCH_DIR = tmp_path / "one"
    assert here.exists()
    drafts_sweep()
    assert not here.exists()


def test_a_draft_that_is_deleted_leaves_nothing_in_the_bucket(again, settings, tmp_path, bucket):
    settings.STORAGE_URL, settings.SCRATCH_DIR = bucket.url, tmp_path / "one"
    put(again, FILES)
    files = read(again)
    assert len(bucket.keys("uploads")) == N_FILES
    file_remove(user=again.owner, file=files["rig/0.csv"])
    assert len(bucket.keys("uploads")) == N_FILES - 1
    draft_delete(user=again.owner, draft=again)
    assert bucket.keys("uploads") == []
