"""Wait for a training at the command line; where no worker runs, train here."""

from functools import partial

from common.errors import Unavailable
from experiments.models import Experiment
from experiments.services.training import experiment_train
from monitoring.jobs.kinds import Queue
from monitoring.jobs.pulse import JobRun
from monitoring.management.waiting import job_await
from monitoring.models import Job


def experiment_await(experiment: Experiment) -> Experiment:
    """Return the experiment once it is ready; raise `Unavailable` where it will not be."""
    job = job_await(
        partial(_job_of, experiment),
        _work,
        queue=Queue.TRAIN,
        title=experiment.name,
        total=_job_of(experiment).progress_total,
        unit="fit",
    )
    now = Experiment.objects.select_related("result", "config").filter(pk=experiment.pk).first()
    if now is not None and now.status == Experiment.Status.READY:
        return now
    if job.status == Job.Status.CANCELLED:
        raise Unavailable(f"“{experiment.name}” was cancelled.")
    raise Unavailable(f"“{experiment.name}” failed: {job.error or 'it was deleted.'}")


def _work(run: JobRun) -> None:
    experiment_train(run=run)


def _job_of(experiment: Experiment) -> Job:
    job = Job.objects.filter(experiments=experiment).first()
    if job is None:
        raise Unavailable(f"“{experiment.name}” was deleted before it was ready.")
    return job
