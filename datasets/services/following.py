"""A dataset follows its job, inside the transaction that changes the job."""

from common.database import after_commit
from datasets.models import Dataset
from datasets.services.events import dataset_event
from datasets.services.hints import dataset_hint
from datasets.services.parts import parts_follow
from monitoring.models import Job, SystemEvent
from monitoring.notices.services import notification_send

# A completed job's dataset is made ready by whoever wrote its rows.
_STATUS = {
    Job.Status.QUEUED: Dataset.Status.QUEUED,
    Job.Status.RUNNING: Dataset.Status.GENERATING,
    Job.Status.FAILED: Dataset.Status.FAILED,
    Job.Status.CANCELLED: Dataset.Status.CANCELLED,
}


def dataset_follow_job(job: Job) -> None:
    """Give the job's dataset the status that goes with the job's; end its parts with it."""
    parts_follow(job)
    dataset = Dataset.objects.select_related("store").filter(job=job).first()
    if dataset is None:
        return
    status = _STATUS.get(Job.Status(job.status))
    if status == Dataset.Status.GENERATING and dataset.is_recorded:
        status = Dataset.Status.IMPORTING
    if status is not None and status != dataset.status:
        dataset.status = status
        dataset.save(update_fields=["status"])
        if status == Dataset.Status.FAILED:
            _report_failure(job, dataset)
    after_commit(dataset_hint, dataset)


def _report_failure(job: Job, dataset: Dataset) -> None:
    dataset_event(dataset, SystemEvent.Kind.FAILED, job.owner, job.error)
    notification_send(
        user=job.owner,
        title="Dataset failed",
        text=f"{dataset.name}: {job.error}",
        url=job.url,
        level="error",
    )
