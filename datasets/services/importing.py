"""Import recordings: files first, then all their rows in one transaction.

``datasets/<id>.import`` is where an import works: what is kept of each file appears there whole, so
that one that was killed goes on with the next file. Nobody sees any of it before the last
transaction commits.
"""

import fcntl
import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from common.database import after_commit, retried
from common.errors import Expected, Invalid, NotAllowed, Unavailable
from common.names import text_clean
from common.roles import is_engineer, may_manage
from common.storage import Stored, folder_discard, folder_make
from common.text import counted
from datasets.imports.outcome import FileOutcome, ImportOutcome
from datasets.imports.plan import ImportPlan
from datasets.models import Dataset
from datasets.selectors import ORIGINALS, name_is_taken
from datasets.services.counting import class_counts_refresh
from datasets.services.creation import name_and_description, name_taken
from datasets.services.events import dataset_event
from datasets.services.files import final_folder, import_folder, space_prove
from datasets.services.generation import n_workers, pyramids_fill
from datasets.services.hints import dataset_hint
from monitoring.jobs.lifecycle import JobLost, job_complete
from monitoring.models import Job, SystemEvent
from monitoring.notices.services import notification_send
from signals.models import Bearing, FaultClass, Recording, Severity, SignalStore, Version
from signals.services.feature_groups import store_features_fill
from signals.services.recordings import Described, Kept, recordings_insert
from signals.services.records import cached_results_forget
from signals.services.versions import version_write
from vibration.errors import VibrationError
from vibration.formats.sandbox import ROOM_PREFIX
from vibration.importing import (
    Cutting,
    KeptFile,
    ShardFacts,
    keep_file,
    keep_in_processes,
    kept_name,
    write_shards,
)
from vibration.importing.pool import Task
from vibration.store import StorageFullError

logger = logging.getLogger(__name__)

FEWEST_SEGMENT_SAMPLES: Final = 64
MOST_OVERLAP: Final = 0.95
MOST_FILES: Final = 20_000
_HERE_BYTES: Final = 8 << 20  # less is kept sooner than a process starts
_LOCK_S: Final = 30.0
_NAME: Final = 100


class ImportRun(Protocol):
    """What an import tells how far it is: a job's run, or a command's."""

    @property
    def job(self) -> Job | None: ...
    def progress(self, done: int, total: int) -> None: ...
    def log(self, text: str, *, level: str = "info") -> None: ...
    def cancelled(self) -> bool: ...
    def check(self) -> None: ...


def dataset_import_create(*, owner: Any, plan: ImportPlan) -> Dataset:
    """Write the row of a dataset that recordings are imported into; `dataset_import_run` fills it.

    Whoever makes a job for it does so in the same transaction and names it as the dataset's job.

    Raises
    ------
    NotAllowed
        Where `owner` is no engineer.
    Invalid
        Where something in the plan is refused; by field: ``name``, ``segment_samples``, ``files``.
    Unavailable
        Where the disk cannot hold the dataset.
    """
    if not is_engineer(owner):
        raise NotAllowed("Importing needs the engineer role; ask an administrator for it.")
    name, description = name_and_description(plan.name, plan.description)
    licence = text_clean(plan.licence, what="A licence", longest=200, field="licence")
    citation = text_clean(plan.citation, what="A citation", longest=1000, field="citation")
    _prove(plan)
    try:
        with transaction.atomic():
            store = SignalStore(owner=owner, visibility=plan.visibility)
            store.full_clean()
            store.save()
            dataset = Dataset(
                name=name,
                description=description,
                licence=licence,
                citation=citation,
                origin=Dataset.Origin.RECORDED,
                store=store,
                n_planned=len(plan.files),
            )
            dataset.full_clean()
            dataset.save()
            said = f"import of {counted(len(plan.files), 'file')}"
            dataset_event(dataset, SystemEvent.Kind.CREATED, owner, said)
            after_commit(dataset_hint, dataset)
    except ValidationError as error:
        if name_is_taken(name):
            raise name_taken(name) from error
        fields = {key: list(said) for key, said in error.message_dict.items()}
        raise Invalid(next(iter(fields.values()))[0], field_errors=fields) from error
    except IntegrityError as error:
        if "dataset_name_once" not in str(error):
            raise
        raise name_taken(name) from error
    return dataset


