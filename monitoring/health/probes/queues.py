"""Jobs that wait and run, from their rows; queue entries and workers, from RQ."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import django_rq
from django.db import DatabaseError, InterfaceError, transaction
from django.db.models import Count, Min, Q
from redis.exceptions import RedisError
from rq import Worker

from common.valkey import valkey
from monitoring.health.checks import WORKER_SILENCE
from monitoring.jobs.kinds import Queue as QueueName
from monitoring.models import Job


@dataclass(frozen=True)
class Jobs:
    """Of the rows: they are the truth, also while the queue cannot be reached."""

    waiting: int
    running: int
    longest_wait_s: float


@dataclass(frozen=True)
class WorkerReading:
    name: str
    host: str
    queues: tuple[str, ...]
    is_busy: bool
    job_id: str | None
    silent_s: float


@dataclass(frozen=True)
class Queue:
    """What RQ knows; without the workers that have long been silent.

    Attributes
    ----------
    depths : dict of str to int
        Entries that wait, by queue.
    """

    depths: dict[str, int]
    workers: tuple[WorkerReading, ...]

    @property
    def depth(self) -> int:
        return sum(self.depths.values())


def jobs() -> Jobs | None:
    """Count the active jobs; None where the database is away."""
    waiting, running = Q(status=Job.Status.QUEUED), Q(status=Job.Status.RUNNING)
    try:
        with transaction.atomic():
            found = Job.objects.filter(status__in=Job.ACTIVE).aggregate(
                waiting=Count("pk", filter=waiting),
                running=Count("pk", filter=running),
                oldest=Min("queued_at", filter=waiting),
            )
    except (DatabaseError, InterfaceError):
        return None
    oldest = found["oldest"]
    wait_s = max(0.0, (datetime.now(UTC) - oldest).total_seconds()) if oldest else 0.0
    return Jobs(found["waiting"], found["running"], wait_s)


def queue() -> Queue | None:
    """Read the queue's length and its workers; None where Valkey is away."""
    try:
        depths = {name.value: int(django_rq.get_queue(name).count) for name in QueueName}
        workers = Worker.all(connection=valkey())
    except (RedisError, OSError):
        return None
    readings = (_reading(worker) for worker in sorted(workers, key=lambda w: str(w.name)))
    return Queue(depths, tuple(reading for reading in readings if reading is not None))


def job_of_entry(entry_id: str) -> str | None:
    """Return the job an entry is named after, with its attempt; None for work without a row.

    >>> job_of_entry("11111111-2222-3333-4444-555555555555-2")
    '11111111-2222-3333-4444-555555555555'
    """
    name = entry_id.rpartition("-")[0]
    try:
        return name if str(UUID(name)) == name else None
    except ValueError:
        return None


def _reading(worker: Any) -> WorkerReading | None:
    heard_at = worker.last_heartbeat
    if heard_at is None:
        return None
    silent = datetime.now(UTC) - heard_at.replace(tzinfo=heard_at.tzinfo or UTC)
    if silent > WORKER_SILENCE:
        return None
    entry_id = worker.get_current_job_id()
    return WorkerReading(
        name=str(worker.name),
        host=str(worker.hostname or ""),
        queues=tuple(worker.queue_names()),
        is_busy=entry_id is not None,
        job_id=job_of_entry(entry_id or ""),
        silent_s=max(0.0, silent.total_seconds()),
    )
