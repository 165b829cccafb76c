"""Wait for a dataset at the command line; where no worker runs, do the worker's work here."""

from functools import partial

from common.errors import Unavailable
from datasets.models import Dataset
from datasets.services import dataset_generate
from monitoring.jobs.kinds import Queue
from monitoring.jobs.pulse import JobRun
from monitoring.management.waiting import job_await
from monitoring.models import Job


def dataset_await(dataset: Dataset, *, here: bool = False) -> Dataset:
    """Return the dataset once it is ready; raise `Unavailable` where it will not be.

    Parameters
    ----------
    dataset : Dataset
        One whose job waits or runs.
    here : bool
        Do the work in this process even where a worker runs. Whoever takes the job first does it.
    """
    job = job_await(
        partial(_job_of, dataset),
        _work,
        queue=Queue.LONG,
        title=dataset.name,
        total=dataset.n_planned,
        unit="signal",
        here=here,
    )
    return _ready_or_refuse(dataset, job)


def _work(run: JobRun) -> None:
    dataset_generate(run=run)


def _job_of(dataset: Dataset) -> Job:
    job = Job.objects.filter(datasets=dataset).first()
    if job is None:
        raise Unavailable(f"“{dataset.name}” was deleted before it was ready.")
    return job


def _ready_or_refuse(dataset: Dataset, job: Job) -> Dataset:
    now = Dataset.objects.select_related("store", "job").filter(pk=dataset.pk).first()
    if now is not None and now.status == Dataset.Status.READY:
        return now
    if job.status == Job.Status.CANCELLED:
        raise Unavailable(f"“{dataset.name}” was cancelled.")
    raise Unavailable(f"“{dataset.name}” failed: {job.error or 'it was deleted.'}")
