"""Make a large dataset with as many workers as listen, part by part.

The job that generates or imports cuts its work into parts, each a job of its own, and makes those
that nobody else has begun; it never waits for a worker that is not there. What others make lies in
``datasets/<id>.parts/<number>`` of the storage until it is taken into the dataset's files, whose
bytes are the same however it was cut. A part whose worker is lost is queued again by itself.
"""

import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NoReturn, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from common.database import OUTAGES, retried
from common.errors import Expected, Unavailable
from common.refused import what_helps
from common.storage import Stored, stored
from common.text import counted
from datasets.kinds import PARTS
from datasets.models import Dataset, GenerationPart
from datasets.services.files import DATASETS
from monitoring.jobs.kinds import Queue, kinds
from monitoring.jobs.lifecycle import (
    JobCancelled,
    JobLost,
    job_complete,
    job_create,
    job_enqueue,
    job_fail,
    job_requeue,
    job_start,
    job_stop,
    jobs_cancel,
)
from monitoring.jobs.pulse import JobRun, Pulse
from monitoring.jobs.queueing import workers_listening
from monitoring.models import Job
from signals.errors import told_as
from vibration.errors import VibrationError
from vibration.generation import GenerationCancelled

logger = logging.getLogger(__name__)

_LARGEST_BYTES: Final = 1 << 30
_PARTS_A_WORKER: Final = 4
_ATTEMPTS: Final = 3
_POLL_S: Final = 0.2
_LOOK_S: Final = 0.5
_UNDONE: Final = (Job.Status.FAILED, Job.Status.CANCELLED)


