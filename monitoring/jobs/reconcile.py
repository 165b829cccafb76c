"""Make rows, queues and processes agree again after anything was killed.

One process does it, `manage.py reconcile`; others stand by and take over when it ends.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import BooleanField, DateTimeField, ExpressionWrapper, Func, Q, QuerySet
from django.db.models.functions import Now
from redis.exceptions import RedisError

from common.database import OUTAGES, drop_connection
from monitoring.jobs import queueing
from monitoring.jobs.kinds import kind_codes, kinds, sweepers
from monitoring.jobs.lifecycle import job_change, job_log, job_requeue
from monitoring.jobs.process import is_dead
from monitoring.models import Job

logger = logging.getLogger(__name__)

DATABASE_START = "pg_postmaster_start_time"
LOCK_KEY = 0x6A6F_6273  # "jobs"
WATCH_S = 0.5
STANDBY_S = 2.0
CANCEL_GRACE_S = 1.0  # a work that looks has stopped by itself by then
_GAVE_UP = (
    "The worker stopped in the middle of this job each time it was tried. "
    "Try again; if it happens once more, look at the worker's log and memory."
)
_QUEUE_GRACE = timedelta(seconds=5)

Seen = dict[tuple[object, int, str], float]


class Reconciler:
    """Watches the running jobs twice a second and reconciles everything now and then."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._stands_by = False
        self._settle_at_s = 0.0
        self._seen: Seen = {}

    def stop(self) -> None:
        self._stop.set()

    @property
    def stands_by(self) -> bool:
        """Whether another process works, as far as was seen when the database last answered."""
        return self._stands_by

    def run(self) -> None:
        """Reconcile until told to stop; stand by while another process does it."""
        while not self._stop.is_set():
            try:
                with _only_one() as mine:
                    self._stands_by = not mine
                    while mine and not self._stop.is_set():
                        self._turn()
                        self._stop.wait(WATCH_S)
            except (RedisError, OSError, *OUTAGES) as error:
                logger.warning("Reconciliation put off: %s", error)
                drop_connection()
            except Exception:  # the boundary: a mistake in one pass may not end the process
                logger.exception("Reconciliation crashed")
            self._stop.wait(STANDBY_S)

    def _turn(self) -> None:
        running_jobs_settle(self._seen)
        if time.monotonic() >= self._settle_at_s:
            leftovers_settle()
            self._settle_at_s = time.monotonic() + settings.JOB_RECONCILE_S


def jobs_reconcile() -> bool:
    """Settle interrupted jobs, hand lost ones to the queue again, sweep leftovers, once.

    Returns
    -------
    bool
        False where another process is at it.
    """
    with _only_one() as mine:
        if mine:
            running_jobs_settle()
            leftovers_settle()
    return mine


def running_jobs_settle(seen: Seen | None = None) -> None:
    """End or retry the runs that died, and those that were asked to stop and did not.

    Parameters
    ----------
    seen : dict, optional
        When each run was first seen to be silent, or to be asked, kept from one call to the next;
        without it nobody is given time.
    """
    first_seen_s: Seen = {} if seen is None else seen
    still = set()
    for job in _running():
        is_over = is_dead(job.host, job.pid)
        for why, is_so, grace_s in (
            # After a clock was set all hearts seem to have stopped, until they beat again.
            ("silent", job.is_silent, settings.JOB_HEARTBEAT_S + CANCEL_GRACE_S),
            ("asked", job.cancel_requested, CANCEL_GRACE_S),
        ):
            if is_so:
                run = (job.pk, job.attempt, why)
                still.add(run)
                since_s = first_seen_s.setdefault(run, time.monotonic())
                is_over = is_over or seen is None or time.monotonic() >= since_s + grace_s
        if is_over:
            queueing.stop(job)  # a horse that hangs must not go on beside its successor
            _interrupt(job)
    for run in first_seen_s.keys() - still:
        del first_seen_s[run]


def leftovers_settle() -> None:
    """Hand jobs that the queue lost to it again, and remove what no row speaks of."""
    _push_lost()
    for sweep in sweepers():
        _sweep_safely(sweep)


def reconciler_silence_s() -> float | None:
    """Return for how long the reconciler has asked the database nothing; None where none runs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM clock_timestamp() - a.state_change)"
            " FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
            " WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = %s"
            " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCK_KEY],
        )
        row = cursor.fetchone()
    return None if row is None else max(0.0, float(row[0] or 0))


def _running() -> "QuerySet[Job]":
    # While PostgreSQL was down no heart could beat: count from its start at the earliest.
    stale = timedelta(seconds=settings.JOB_STALE_S)
    silent = Q(heartbeat_at__lt=Now() - stale, database_start__lt=Now() - stale)
    silent |= Q(heartbeat_at__gt=Now() + stale)  # before the clock was set back
    return _active(Job.Status.RUNNING).annotate(
        database_start=Func(function=DATABASE_START, output_field=DateTimeField()),
        is_silent=ExpressionWrapper(silent, output_field=BooleanField()),
    )


def _sweep_safely(sweep: Callable[[], None]) -> None:
    try:
        sweep()
    except OUTAGES:
        raise
    except Exception:  # the boundary: one sweep's mistake may not stop the others
        logger.exception("Sweep %s crashed", getattr(sweep, "__qualname__", sweep))


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
    # A job that was queued a moment ago is on its way into the queue still.
    lately = Q(queued_at__gte=Now() - _QUEUE_GRACE)
    waiting = _active(Job.Status.QUEUED).exclude(lately).values_list("kind", flat=True)
    waited_for = set(waiting.order_by())
    for kind in kinds():
        if kind.code in waited_for and not queueing.hand_over(kind):
            return


def _active(status: str) -> "QuerySet[Job]":
    return Job.objects.filter(status=status, kind__in=kind_codes()).order_by("queued_at")


@contextmanager
def _only_one() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK_KEY])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with suppress(*OUTAGES), connection.cursor() as cursor:  # gone with the connection
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])