def dataset_import_add(*, user: Any, dataset: Dataset, plan: ImportPlan) -> None:
    """Prove that files may be added to an imported dataset; `dataset_import_run` then adds them.

    They are appended: what refers to the dataset's earlier signals stays as it is, and an event
    says what came when.

    Raises
    ------
    NotAllowed
        Where the dataset is not `user`'s.
    Invalid
        Where it was not imported or is not ready, or the plan is refused.
    """
    if not may_manage(user, dataset.store.owner_id):
        raise NotAllowed("Only its owner may add recordings to this dataset.")
    if not dataset.is_recorded:
        raise Invalid("This dataset was generated from a recipe; import into another one.")
    if dataset.status != Dataset.Status.READY:
        raise Invalid("This dataset is not ready yet; add to it when it is.")
    if dataset.trashed_at is not None:
        raise Invalid("This dataset is in the trash; restore it to add to it.")
    _prove(plan)


def dataset_import_run(*, run: ImportRun, dataset: Dataset, plan: ImportPlan) -> ImportOutcome:
    """Import the files of a plan into a dataset, and show it as ready.

    A file that cannot be read is named with the reason, the others go on. Run again after it was
    killed, it goes on with the file it was at; run again after it was done, it finds nothing new.

    Raises
    ------
    Invalid
        Where nothing of any file could be kept.
    Unavailable
        Where the storage fails.
    """
    work = import_folder(dataset.pk)
    try:
        folder_make(work)
        with _alone(work, run.check), _followed(run, dataset.pk):
            outcome = _import(run, dataset.pk, plan, work)
    except StorageFullError as error:
        folder_discard(work)
        raise Unavailable(str(error)) from error
    except OSError as error:
        raise Unavailable(
            f"The storage failed while the dataset was written ({error.strerror}). Try again."
        ) from error
    except VibrationError as error:
        raise Unavailable(str(error)) from error
    folder_discard(work)
    pyramids_fill(dataset_id=dataset.pk)
    _features_fill(dataset.pk)
    return outcome


def _features_fill(dataset_id: int) -> None:
    """Measure what needs speed, geometry or unit. The dataset is ready: a failure is only logged,
    and the features can be had later.
    """
    store = retried(lambda: SignalStore.objects.filter(dataset=dataset_id).first())
    if store is None:
        return
    try:
        store_features_fill(store=store)
    except (Expected, VibrationError, OSError) as error:
        logger.warning("The features of dataset %s were not measured: %s", dataset_id, error)


def dataset_import_give_up(*, dataset: Dataset) -> None:
    """Forget what an import that will not go on has kept so far."""
    folder_discard(import_folder(dataset.pk))


def _prove(plan: ImportPlan) -> None:
    """Refuse a plan that cannot be carried out."""
    if not plan.files:
        raise _refused("files", "There is no file to import.")
    if len(plan.files) > MOST_FILES:
        raise _refused("files", f"At most {MOST_FILES} files are imported at once.")
    length = plan.segment_samples
    if length is not None and length < FEWEST_SEGMENT_SAMPLES:
        raise _refused(
            "segment_samples", f"A segment has at least {FEWEST_SEGMENT_SAMPLES} samples."
        )
    if not 0 <= plan.overlap <= MOST_OVERLAP:
        raise _refused("overlap", f"Segments overlap by 0 to {100 * MOST_OVERLAP:.0f} %.")
    for model, what, field in (
        (FaultClass, "fault class", "label"),
        (Severity, "severity", "severity"),
    ):
        wanted = {getattr(each, field) for each in plan.files} - {""}
        known = set(model.objects.filter(code__in=wanted).values_list("code", flat=True))
        if unknown := wanted - known:
            raise _refused(field, f"There is no {what} “{min(unknown)[:40]}”.")
    names = {n for each in plan.files for n in (each.specimen, each.run)}
    if too_long := [name for name in names if len(name) > _NAME]:
        raise _refused("specimen", f"“{too_long[0][:40]}…” is longer than {_NAME} letters.")
    bearings = {each.bearing_id for each in plan.specimens if each.bearing_id is not None}
    if Bearing.objects.filter(pk__in=bearings).count() != len(bearings):
        raise _refused("specimens", "A bearing type is not in the catalogue any more.")
    try:
        size_bytes = sum(each.path.stat().st_size for each in plan.files if each.path.is_file())
    except OSError as error:
        raise Unavailable(f"The files cannot be read ({error.strerror}).") from error
    space_prove(size_bytes * (1 + plan.keep_originals))


def _refused(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, field_errors={field: [sentence]})


