"""Make a large dataset with as many workers as listen, part by part.

The job of the dataset cuts the recipe into parts, each a job of its own, and makes those that
nobody else has begun; it never waits for a worker that is not there. What others make lies in
``datasets/<id>.parts/<number>`` of the storage until it is copied into the dataset's file, whose
bytes are the same however it was cut. A part whose worker is lost is queued again by itself.
"""

import logging
import math
import time
from functools import partial
from itertools import pairwise
from typing import Any, Final, NoReturn

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from common.database import OUTAGES, retried
from common.errors import Expected, Unavailable
from common.storage import Stored, stored
from common.text import counted
from datasets.kinds import PART
from datasets.models import Dataset, GenerationPart
from datasets.selectors import recipe_of
from datasets.services.files import DATASETS, n_workers
from monitoring.jobs.kinds import Queue, kinds
from monitoring.jobs.lifecycle import (
    JobCancelled,
    JobLost,
    job_change,
    job_complete,
    job_create,
    job_enqueue,
    job_fail,
    job_requeue,
    job_start,
    job_stop,
)
from monitoring.jobs.pulse import JobRun, Pulse
from monitoring.jobs.queueing import workers_listening
from monitoring.models import Job
from signals.errors import told_as
from vibration.errors import VibrationError
from vibration.generation import (
    GenerationCancelled,
    copy_rows,
    estimate,
    produce_rows,
    store_of,
)
from vibration.simulation import Recipe
from vibration.store import SIGNALS_FILE, StoreReader, StoreWriter

logger = logging.getLogger(__name__)

_LARGEST_BYTES: Final = 1 << 30
_PARTS_A_WORKER: Final = 4
_ATTEMPTS: Final = 3
_POLL_S: Final = 0.2
_LOOK_S: Final = 0.5
_UNDONE: Final = (Job.Status.FAILED, Job.Status.CANCELLED)


def parts_wanted(recipe: Recipe, n_listening: int) -> int:
    """Return into how many parts a recipe is cut; 1 where one worker is as quick.

    A part is a fraction of the work, so that the last one does not wait for long, and at most a
    gigabyte, so that a killed worker costs no more than that.
    """
    foreseen = estimate(recipe)
    if n_listening < 2 or foreseen.work_s < settings.GENERATION_SPLIT_S:
        return 1
    shortest_s = settings.GENERATION_SPLIT_S / _PARTS_A_WORKER
    by_size = math.ceil(foreseen.size_bytes / _LARGEST_BYTES)
    by_time = min(_PARTS_A_WORKER * n_listening, math.ceil(foreseen.work_s / shortest_s))
    return min(max(by_size, by_time), recipe.n_records)


def parts_make(*, run: JobRun, dataset: Dataset, recipe: Recipe, writer: StoreWriter) -> None:
    """Fill the writer with all records of a recipe, together with whoever takes parts of it.

    Raises
    ------
    Unavailable
        Where a part failed; its sentence.
    JobCancelled, JobLost
        Where the run should stop.
    """
    n_parts = parts_wanted(recipe, workers_listening(Queue.LONG))
    parts = retried(partial(_parts_ensure, run, dataset, recipe, n_parts))
    run.log(f"In {counted(len(parts), 'part')}, for every worker that listens.")
    progress = _Progress(run, parts, recipe.n_records)
    left = {part.pk: part for part in parts}
    while left:
        run.check()
        statuses = retried(partial(_statuses, dataset.pk))
        progress.tell()
        found = [part for part in left.values() if statuses[part.pk] == Job.Status.COMPLETED]
        for part in found:
            if _copied(part, writer):
                del left[part.pk]
            else:  # it was in the file of an attempt that is gone
                retried(partial(job_requeue, part.job, only_if={"status": Job.Status.COMPLETED}))
        if undone := [part for part in left.values() if statuses[part.pk] in _UNDONE]:
            _end(run, undone[0])
        # Those who were handed parts begin with the first ones.
        waiting = [part for part in left.values() if statuses[part.pk] == Job.Status.QUEUED]
        own = waiting[-1] if waiting else None
        if own is not None and _made_here(run, own, recipe, writer, progress):
            del left[own.pk]
        elif own is None and left and not found:
            time.sleep(_POLL_S)


def part_generate(*, run: JobRun) -> None:
    """Make the part of the run's job and leave it in the storage."""
    part = retried(partial(_part_of, run.job.pk))
    if part is None or part.dataset.job is None or not part.dataset.job.is_active:
        raise JobCancelled
    recipe = recipe_of(part.dataset)
    try:
        with told_as(Expected), part_folder(part).made() as folder:
            with store_of(recipe, folder, part.n_rows) as writer:
                produce_rows(
                    recipe,
                    writer,
                    part.rows,
                    first=part.first_row,
                    workers=n_workers(),
                    progress=run.progress,
                    cancelled=run.cancelled,
                )
            run.check()
    except GenerationCancelled:
        run.check()
        raise
    except OSError as error:
        raise Unavailable(f"The storage failed ({error.strerror}). Try again.") from error
    retried(partial(job_complete, run.job))


def part_next(job_id: str) -> str:
    """Return the job of the next part of the same dataset; empty where a worker should turn to
    others: to the jobs of other people, or because nothing is left.
    """
    part = _part_of(job_id)
    if part is None or part.dataset.job is None:
        return ""
    long = [kind.code for kind in kinds() if kind.queue == Queue.LONG and kind.code != PART]
    others = Job.objects.filter(status=Job.Status.QUEUED, kind__in=long)
    if part.dataset.job.status != Job.Status.RUNNING or others.exists():
        return ""
    waiting = GenerationPart.objects.filter(dataset=part.dataset, job__status=Job.Status.QUEUED)
    following = waiting.order_by("number").values_list("job_id", flat=True).first()
    return str(following or "")


