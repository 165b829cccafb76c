"""What the queue calls.

The worker imports this once, before it forks for a job: with it what models are made and kept with.
"""

import skops.io  # noqa: F401

from experiments.services.insights import insight_make
from experiments.services.predictions import predictions_make
from experiments.services.training import experiment_train
from experiments.services.transfers import transfer_make
from monitoring.jobs.entry import job_entry
from monitoring.jobs.pulse import JobRun


@job_entry
def train(run: JobRun) -> None:
    experiment_train(run=run)


@job_entry
def insight(run: JobRun) -> None:
    insight_make(run=run)


@job_entry
def predict(run: JobRun) -> None:
    predictions_make(run=run)


@job_entry
def transfer(run: JobRun) -> None:
    transfer_make(run=run)
