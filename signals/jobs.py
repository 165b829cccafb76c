"""What the queue calls."""

from monitoring.jobs.entry import job_entry
from monitoring.jobs.pulse import JobRun
from signals.projections.services import projection_compute


@job_entry
def project(run: JobRun) -> None:
    projection_compute(run=run)