@contextmanager
def _alone(work: Path, check: Callable[[], None]) -> Iterator[None]:
    """Let one process at a time work there; another attempt ends within a second of being told."""
    descriptor = os.open(work, os.O_RDONLY)
    until = time.monotonic() + _LOCK_S
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > until:
                    raise Unavailable("This import is already running elsewhere.") from error
                check()
                time.sleep(0.2)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _followed(run: ImportRun, dataset_id: int) -> Iterator[None]:
    """Let a dataset that no job works on say so itself; one that has a job follows that."""
    if run.job is not None:
        yield
        return
    waiting = Dataset.objects.filter(pk=dataset_id).exclude(status=Dataset.Status.READY)
    waiting.update(status=Dataset.Status.IMPORTING)
    is_done = False
    try:
        yield
        is_done = True
    finally:
        if not is_done:
            waiting.update(status=Dataset.Status.FAILED)


def _import(run: ImportRun, dataset_id: int, plan: ImportPlan, work: Path) -> ImportOutcome:
    cutting = Cutting(segment_samples=plan.segment_samples, overlap=plan.overlap)
    originals = work / ORIGINALS
    folder_make(originals)
    for left in work.glob(f"{ROOM_PREFIX}*"):  # of a reading that was killed
        folder_discard(left)
    reasons = retried(partial(_known_already, dataset_id, plan))
    kept_at = [work / f"{kept_name(each, cutting)}.kept" for each in plan.files]
    tasks: list[Task] = [
        (
            number,
            each,
            cutting,
            kept_at[number],
            originals / each.sha256 if plan.keep_originals else None,
        )
        for number, each in enumerate(plan.files)
        if number not in reasons
        and not (
            kept_at[number].is_file()
            and (not plan.keep_originals or (originals / each.sha256).is_file())
        )
    ]
    n_files = len(plan.files)
    done = n_files - len(tasks)
    run.progress(done, n_files)
    run.log(f"Importing {counted(n_files, 'file')}.")
    for result in _keep(tasks):
        if result is not None:
            number, reason = result
            done += 1
            run.progress(done, n_files)
            if reason:
                reasons[number] = reason
                run.log(reason, level="warning")
        run.check()
    kept = [
        Kept(each, kept_at[number], plan.keep_originals)
        for number, each in enumerate(plan.files)
        if number not in reasons
    ]
    if not kept:
        first = next(iter(reasons.values()))
        raise Invalid(
            first
            if len(reasons) == 1
            else f"None of the {len(reasons)} files could be imported. The first: {first}"
        )
    out = work / "out"
    folder_discard(out)
    folder_make(out)
    number, row = retried(partial(_next_shard, dataset_id))
    shards = write_shards(
        [(each.planned, each.path) for each in kept],
        out,
        first_number=number,
        first_row=row,
        check=run.check,
    )
    run.check()
    if final_folder(dataset_id).path is None:  # an upload takes its time; nothing is locked now
        numbers = [str(each.number) for each in shards]
        _publish(out, originals, final_folder(dataset_id), numbers)
    retried(partial(_show, run, dataset_id, plan, kept, shards, work))
    return _outcome(plan, kept, reasons)


def _keep(tasks: Sequence[Task]) -> Iterator[tuple[int, str] | None]:
    """Keep files one after the other here, or over processes where there is much to do."""
    size_bytes = sum(task[1].path.stat().st_size for task in tasks if task[1].path.is_file())
    if size_bytes > _HERE_BYTES and len(tasks) > 1:
        yield from keep_in_processes(tasks, min(n_workers(), len(tasks)))
        return
    for number, planned, cutting, target, original in tasks:
        try:
            keep_file(planned, cutting, target, original)
        except StorageFullError:
            raise
        except VibrationError as error:
            yield number, str(error)
        else:
            yield number, ""


def _known_already(dataset_id: int, plan: ImportPlan) -> dict[int, str]:
    """Return the files that are there twice, or were imported before, with the sentence."""
    seen: dict[str, str] = {}
    there = dict(Recording.objects.filter(store__dataset=dataset_id).values_list("sha256", "name"))
    reasons = {}
    for number, each in enumerate(plan.files):
        if each.sha256 in there:
            reasons[number] = f"{each.name} is in the dataset already, as {there[each.sha256]}."
        elif each.sha256 in seen:
            reasons[number] = (
                f"{each.name} has the same content as {seen[each.sha256]}; it is kept once."
            )
        seen.setdefault(each.sha256, each.name)
    return reasons


def _next_shard(dataset_id: int) -> tuple[int, int]:
    store = SignalStore.objects.filter(dataset=dataset_id).first()
    if store is None:
        raise JobLost
    last = store.shards.order_by("-number").first()
    return (last.number + 1, last.first_row + last.n_rows) if last else (1, 0)


