"""Import recordings: files first, then all their rows in one transaction.

``datasets/<id>.import`` is where an import works: what is kept of each file appears there whole, so
that one that was killed goes on with the next file. Nobody sees any of it before the last
transaction commits.
"""

import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from common.database import after_commit, retried
from common.errors import Expected, Invalid, NotAllowed, Unavailable
from common.refused import what_helps
from common.roles import is_engineer, may_manage
from common.storage import folder_discard, folder_make
from common.text import counted
from common.text.names import text_clean
from datasets.imports.outcome import FileOutcome, ImportOutcome
from datasets.imports.plan import ImportPlan
from datasets.models import Dataset
from datasets.selectors import ORIGINALS, name_is_taken
from datasets.services.creation import name_and_description, name_taken
from datasets.services.events import dataset_event
from datasets.services.files import final_folder, import_folder
from datasets.services.generation import pyramids_fill
from datasets.services.hints import dataset_hint
from datasets.services.import_keeping import (
    files_keep,
    folder_prepare,
    known_already,
    names_kept,
    tasks_left,
)
from datasets.services.import_parts import import_in_parts, import_is_cut
from datasets.services.import_plans import plan_prove
from datasets.services.import_publishing import ImportRun, files_publish, import_show
from datasets.services.parts import parts_folder
from monitoring.jobs.lifecycle import JobCancelled, JobLost
from monitoring.jobs.pulse import JobRun
from monitoring.models import SystemEvent
from signals.models import SignalStore
from signals.services.feature_groups import store_features_fill
from signals.services.recorded_signals import Kept
from vibration.errors import VibrationError
from vibration.importing import (
    KeptFile,
    write_shards,
)
from vibration.store import StorageFullError

logger = logging.getLogger(__name__)

_HERE_BYTES: Final = 8 << 20  # less is kept sooner than a process starts
_LOCK_S: Final = 30.0


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
    plan_prove(plan)
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
    plan_prove(plan)


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
            try:
                outcome = _import(run, dataset.pk, plan, work)
            except JobCancelled:
                folder_discard(work)
                parts_folder(dataset.pk).discard()
                raise
    except StorageFullError as error:
        folder_discard(work)
        raise Unavailable(str(error)) from error
    except OSError as error:
        raise Unavailable(
            f"The storage failed while the dataset was written ({error.strerror}). "
            f"{what_helps(error)}"
        ) from error
    except VibrationError as error:
        raise Unavailable(str(error)) from error
    folder_discard(work)
    parts_folder(dataset.pk).discard()
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
    except JobLost:
        logger.info("Dataset %s was deleted while its features were measured.", dataset_id)
    except (Expected, VibrationError, OSError) as error:
        logger.warning("The features of dataset %s were not measured: %s", dataset_id, error)


def dataset_import_give_up(*, dataset: Dataset) -> None:
    """Forget what an import that will not go on has kept so far."""
    folder_discard(import_folder(dataset.pk))


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
    folder_prepare(work)
    reasons = retried(partial(known_already, dataset_id, plan))
    n_files = len(plan.files)
    run.log(f"Importing {counted(n_files, 'file')}.")
    if isinstance(run, JobRun) and import_is_cut(run.job, plan):
        import_in_parts(run=run, dataset_id=dataset_id, plan=plan, work=work, reasons=reasons)
    tasks = tasks_left(plan, (n for n in range(n_files) if n not in reasons), work)
    done = n_files - len(tasks)
    run.progress(done, n_files)
    for result in files_keep(plan, tasks):
        if result is not None:
            number, reason = result
            done += 1
            run.progress(done, n_files)
            if reason:
                reasons[number] = reason
                run.log(reason, level="warning")
        run.check()
    kept = [
        Kept(each, work / names_kept(plan, each)[0], plan.keep_originals)
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
        files_publish(out, work / ORIGINALS, final_folder(dataset_id), numbers)
    retried(partial(import_show, run, dataset_id, plan, kept, shards, work))
    return _outcome(plan, kept, reasons)


def _next_shard(dataset_id: int) -> tuple[int, int]:
    store = SignalStore.objects.filter(dataset=dataset_id).first()
    if store is None:
        raise JobLost
    last = store.shards.order_by("-number").first()
    return (last.number + 1, last.first_row + last.n_rows) if last else (1, 0)


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
