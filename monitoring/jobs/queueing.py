"""The RQ side of a job: one queue entry per attempt, which may be lost and made again."""

import logging

import django_rq
from django.conf import settings
from redis.exceptions import RedisError
from rq.command import send_stop_job_command
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.job import Job as QueueJob
from rq.job import JobStatus

from monitoring.jobs.kinds import kind_of
from monitoring.models import Job

logger = logging.getLogger(__name__)

QUEUE = "default"
_RESULT_TTL_S = 600
_FAILURE_TTL_S = 86_400


def push(job: Job) -> bool:
    """Put the job's next attempt into the queue; False where Valkey cannot be reached."""
    try:
        # Whoever calls this has waited for the commit already.
        django_rq.get_queue(QUEUE, commit_mode="auto").enqueue(
            kind_of(job).entry,
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
    queue = django_rq.get_queue(QUEUE)
    entry_id = _entry_id(job, job.attempt + 1)
    if queue.get_job_position(entry_id) is not None:
        return True
    try:
        entry = QueueJob.fetch(entry_id, connection=queue.connection)
    except NoSuchJobError:
        return False
    return entry.get_status() == JobStatus.STARTED


def stop(job: Job) -> None:
    """Have the worker kill the job's work horse, where the queue knows of one."""
    connection = django_rq.get_connection(QUEUE)
    try:
        send_stop_job_command(connection, _entry_id(job, job.attempt))
    except (InvalidJobOperation, NoSuchJobError):
        logger.info("Job %s has no work horse to stop", job.pk)
    except (RedisError, OSError) as error:
        logger.warning("Job %s could not be stopped: %s", job.pk, error)


def _entry_id(job: Job, attempt: int) -> str:
    return f"{job.pk}-{attempt}"
