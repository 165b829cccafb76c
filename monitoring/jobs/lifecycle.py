"""The life of a job.

    queued ──start──▶ running ──complete──▶ completed
      │  ▲               │  └────fail──────▶ failed
      │  └──interrupted──┤
      └─────cancel───────┴───────cancel────▶ cancelled        failed, cancelled ──retry──▶ queued

Every change is one conditional UPDATE: of two workers, reconcilers or people only one changes the
row. A run is known by the job and its attempt; a run whose attempt was taken from it can write
nothing more.
"""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from common.database import after_commit, person_lock
from common.errors import Invalid, NotAllowed
from common.roles import may_manage
from monitoring.jobs import queueing
from monitoring.jobs.kinds import kind_of, limited_codes
from monitoring.jobs.process import own_host, own_pid
from monitoring.logs.context import current_request_id
from monitoring.models import Job, JobLogLine
from monitoring.notices.hints import hint_send_on_commit, user_group


class JobLost(Exception):  # noqa: N818  (a fact that ends the run)
    """This run no longer owns its job: another attempt does, or the job is gone."""


class JobCancelled(Exception):  # noqa: N818  (a wish that ends the run)
    """Somebody asked this run to stop."""


def job_create(
    *, owner: Any, kind: str, title: str, url: str = "", total: int = 0, max_attempts: int = 2
) -> Job:
    """Write a queued job; call `job_enqueue` in the same transaction.

    Raises
    ------
    Invalid
        Where `owner` has as many active jobs as one person may.
    """
    job = Job(
        owner=owner,
        kind=kind,
        title=title[:200],
        url=url,
        progress_total=total,
        max_attempts=max_attempts,
        request_id=current_request_id(),
    )
    job.full_clean()
    with transaction.atomic():
        _quota_prove(job)
        job.save()
    return job


def job_enqueue(job: Job) -> None:
    """Hand the job to the queue once its row is committed and it is its owner's turn.

    Where the queue cannot be reached the row stays queued and the reconciler hands it over later.
    """
    after_commit(_hand_over, job)
    _hint(job)


def job_start(job_id: UUID | str) -> Job | None:
    """Take a queued job for this process; None where it was cancelled, taken or deleted."""
    return job_change(
        Job(pk=job_id),
        only_if={"status": Job.Status.QUEUED},
        status=Job.Status.RUNNING,
        attempt=F("attempt") + 1,
        started_at=Now(),
        heartbeat_at=Now(),
        progress_done=0,
        error="",
        incident_id="",
        host=own_host(),
        pid=own_pid(),
    )


def job_progress(job: Job, *, done: int, total: int) -> None:
    """Write progress and heartbeat; raise `JobLost` where the run does not own the job."""
    total = max(total, done)
    if not _own(job).update(progress_done=done, progress_total=total, heartbeat_at=Now()):
        raise JobLost
    _hint(job)


def job_log(job: Job, text: str, *, level: str = "info") -> None:
    """Add a line to the job's log."""
    JobLogLine.objects.create(job=job, text=text[:500], level=level)


def job_complete(job: Job) -> Job:
    """End the run well. Call it first in the transaction that makes its result visible."""
    done = job_change(
        job,
        only_if={**_ownership(job), "cancel_requested": False},
        status=Job.Status.COMPLETED,
        progress_done=F("progress_total"),
        finished_at=Now(),
    )
    if done is None:
        raise JobCancelled if _own(job).exists() else JobLost
    return done


def job_fail(job: Job, sentence: str, *, incident_id: str = "") -> Job | None:
    """End the run with a sentence for the person; None where it no longer owns the job."""
    return job_change(
        job,
        only_if=_ownership(job),
        status=Job.Status.FAILED,
        error=sentence[:500],
        incident_id=incident_id,
        finished_at=Now(),
    )


def job_stop(job: Job) -> Job | None:
    """End the run as cancelled; None where it no longer owns the job."""
    return job_change(job, only_if=_ownership(job), status=Job.Status.CANCELLED, finished_at=Now())


