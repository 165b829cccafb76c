"""What the queue calls."""

from monitoring.jobs.entry import job_entry
from monitoring.jobs.pulse import JobRun
from signals.projections.services import projection_compute
from signals.services.feature_groups import features_measure
from signals.services.removal import store_remove_rest


@job_entry
def project(run: JobRun) -> None:
    projection_compute(run=run)


@job_entry
def remove(run: JobRun) -> None:
    store_remove_rest(run=run)


@job_entry
def measure(run: JobRun) -> None:
    features_measure(run=run)
