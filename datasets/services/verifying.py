"""Verifications that somebody asks for on the page of a dataset; a worker does them."""

from functools import partial
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from common.database import retried
from common.errors import Expected, Invalid, Unavailable
from common.text import counted
from datasets.kinds import VERIFY
from datasets.models import Dataset, Verification, VerificationFinding
from datasets.selectors import dataset_get
from datasets.services.downloads import ready_prove
from datasets.verification.checking import Verified, dataset_verify
from monitoring.events import event_record
from monitoring.jobs.lifecycle import (
    JobLost,
    job_cancel_request,
    job_complete,
    job_create,
    job_enqueue,
)
from monitoring.jobs.pulse import JobRun
from monitoring.models import Job, SystemEvent
from monitoring.notices.services import notification_send
from signals.errors import told_as
from vibration.generation import VerificationCancelled

MOST_KEPT: Final = 200  # findings; how many there are in all is counted
MOST_SAMPLE: Final = 100_000


def verification_request(
    *, user: Any, dataset: Dataset, sample: int | None = None, row: int | None = None
) -> Verification:
    """Have a dataset verified: one record, so many drawn at random, or all.

    Raises
    ------
    Invalid
        Where the dataset is not ready, and for a record or sample that cannot be.
    """
    ready_prove(dataset)
    if sample is not None and not 1 <= sample <= MOST_SAMPLE:
        raise Invalid("A sample has at least 1 record.")
    if row is not None and dataset.recipe is None:
        raise Invalid("No recipe makes these signals again; their files are verified.")
    if row is not None and not 0 <= row < dataset.n_planned:
        raise Invalid(f"There is no record {row}; this dataset has 0 to {dataset.n_planned - 1}.")
    with transaction.atomic():
        Dataset.objects.select_for_update(no_key=True, of=["self"]).get(pk=dataset.pk)
        asked: dict[str, Any] = {"dataset": dataset, "sample": sample, "row": row}
        under_way = Verification.objects.filter(**asked, job__status__in=Job.ACTIVE).first()
        if under_way is not None:
            return under_way
        unit = "file" if dataset.recipe is None else "record"
        verification = Verification(**asked, asked_by=user, unit=unit)
        verification.job = job_create(
            owner=user,
            kind=VERIFY,
            title=f"Verify {dataset.name}",
            url=f"/datasets/{dataset.pk}/#verification",
            total=1 if row is not None else sample or dataset.n_planned,
        )
        verification.full_clean()
        verification.save()
        job_enqueue(verification.job)
    return verification


def verification_cancel(*, user: Any, verification: Verification) -> None:
    """Stop a verification."""
    if verification.job is None:
        raise Invalid("Nothing is being verified.")
    job_cancel_request(user=user, job=verification.job)


def verification_work(*, run: JobRun) -> None:
    """Verify what the run's job is about and keep what differs."""
    verification = retried(partial(_of_run, run))
    dataset = retried(partial(dataset_get, run.job.owner, verification.dataset_id))
    try:
        with told_as(Expected):
            found = dataset_verify(
                dataset,
                sample=verification.sample,
                row=verification.row,
                step=run.progress,
                cancelled=run.cancelled,
            )
    except VerificationCancelled:
        run.check()
        raise
    except OSError as error:
        raise Unavailable(
            f"The storage cannot be read ({error.strerror}); try again, or tell an administrator."
        ) from error
    retried(partial(_keep, run, verification.pk, found))


def _of_run(run: JobRun) -> Verification:
    verification = Verification.objects.filter(job=run.job).first()
    if verification is None:
        raise JobLost
    return verification


@transaction.atomic
def _keep(run: JobRun, pk: int, found: Verified) -> None:
    if Job.objects.filter(pk=run.job.pk, status=Job.Status.COMPLETED).exists():
        return  # the commit arrived, only its answer was lost
    job_complete(run.job)
    verification = (
        Verification.objects.select_related("dataset").select_for_update(of=["self"]).get(pk=pk)
    )
    verification.n_checked, verification.n_different = found.n_checked, len(found.findings)
    verification.finished_at = timezone.now()
    verification.save()
    VerificationFinding.objects.bulk_create(
        VerificationFinding(
            verification=verification,
            row=each.row,
            sample=each.sample,
            sentence=each.sentence[:500],
        )
        for each in found.findings[:MOST_KEPT]
    )
    checked = counted(found.n_checked, found.unit)
    outcome = (
        f"{counted(len(found.findings), 'difference')} in {checked}"
        if found.findings
        else f"{checked}, all as they were made"
    )
    name = verification.dataset.name
    event_record(
        kind=SystemEvent.Kind.COMPLETED,
        actor=run.job.owner,
        subject=name,
        detail=f"verification: {outcome}",
    )
    notification_send(
        user=run.job.owner,
        title="Verification found differences" if found.findings else "Dataset verified",
        text=f"{name}: {outcome}.",
        url=run.job.url,
        level="warning" if found.findings else "success",
    )