def job_cancel_request(*, user: Any, job: Job) -> Job:
    """Cancel a queued job at once; ask a running one to stop."""
    _may_manage_or_refuse(user, job)
    if not kind_of(job).is_cancellable:
        raise Invalid("This job cannot be cancelled: what it removes is gone already.")
    cancelled = job_change(
        job,
        only_if={"status": Job.Status.QUEUED},
        status=Job.Status.CANCELLED,
        cancel_requested=True,
        finished_at=Now(),
    ) or job_change(job, only_if={"status": Job.Status.RUNNING}, cancel_requested=True)
    if cancelled is None:
        raise Invalid("This job has already ended; there is nothing to cancel.")
    return cancelled


def jobs_cancel(*, kind: str, owner_id: int, jobs: QuerySet[Job]) -> None:
    """Cancel those that wait and ask those that run to stop: in two statements, however many.

    Jobs of a kind that nothing follows, such as the parts of another job.
    """
    own = Job.objects.filter(kind=kind, owner=owner_id, pk__in=jobs.values("pk"))
    waiting = own.filter(status=Job.Status.QUEUED)
    cancelled = {"status": Job.Status.CANCELLED, "cancel_requested": True, "finished_at": Now()}
    if waiting.update(**cancelled):
        after_commit(queueing.hand_over, kind_of(Job(kind=kind)), owner_id)
    # Afterwards, as one of them may have begun meanwhile.
    own.filter(status=Job.Status.RUNNING).update(cancel_requested=True)


def job_retry(*, user: Any, job: Job) -> Job:
    """Queue a failed or cancelled job again, with as many attempts as it had at first."""
    _may_manage_or_refuse(user, job)
    with transaction.atomic():
        _quota_prove(job)
        queued = job_requeue(
            job,
            only_if={"status__in": [Job.Status.FAILED, Job.Status.CANCELLED]},
            max_attempts=F("attempt") + settings.JOB_MAX_ATTEMPTS,
        )
    if queued is None:
        raise Invalid("Only a failed or cancelled job can be tried again.")
    return queued


def job_requeue(job: Job, *, only_if: dict[str, object], **values: object) -> Job | None:
    """Put a job back into the queue under a condition; None where it does not hold."""
    with transaction.atomic():
        queued = job_change(
            job,
            only_if=only_if,
            status=Job.Status.QUEUED,
            queued_at=Now(),
            finished_at=None,
            cancel_requested=False,
            progress_done=0,
            error="",
            incident_id="",
            **values,
        )
        if queued is not None:
            job_enqueue(queued)
    return queued


def job_change(job: Job, *, only_if: dict[str, object], **values: object) -> Job | None:
    """Change the row where the condition holds, the thing worked on with it, and hint both."""
    with transaction.atomic():
        if not Job.objects.filter(pk=job.pk, **only_if).update(**values):
            return None
        changed = Job.objects.select_related("owner").get(pk=job.pk)
        kind_of(changed).changed(changed)
        _hint(changed)
        if not changed.is_active:  # the next of the same person may be handed over
            after_commit(queueing.hand_over, kind_of(changed), changed.owner_id)
    return changed


def _ownership(job: Job) -> dict[str, object]:
    return {"status": Job.Status.RUNNING, "attempt": job.attempt}


def _own(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, **_ownership(job))


def _may_manage_or_refuse(user: Any, job: Job) -> None:
    if not may_manage(user, job.owner_id):
        raise NotAllowed("Only the owner of a job may cancel it or try it again.")


def _quota_prove(job: Job) -> None:
    if not kind_of(job).is_limited:
        return
    # Of two asked for at once the second counts the first.
    person_lock(job.owner_id)
    active = Job.objects.filter(
        owner=job.owner_id, status__in=Job.ACTIVE, kind__in=limited_codes()
    ).exclude(pk=job.pk)
    n_active, most = active.count(), settings.JOBS_PER_PERSON
    if n_active >= most:
        raise Invalid(
            f"You have {n_active} jobs that wait or run, as many as one person may. "
            "Wait until one ends, or cancel one, then try again."
        )


def _hand_over(job: Job) -> None:
    if not queueing.hand_over(kind_of(job), job.owner_id):
        job_log(
            job, "The queue cannot be reached; the job starts when it is back.", level="warning"
        )


def _hint(job: Job) -> None:
    hint_send_on_commit(groups=[user_group(job.owner_id)], type="job", id=job.pk)
