"""Make rows, queue and processes agree again after anything was killed."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import DateTimeField, Func, QuerySet
from django.db.models.functions import Now
from redis.exceptions import RedisError
from rq.exceptions import StopRequested

from common.database import OUTAGES
from monitoring.jobs import queueing
from monitoring.jobs.kinds import kind_codes, sweepers
from monitoring.jobs.lifecycle import job_change, job_log, job_requeue
from monitoring.jobs.process import is_dead
from monitoring.models import Job

logger = logging.getLogger(__name__)

DATABASE_START = "pg_postmaster_start_time"
_LOCK_KEY = 0x6A6F_6273  # "jobs"
_GAVE_UP = (
    "The worker stopped in the middle of this job each time it was tried. "
    "Try again; if it happens once more, look at the worker's log and memory."
)
_QUEUE_GRACE = timedelta(seconds=5)


def jobs_reconcile() -> bool:
    """Settle interrupted jobs, hand lost ones to the queue again, sweep leftovers.

    Returns
    -------
    bool
        False where another process is at it.
    """
    with _only_one() as mine:
        if not mine:
            return False
        for job in _active(Job.Status.RUNNING):
            _settle_running(job)
        _push_lost()
        for sweep in sweepers():
            _sweep_safely(sweep)
    return True


def _sweep_safely(sweep: Callable[[], None]) -> None:
    try:
        sweep()
    except (StopRequested, *OUTAGES):
        raise
    except Exception:  # the boundary: one sweep's mistake may stop neither the others nor a worker
        logger.exception("Sweep %s crashed", getattr(sweep, "__qualname__", sweep))


def _settle_running(job: Job) -> None:
    if is_dead(job.host, job.pid, job.started_at) or _heartbeat_stopped(job):
        queueing.stop(job)  # a horse that hangs must not go on beside its successor
        _interrupt(job)
    elif job.cancel_requested:
        queueing.stop(job)


def _heartbeat_stopped(job: Job) -> bool:
    # While PostgreSQL was down no heart could beat: count from its start at the earliest.
    stale_since = Now() - timedelta(seconds=settings.JOB_STALE_S)
    return (
        Job.objects.annotate(
            database_start=Func(function=DATABASE_START, output_field=DateTimeField())
        )
        .filter(pk=job.pk, heartbeat_at__lt=stale_since, database_start__lt=stale_since)
        .exists()
    )


def _interrupt(job: Job) -> None:
    only_if = {"status": Job.Status.RUNNING, "attempt": job.attempt}
    with transaction.atomic():
        if job.cancel_requested:
            job_change(job, only_if=only_if, status=Job.Status.CANCELLED, finished_at=Now())
        elif job.attempt < job.max_attempts:
            if job_requeue(job, only_if=only_if):
                tries = f"{job.attempt + 1} of {job.max_attempts}"
                job_log(job, f"The worker stopped; trying again ({tries}).", level="warning")
        else:
            job_change(
                job, only_if=only_if, status=Job.Status.FAILED, error=_GAVE_UP, finished_at=Now()
            )


def _push_lost() -> None:
    waiting = _active(Job.Status.QUEUED).filter(queued_at__lt=Now() - _QUEUE_GRACE)
    try:
        for job in waiting:
            if not queueing.is_waiting(job) and not queueing.push(job):
                break
    except (RedisError, OSError) as error:
        logger.warning("The queue cannot be reached: %s", error)


def _active(status: str) -> QuerySet[Job]:
    return Job.objects.filter(status=status, kind__in=kind_codes()).order_by("queued_at")


@contextmanager
def _only_one() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK_KEY])
        mine = bool(cursor.fetchone()[0])
        try:
            yield mine
        finally:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK_KEY])
