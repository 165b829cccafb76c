"""The boundary of every background job: what it raises becomes a status and a sentence."""

import logging
from collections.abc import Callable
from functools import partial, wraps
from uuid import uuid4

from common.database import retried
from common.errors import Expected
from common.refused import disk_sentence
from monitoring.jobs.lifecycle import (
    JobCancelled,
    JobLost,
    job_fail,
    job_log,
    job_start,
    job_stop,
)
from monitoring.jobs.pulse import JobRun, Pulse
from monitoring.logs.context import log_context
from monitoring.models import Job

logger = logging.getLogger(__name__)


def job_entry(work: Callable[[JobRun], None]) -> Callable[[str], None]:
    """Make `work(run)` the entry that the queue calls with a job's id.

    The work ends its job itself, with `job_complete` in the transaction that shows the result.
    An expected error becomes the job's sentence; any other is logged with its stack under an
    incident id, and the person reads the id.
    """

    @wraps(work)
    def enter(job_id: str) -> None:
        job = retried(partial(job_start, job_id))
        if job is None:
            logger.info("Job %s is not waiting any more", job_id)
            return
        with log_context(request_id=job.request_id, job_id=str(job.pk)):
            end = _attempt(work, JobRun(job))
            if end is not None:
                retried(end)

    return enter


def _attempt(work: Callable[[JobRun], None], run: JobRun) -> Callable[[], object] | None:
    job = run.job
    logger.info("Job started: %s (%s), attempt %d", job.title, job.kind, job.attempt)
    try:
        with Pulse(run):
            work(run)
        logger.info("Job completed: %s", job.title)
    except JobLost:
        return partial(_abandon, job)
    except JobCancelled:
        return partial(job_stop, job)
    except Expected as error:
        logger.info("Job %s failed: %s", job.pk, error.sentence)
        return partial(job_fail, job, error.sentence)
    except Exception as error:  # the boundary: nothing above could tell the person
        if refused := disk_sentence(error):
            logger.warning("Job %s: %s", job.pk, error)
            return partial(job_fail, job, refused)
        incident_id = uuid4().hex[:12]
        logger.exception("Job %s crashed, incident %s", job.pk, incident_id)
        sentence = f"Something went wrong inside the portal (incident {incident_id})."
        return partial(job_fail, job, sentence, incident_id=incident_id)
    return None


def _abandon(job: Job) -> None:
    """End a run that lost its job to another attempt, or whose subject was deleted.

    Where another attempt has the job this changes nothing. Left running, the job would be tried
    again and fail as if its worker had died.
    """
    if job_stop(job) is None:
        logger.warning("Job %s was taken over by another attempt", job.pk)
    else:
        job_log(job, "What this job worked on was deleted meanwhile.", level="warning")
