"""What the queue calls."""

from datasets.services import dataset_generate
from monitoring.jobs.entry import job_entry
from monitoring.jobs.pulse import JobRun


@job_entry
def generate(run: JobRun) -> None:
    dataset_generate(run=run)
