"""An experiment follows its job, inside the transaction that changes the job."""

from common.database import after_commit
from experiments.models import Experiment, Insight
from experiments.services.hints import experiment_hint
from monitoring.models import Job
from monitoring.notices.services import notification_send

# A completed job's experiment is made ready by whoever wrote its rows.
_STATUS = {
    Job.Status.QUEUED: Experiment.Status.QUEUED,
    Job.Status.RUNNING: Experiment.Status.TRAINING,
    Job.Status.FAILED: Experiment.Status.FAILED,
    Job.Status.CANCELLED: Experiment.Status.CANCELLED,
}


def experiment_follow_job(job: Job) -> None:
    """Give the job's experiment the status that goes with the job's."""
    experiment = Experiment.objects.select_related("dataset__store").filter(job=job).first()
    if experiment is None:
        return
    status = _STATUS.get(Job.Status(job.status))
    if status is not None and status != experiment.status:
        experiment.status = status
        experiment.save(update_fields=["status"])
        if status == Experiment.Status.FAILED:
            notification_send(
                user=job.owner,
                title="Training failed",
                text=f"{experiment.name}: {job.error}",
                url=job.url,
                level="error",
            )
    after_commit(experiment_hint, experiment)


def insight_follow_job(job: Job) -> None:
    """Have open pages read again how far the job of an insight is."""
    found = Insight.objects.select_related("experiment__dataset__store").filter(job=job).first()
    if found is not None:
        after_commit(experiment_hint, found.experiment)
