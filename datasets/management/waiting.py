"""Wait for a dataset at the command line; where no worker runs, do the worker's work here."""

import time
from collections.abc import Callable

from redis.exceptions import RedisError

from common.errors import Unavailable
from datasets.models import Dataset
from datasets.services import dataset_generate
from monitoring.health.checks import workers_heard
from monitoring.jobs.entry import job_entry
from monitoring.jobs.kinds import Queue
from monitoring.jobs.pulse import JobRun
from monitoring.management.progress import progress_bar
from monitoring.models import Job

LOOK_EVERY_S = 0.3


def dataset_await(dataset: Dataset, *, here: bool = False) -> Dataset:
    """Return the dataset once it is ready; raise `Unavailable` where it will not be.

    Parameters
    ----------
    dataset : Dataset
        One whose job waits or runs.
    here : bool
        Do the work in this process even where a worker runs. Whoever takes the job first does it.
    """
    with progress_bar(dataset.name, total=dataset.n_planned, unit="signal") as show:
        while True:
            job = _job_of(dataset)
            show(job.progress_done)
            if not job.is_active:
                break
            if job.status == Job.Status.QUEUED and (here or not _worker_runs()):
                _work(job, show)
            else:
                time.sleep(LOOK_EVERY_S)
    return _ready_or_refuse(dataset, job)


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


def _worker_runs() -> bool:
    try:
        return any(Queue.LONG in worker.queue_names() for worker in workers_heard())
    except (RedisError, OSError):
        return False


def _work(job: Job, show: Callable[[int], None]) -> None:
    def work(run: JobRun) -> None:
        note = run.progress

        def note_and_show(done: int, total: int) -> None:
            note(done, total)
            show(done)

        run.progress = note_and_show  # type: ignore[method-assign]
        dataset_generate(run=run)

    job_entry(work)(str(job.pk))