@transaction.atomic
def _show(
    run: ImportRun,
    dataset_id: int,
    plan: ImportPlan,
    kept: Sequence[Kept],
    shards: Sequence[ShardFacts],
    work: Path,
) -> None:
    if run.job is not None:
        if _is_done(run.job):
            return  # the commit arrived, only its answer was lost
        job_complete(run.job)  # locks the row: from here on this attempt alone may publish
    with connection.cursor() as cursor:  # a million rows take longer than a page may
        cursor.execute("SET LOCAL statement_timeout = 0")
    dataset = Dataset.objects.select_for_update(of=["self"]).filter(pk=dataset_id).first()
    if dataset is None:
        raise JobLost
    was_ready = dataset.status == Dataset.Status.READY
    final = final_folder(dataset_id)
    _publish(work / "out", work / ORIGINALS, final, [str(each.number) for each in shards])
    described = {each.name: Described(each.bearing_id, each.note) for each in plan.specimens}
    store = dataset.store
    n_signals = recordings_insert(store=store, files=kept, shards=shards, specimens=described)
    _complete(store, n_signals, final)
    version_write(
        store=store,
        user=run.job.owner if run.job is not None else store.owner,
        act=Version.Act.ADDED if was_ready else Version.Act.MADE,
        reason=f"Import of {counted(len(kept), 'file')}",
        n_added=n_signals,
        n_new_rows=n_signals,
    )
    class_counts_refresh({store.pk})
    if not was_ready:
        dataset.status = Dataset.Status.READY
        dataset.ready_at = timezone.now()
        dataset.save(update_fields=["status", "ready_at"])
    after_commit(cached_results_forget, store_id=store.pk)
    after_commit(dataset_hint, dataset)
    _tell(run, dataset, n_signals, len(kept), was_ready=was_ready)


def _is_done(job: Job) -> bool:
    completed = Job.Status.COMPLETED
    return Job.objects.filter(pk=job.pk, status=completed, attempt=job.attempt).exists()


def _publish(out: Path, originals: Path, final: Stored, shards: Sequence[str]) -> None:
    """Give the files their final names; what a transaction that failed left there is replaced."""
    for name in shards:
        made, place = out / name, final / name
        if made.is_dir():
            place.put_folder(made)
        elif not place.exists():
            raise Unavailable("The imported files disappeared; nothing was kept. Try again.")
    for path in originals.iterdir() if originals.is_dir() else ():
        (final / ORIGINALS / path.name).put(path)


def _complete(store: SignalStore, n_signals: int, final: Stored) -> None:
    shards = store.shards.order_by("number")
    sums = shards.aggregate(size=Sum("size_bytes"))
    checksums = "".join(shards.values_list("sha256", flat=True))
    kept_bytes = sum(size_bytes for _, size_bytes in (final / ORIGINALS).files())
    store.folder = str(final)
    store.n_signals += n_signals
    store.n_shards = len(shards)
    store.size_bytes = int(sums["size"] or 0) + kept_bytes
    store.sha256 = hashlib.sha256(checksums.encode()).hexdigest()
    store.full_clean()
    store.save()


def _tell(
    run: ImportRun, dataset: Dataset, n_signals: int, n_files: int, *, was_ready: bool
) -> None:
    said = f"{counted(n_signals, 'signal')} of {counted(n_files, 'file')}"
    actor = run.job.owner if run.job is not None else dataset.store.owner
    kind = SystemEvent.Kind.EDITED if was_ready else SystemEvent.Kind.COMPLETED
    dataset_event(dataset, kind, actor, f"{said} {'added' if was_ready else 'imported'}")
    if run.job is not None:
        notification_send(
            user=run.job.owner,
            title="Recordings added" if was_ready else "Dataset ready",
            text=f"{dataset.name}: {said}.",
            url=run.job.url,
            level="success",
        )


def _outcome(plan: ImportPlan, kept: Sequence[Kept], reasons: dict[int, str]) -> ImportOutcome:
    found = {each.planned: KeptFile(each.path) for each in kept}
    outcomes = []
    for number, each in enumerate(plan.files):
        if number in reasons:
            outcomes.append(FileOutcome(each.name, 0, reasons[number]))
        else:
            read = found[each]
            outcomes.append(FileOutcome(each.name, len(read.blocks), notes=read.notes))
    return ImportOutcome(tuple(outcomes))