class PartWork(Protocol):
    """Work that is cut.

    Attributes
    ----------
    kind : str
        Of the jobs of its parts.
    n_rows : int
        How much there is, in what parts are counted in.
    """

    kind: str
    n_rows: int

    def cuts(self, n_listening: int) -> list[int]:
        """Return where parts begin and end: from 0 to `n_rows`."""

    def make(
        self,
        part: GenerationPart,
        progress: Callable[[int, int], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """Make a part right where it belongs."""

    def take(self, part: GenerationPart) -> bool:
        """Take what another worker made; False where it is not in the storage."""


def parts_fitting(*, work_s: float, size_bytes: float, most: int, n_listening: int) -> int:
    """Return into how many parts work is cut; 1 where one worker is as quick.

    A part is a fraction of the work, so that the last one does not wait for long, and at most a
    gigabyte, so that a killed worker costs no more than that.
    """
    if n_listening < 2 or work_s < settings.GENERATION_SPLIT_S:
        return 1
    shortest_s = settings.GENERATION_SPLIT_S / _PARTS_A_WORKER
    by_size = math.ceil(size_bytes / _LARGEST_BYTES)
    by_time = min(_PARTS_A_WORKER * n_listening, math.ceil(work_s / shortest_s))
    return min(max(by_size, by_time), most)


def is_cut(job: Job) -> bool:
    """Tell whether an earlier attempt at a job has cut its work."""
    return GenerationPart.objects.filter(lead=job).exists()


def parts_make(*, run: JobRun, dataset: Dataset, work: PartWork) -> None:
    """Do all of the work, together with whoever takes parts of it.

    Raises
    ------
    Unavailable
        Where a part failed; its sentence.
    JobCancelled, JobLost
        Where the run should stop.
    """
    parts = retried(partial(_parts_ensure, run, dataset, work))
    run.log(f"In {counted(len(parts), 'part')}, for every worker that listens.")
    progress = _Progress(run, work.n_rows)
    left = {part.pk: part for part in parts}
    while left:
        run.check()
        statuses = retried(partial(_statuses, run.job))
        progress.tell()
        found = [part for part in left.values() if statuses[part.pk] == Job.Status.COMPLETED]
        for part in found:
            if work.take(part):
                del left[part.pk]
            else:  # it was in the file of an attempt that is gone
                retried(partial(job_requeue, part.job, only_if={"status": Job.Status.COMPLETED}))
        if undone := [part for part in left.values() if statuses[part.pk] in _UNDONE]:
            _end(run, undone[0])
        # Those who were handed parts begin with the first ones.
        waiting = [part for part in left.values() if statuses[part.pk] == Job.Status.QUEUED]
        own = waiting[-1] if waiting else None
        if own is not None and _made_here(run, own, work, progress):
            del left[own.pk]
        elif own is None and left and not found:
            time.sleep(_POLL_S)


@contextmanager
def part_made(run: JobRun) -> Iterator[tuple[GenerationPart, Path]]:
    """Give the part of the run's job and a free path; what is made there is left in the storage,
    and the job is completed.
    """
    part = retried(partial(_part_of, run.job.pk))
    if part is None or part.led_by is None or not part.led_by.is_active:
        raise JobCancelled
    try:
        with told_as(Expected), part_folder(part).made() as folder:
            yield part, folder
            run.check()
    except GenerationCancelled:
        run.check()
        raise
    except OSError as error:
        raise Unavailable(f"The storage failed ({error.strerror}). {what_helps(error)}") from error
    retried(partial(job_complete, run.job))


def part_next(job_id: str) -> str:
    """Return the job of the next part of the same work; empty where a worker should turn to
    others: to the jobs of other people, or because nothing is left.
    """
    part = _part_of(job_id)
    if part is None or part.led_by is None:
        return ""
    long = [kind.code for kind in kinds() if kind.queue == Queue.LONG and kind.code not in PARTS]
    others = Job.objects.filter(status=Job.Status.QUEUED, kind__in=long)
    if part.led_by.status != Job.Status.RUNNING or others.exists():
        return ""
    waiting = _parts_of(part.led_by).filter(job__status=Job.Status.QUEUED)
    following = waiting.order_by("number").values_list("job_id", flat=True).first()
    return str(following or "")


def parts_follow(job: Job) -> None:
    """End the parts of a job that has ended without success, or was asked to."""
    if not (job.cancel_requested or job.status in _UNDONE):
        return
    # The lead learns of it when this is committed, so it may not take longer with many parts.
    jobs = Job.objects.filter(pk__in=_parts_of(job).values("job"))
    for kind in PARTS:
        jobs_cancel(kind=kind, owner_id=job.owner_id, jobs=jobs)


def parts_forget(*, dataset_id: int) -> None:
    """Remove the parts of a dataset that is whole; call it in the transaction that shows it."""
    parts = GenerationPart.objects.filter(dataset=dataset_id)
    Job.objects.filter(pk__in=parts.values("job")).delete()


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

    def __init__(self, run: JobRun, total: int) -> None:
        self._run, self._total = run, total
        self._next_s = 0.0
        self._sum = 0

    def tell(self, own: Job | None = None, done: int = 0) -> None:
        """Tell what rows say, and of the job that is done here what is known here."""
        if time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + _LOOK_S
            jobs = Job.objects.filter(pk__in=_parts_of(self._run.job).values("job"))
            if own is not None:
                jobs = jobs.exclude(pk=own.pk)
            try:
                self._sum = sum(jobs.values_list("progress_done", flat=True))
            except OUTAGES as error:  # the pulse waits for the database, too
                logger.warning("The progress of parts is not known: %s", error)
        self._run.progress(min(self._sum + done, self._total), self._total)


def _parts_of(lead: Job) -> QuerySet[GenerationPart]:
    return GenerationPart.objects.filter(
        Q(lead=lead) | Q(lead=None, dataset__job=lead)  # the previous release names none
    )


@transaction.atomic
def _parts_ensure(run: JobRun, dataset: Dataset, work: PartWork) -> list[GenerationPart]:
    """Write the parts and their jobs; of an attempt that was killed they are there."""
    there = list(_parts_of(run.job).select_related("job"))
    for part in there:
        job_requeue(
            part.job, only_if={"status__in": _UNDONE}, max_attempts=part.job.attempt + _ATTEMPTS
        )
    if there:
        return there
    parts_forget(dataset_id=dataset.pk)  # of another import into it, which was given up
    cuts = work.cuts(workers_listening(Queue.LONG))
    n_parts = len(cuts) - 1
    made = []
    for number, (first, last) in enumerate(pairwise(cuts), start=1):
        job = job_create(
            owner=run.job.owner,
            kind=work.kind,
            title=f"{dataset.name}, part {number} of {n_parts}",
            url=run.job.url,
            total=last - first,
            max_attempts=_ATTEMPTS,
        )
        made.append(GenerationPart(dataset=dataset, number=number, first_row=first,
                                   n_rows=last - first, job=job, lead=run.job))  # fmt: skip
    GenerationPart.objects.bulk_create(made)
    job_enqueue(made[0].job)  # hands over whatever is due
    return made


def _statuses(lead: Job) -> dict[int, str]:
    return dict(_parts_of(lead).values_list("pk", "job__status"))


def _part_of(job_id: Any) -> GenerationPart | None:
    parts = GenerationPart.objects.select_related("dataset__job", "dataset__recipe", "lead")
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


def _made_here(run: JobRun, part: GenerationPart, work: PartWork, progress: _Progress) -> bool:
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
            work.make(part, tell, lambda: run.cancelled() or own.cancelled())
        retried(partial(job_complete, job))
    except (GenerationCancelled, JobCancelled, JobLost):
        retried(partial(job_stop, job))
        _end(run, part)
    except (VibrationError, OSError) as error:
        retried(partial(job_fail, job, str(error)))
        raise
    return True
