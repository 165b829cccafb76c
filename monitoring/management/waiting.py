"""Wait for a job at the command line; where no worker runs, do the worker's work here."""

import time
from collections.abc import Callable

from monitoring.health.checks import is_served
from monitoring.jobs.entry import job_entry
from monitoring.jobs.kinds import Queue
from monitoring.jobs.pulse import JobRun
from monitoring.management.progress import progress_bar
from monitoring.models import Job

LOOK_EVERY_S = 0.3


def job_await(
    job_of: Callable[[], Job],
    work: Callable[[JobRun], None],
    *,
    queue: Queue,
    title: str,
    total: int,
    unit: str,
    here: bool = False,
) -> Job:
    """Return the job once it has ended.

    Parameters
    ----------
    job_of : callable
        Reads the job again; raises where it is gone.
    work : callable
        What a worker would do.
    queue : Queue
        Where the job waits.
    title, total, unit
        Of the progress bar.
    here : bool
        Do the work in this process even where a worker runs. Whoever takes the job first does it.
    """
    with progress_bar(title, total=total, unit=unit) as show:
        while True:
            job = job_of()
            show(job.progress_done)
            if not job.is_active:
                return job
            if job.status == Job.Status.QUEUED and (here or not is_served(queue)):
                _do(job, work, show)
            else:
                time.sleep(LOOK_EVERY_S)


def _do(job: Job, work: Callable[[JobRun], None], show: Callable[[int], None]) -> None:
    def shown(run: JobRun) -> None:
        note = run.progress

        def note_and_show(done: int, total: int) -> None:
            note(done, total)
            show(done)

        run.progress = note_and_show  # type: ignore[method-assign]
        work(run)

    job_entry(shown)(str(job.pk))
