"""What the queue calls."""

from monitoring.jobs import job_entry
from monitoring.pulse import JobRun
from signals.projections import projection_compute


@job_entry
def project(run: JobRun) -> None:
    projection_compute(run=run)
