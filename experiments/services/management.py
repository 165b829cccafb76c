"""What its owner does with an experiment: cancel, try again, describe, put away, delete."""

from contextlib import suppress
from typing import Any

from django.db import transaction

from common.database import after_commit
from common.errors import Invalid, NotAllowed
from experiments.files import final_folder
from experiments.models import Experiment
from experiments.selectors import may_manage_experiment
from experiments.services.hints import experiment_hint
from monitoring.events import event_record
from monitoring.jobs.lifecycle import job_cancel_request, job_retry
from monitoring.models import SystemEvent


def experiment_cancel(*, user: Any, experiment: Experiment) -> None:
    """Cancel a training that waits or runs."""
    _may_manage_or_refuse(user, experiment, "cancel")
    if experiment.job is None:
        raise Invalid("Nothing is running for this experiment.")
    job_cancel_request(user=user, job=experiment.job)


def experiment_retry(*, user: Any, experiment: Experiment) -> None:
    """Queue a failed or cancelled training again, from the same config."""
    _may_manage_or_refuse(user, experiment, "retry")
    if experiment.job is None:
        raise Invalid("There is nothing to try again for this experiment.")
    job_retry(user=user, job=experiment.job)


def experiment_delete(*, user: Any, experiment: Experiment) -> None:
    """Remove an experiment with its model; cancel its training first."""
    _may_manage_or_refuse(user, experiment, "delete")
    with transaction.atomic():
        if experiment.job is not None:
            with suppress(Invalid):  # it has ended
                job_cancel_request(user=user, job=experiment.job)
        pk, name = experiment.pk, experiment.name
        Experiment.objects.filter(pk=pk).delete()
        event_record(kind=SystemEvent.Kind.DELETED, actor=user, subject=name, detail="experiment")
        after_commit(final_folder(pk).discard)
        after_commit(experiment_hint, experiment)


def _may_manage_or_refuse(user: Any, experiment: Experiment, verb: str) -> None:
    if not may_manage_experiment(user, experiment):
        raise NotAllowed(f"Only its owner may {verb} this experiment.")