def parts_follow(job: Job) -> None:
    """End the parts of a dataset whose job has ended, or was asked to."""
    if not (job.cancel_requested or job.status in _UNDONE):
        return
    for part in GenerationPart.objects.filter(dataset__job=job).select_related("job"):
        job_change(
            part.job,
            only_if={"status": Job.Status.QUEUED},
            status=Job.Status.CANCELLED,
            cancel_requested=True,
            finished_at=Now(),
        ) or job_change(part.job, only_if={"status": Job.Status.RUNNING}, cancel_requested=True)


def parts_forget(*, dataset_id: int) -> None:
    """Remove the parts of a dataset that is whole; call it in the transaction that shows it."""
    Job.objects.filter(pk__in=_jobs_of(dataset_id)).delete()


def parts_folder(dataset_id: int) -> Stored:
    """Return where parts of a dataset lie until they are in its file."""
    return stored(DATASETS, f"{dataset_id}.parts")


def part_folder(part: GenerationPart) -> Stored:
    return parts_folder(part.dataset_id) / part.number


def parts_at_once() -> int:
    """Return of how many parts of one person's the queue knows: as many as can be begun."""
    return max(1, workers_listening(Queue.LONG))


class _Progress:
    """Tells the sum of what all have made, not too often."""

    def __init__(self, run: JobRun, parts: list[GenerationPart], total: int) -> None:
        self._run, self._total = run, total
        self._dataset_id = parts[0].dataset_id
        self._next_s = 0.0
        self._sum = 0

    def tell(self, own: Job | None = None, done: int = 0) -> None:
        """Tell what rows say, and of the job that is done here what is known here."""
        if time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + _LOOK_S
            jobs = Job.objects.filter(pk__in=_jobs_of(self._dataset_id))
            if own is not None:
                jobs = jobs.exclude(pk=own.pk)
            try:
                self._sum = sum(jobs.values_list("progress_done", flat=True))
            except OUTAGES as error:  # the pulse waits for the database, too
                logger.warning("The progress of parts is not known: %s", error)
        self._run.progress(min(self._sum + done, self._total), self._total)


def _jobs_of(dataset_id: int) -> Any:
    return GenerationPart.objects.filter(dataset=dataset_id).values("job")


@transaction.atomic
def _parts_ensure(
    run: JobRun, dataset: Dataset, recipe: Recipe, n_parts: int
) -> list[GenerationPart]:
    """Write the parts and their jobs; of an attempt that was killed they are there."""
    there = list(GenerationPart.objects.filter(dataset=dataset).select_related("job"))
    for part in there:
        job_requeue(
            part.job, only_if={"status__in": _UNDONE}, max_attempts=part.job.attempt + _ATTEMPTS
        )
    if there:
        return there
    cuts = [round(number * recipe.n_records / n_parts) for number in range(n_parts + 1)]
    made = []
    for number, (first, last) in enumerate(pairwise(cuts), start=1):
        job = job_create(
            owner=run.job.owner,
            kind=PART,
            title=f"{dataset.name}, part {number} of {n_parts}",
            url=run.job.url,
            total=last - first,
            max_attempts=_ATTEMPTS,
        )
        made.append(GenerationPart(dataset=dataset, number=number, first_row=first,
                                   n_rows=last - first, job=job))  # fmt: skip
    GenerationPart.objects.bulk_create(made)
    job_enqueue(made[0].job)  # hands over whatever is due
    return made


def _statuses(dataset_id: int) -> dict[int, str]:
    return dict(GenerationPart.objects.filter(dataset=dataset_id).values_list("pk", "job__status"))


def _part_of(job_id: Any) -> GenerationPart | None:
    parts = GenerationPart.objects.select_related("dataset__job", "dataset__recipe")
    return parts.filter(job=job_id).first()


def _end(run: JobRun, part: GenerationPart) -> NoReturn:
    """Say why a dataset ends with a part of it: parts are cancelled with it."""
    run.check()
    jobs = retried(partial(Job.objects.in_bulk, [run.job.pk, part.job_id]))
    if run.job.pk not in jobs:
        raise JobLost
    if jobs[run.job.pk].cancel_requested:
        raise JobCancelled
    error = jobs[part.job_id].error if part.job_id in jobs else ""
    raise Unavailable(error or "A part of the dataset was cancelled. Try again.")


def _copied(part: GenerationPart, writer: StoreWriter) -> bool:
    """Copy a part into the dataset's file; False where it is not in the storage."""
    folder = part_folder(part)
    if not (folder / SIGNALS_FILE).is_file():
        return False
    with folder.local() as path, StoreReader(path) as reader:
        copy_rows(reader, writer, part.first_row)
    return True


def _made_here(
    run: JobRun,
    part: GenerationPart,
    recipe: Recipe,
    writer: StoreWriter,
    progress: _Progress,
) -> bool:
    """Make a part right where it belongs; False where somebody else has just taken it."""
    job = retried(partial(job_start, part.job_id))
    if job is None:
        return False
    own = JobRun(job)

    def tell(done: int, total: int) -> None:
        own.progress(done, total)
        progress.tell(job, done)

    try:
        with Pulse(own):
            produce_rows(
                recipe,
                writer,
                part.rows,
                workers=n_workers(),
                progress=tell,
                cancelled=lambda: run.cancelled() or own.cancelled(),
            )
        retried(partial(job_complete, job))
    except (GenerationCancelled, JobCancelled, JobLost):
        retried(partial(job_stop, job))
        _end(run, part)
    except (VibrationError, OSError) as error:
        retried(partial(job_fail, job, str(error)))
        raise
    return True
