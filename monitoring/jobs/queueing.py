"""The RQ side of a job: one queue entry per attempt, which may be lost and made again.

Of one person's jobs a queue holds a few at a time; the others wait as rows and are handed over as
earlier ones end. So a queue, which is first in, first out, is shared among people in turn.
"""

import logging
from collections import Counter
from collections.abc import Iterator

import django_rq
from django.conf import settings
from redis.exceptions import RedisError
from rq import Worker
from rq.command import send_stop_job_command
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.job import Job as QueueJob
from rq.job import JobStatus

from monitoring.jobs.kinds import JobKind, Queue, kind_of
from monitoring.models import Job

logger = logging.getLogger(__name__)

_RESULT_TTL_S = 600
_FAILURE_TTL_S = 86_400


def push(job: Job) -> bool:
    """Put the job's next attempt into its queue; False where Valkey cannot be reached."""
    kind = kind_of(job)
    try:
        # Whoever calls this has waited for the commit already.
        django_rq.get_queue(kind.queue, commit_mode="auto").enqueue(
            kind.entry,
            args=(str(job.pk),),
            job_id=_entry_id(job, job.attempt + 1),
            job_timeout=settings.JOB_TIMEOUT_S,
            result_ttl=_RESULT_TTL_S,
            failure_ttl=_FAILURE_TTL_S,
            description=job.title,
        )
    except (RedisError, OSError) as error:
        logger.warning("Job %s waits for the queue: %s", job.pk, error)
        return False
    return True


def is_waiting(job: Job) -> bool:
    """Tell whether the queue still holds a queued job, or a worker has just taken it."""
    queue = django_rq.get_queue(kind_of(job).queue)
    entry_id = _entry_id(job, job.attempt + 1)
    if queue.get_job_position(entry_id) is not None:
        return True
    try:
        entry = QueueJob.fetch(entry_id, connection=queue.connection)
    except NoSuchJobError:
        return False
    return entry.get_status() == JobStatus.STARTED


def due(kind: JobKind, owner_id: int | None = None) -> Iterator[Job]:
    """Yield the queued jobs of a kind whose turn it is, of everybody or of one person."""
    active = Job.objects.filter(status__in=Job.ACTIVE, kind=kind.code)
    if owner_id is not None:
        active = active.filter(owner=owner_id)
    at_once = kind.at_once() if callable(kind.at_once) else kind.at_once
    at_once = settings.JOBS_AT_ONCE if at_once is None else at_once
    handed_over = Counter[int]()
    for job in active.order_by("-status", "queued_at", "pk"):  # running ones first
        handed_over[job.owner_id] += 1
        if job.status == Job.Status.QUEUED and handed_over[job.owner_id] <= at_once:
            yield job


def hand_over(kind: JobKind, owner_id: int | None = None) -> bool:
    """Put the jobs whose turn it is into the queue, where they are not there yet.

    Returns
    -------
    bool
        False where the queue cannot be reached; the reconciler tries again.
    """
    try:
        return all(is_waiting(job) or push(job) for job in due(kind, owner_id))
    except (RedisError, OSError) as error:
        logger.warning("The queue cannot be reached: %s", error)
        return False


def stop(job: Job) -> None:
    """Have the worker kill the job's work horse, where the queue knows of one."""
    connection = django_rq.get_connection(kind_of(job).queue)
    try:
        send_stop_job_command(connection, _entry_id(job, job.attempt))
    except (InvalidJobOperation, NoSuchJobError):
        logger.info("Job %s has no work horse to stop", job.pk)
    except (RedisError, OSError) as error:
        logger.warning("Job %s could not be stopped: %s", job.pk, error)


def workers_listening(queue: Queue) -> int:
    """Return how many workers serve a queue; 0 where Valkey cannot be reached."""
    try:
        return len(Worker.all(queue=django_rq.get_queue(queue)))
    except (RedisError, OSError) as error:
        logger.warning("The workers are not known: %s", error)
        return 0


def _entry_id(job: Job, attempt: int) -> str:
    return f"{job.pk}-{attempt}"
