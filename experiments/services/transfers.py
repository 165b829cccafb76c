"""Compare two datasets in a job, and keep its numbers."""

import itertools
from functools import partial
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from common.database import after_commit, retried
from common.errors import Invalid, NotAllowed, Unavailable
from common.refused import what_helps
from common.roles import is_engineer, may_manage
from datasets.models import Dataset
from datasets.selectors import dataset_get
from experiments.kinds import TRANSFER
from experiments.models import TransferRun
from experiments.transfer.computing import N_STEPS, Asked, sim_to_real
from experiments.transfer.files import report_file, report_write
from monitoring.jobs.lifecycle import (
    JobLost,
    job_cancel_request,
    job_complete,
    job_create,
    job_enqueue,
    job_retry,
)
from monitoring.jobs.pulse import JobRun
from monitoring.models import Job
from monitoring.notices.services import notification_send
from vibration.learning.models import MODELS


def transfer_request(*, user: Any, first: int, second: int, model: str = "forest") -> TransferRun:
    """Have a worker compare two datasets that `user` may see.

    Raises
    ------
    NotFound
        Where `user` does not see one of them.
    NotAllowed
        Where `user` is no engineer.
    Invalid
        For one dataset twice, one that is not ready, and an unknown model.
    """
    sides = [dataset_get(user, pk) for pk in (first, second)]
    if not is_engineer(user):
        raise NotAllowed("Comparing datasets needs the engineer role; ask an administrator for it.")
    if first == second:
        raise Invalid("Choose two different datasets.")
    if model not in MODELS:
        raise Invalid(f"“{model[:40]}” is no model: choose one of {', '.join(MODELS)}.")
    for dataset in sides:
        if dataset.status != Dataset.Status.READY:
            raise Invalid(f"“{dataset.name}” is not ready.")
    with transaction.atomic():
        run = TransferRun(owner=user, first=sides[0], second=sides[1], model=model)
        run.full_clean(exclude=["owner", "first", "second"])
        run.save()
        run.job = job_create(
            owner=user,
            kind=TRANSFER,
            title=f"Compare {sides[0].name} and {sides[1].name}",
            url=reverse("transfer:run", args=[run.pk]),
            total=N_STEPS,
        )
        run.save(update_fields=["job"])
        job_enqueue(run.job)
    return run


def transfer_cancel(*, user: Any, run: TransferRun) -> None:
    """Stop a comparison."""
    if not may_manage(user, run.owner_id):
        raise NotAllowed("Only who began this comparison may cancel it.")
    if run.job is None:
        raise Invalid("Nothing is running.")
    job_cancel_request(user=user, job=run.job)


def transfer_retry(*, user: Any, run: TransferRun) -> None:
    """Begin a comparison again that failed or was cancelled."""
    if not may_manage(user, run.owner_id):
        raise NotAllowed("Only who began this comparison may try it again.")
    if run.job is None:
        raise Invalid("There is nothing to try again.")
    job_retry(user=user, job=run.job)


def transfer_delete(*, user: Any, run: TransferRun) -> None:
    """Remove a comparison with its numbers."""
    if not may_manage(user, run.owner_id):
        raise NotAllowed("Only who began this comparison may delete it.")
    if run.job is not None and run.job.is_active:
        raise Invalid("This comparison is still being made: cancel it first.")
    with transaction.atomic():
        pk = run.pk
        TransferRun.objects.filter(pk=pk).delete()
        after_commit(report_file(pk).discard)


def transfer_make(*, run: JobRun) -> None:
    """Compare the datasets of the run's job."""
    asked = retried(partial(_run_of, run))
    numbers = itertools.count(1)

    def step() -> None:
        run.progress(next(numbers), N_STEPS)
        run.check()

    found = sim_to_real(
        run.job.owner,
        Asked(
            first=retried(partial(dataset_get, run.job.owner, asked.first_id)),
            second=retried(partial(dataset_get, run.job.owner, asked.second_id)),
            model=asked.model,
        ),
        on_step=step,
    )
    try:
        report_write(asked.pk, found)
    except OSError as error:
        raise Unavailable(
            f"The storage failed while the numbers were written ({error.strerror}). "
            f"{what_helps(error)}"
        ) from error
    retried(partial(_finish, run, asked))


@transaction.atomic
def _finish(run: JobRun, asked: TransferRun) -> None:
    if Job.objects.filter(pk=run.job.pk, status=Job.Status.COMPLETED).exists():
        return  # the commit arrived, only its answer was lost
    job_complete(run.job)
    if not TransferRun.objects.filter(pk=asked.pk).update(ready_at=timezone.now()):
        raise JobLost
    notification_send(
        user=run.job.owner,
        title="Datasets compared",
        text=run.job.title,
        url=run.job.url,
        level="success",
    )


def _run_of(run: JobRun) -> TransferRun:
    found = TransferRun.objects.filter(job=run.job).first()
    if found is None:
        raise JobLost
    return found
