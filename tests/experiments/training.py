"""Experiments on small datasets: asked for, trained without a worker, or written by hand."""

from typing import Any

from django.db import transaction

from experiments.models import Experiment
from experiments.services.requests import experiment_request
from experiments.services.training import experiment_train
from experiments.training.planning import Wish
from monitoring.jobs.lifecycle import job_start
from monitoring.jobs.pulse import JobRun
from tests.factories import make_dataset, make_user


def small_dataset(owner: Any = None, **values: Any) -> Any:
    """Make a dataset of three classes with five records each, and a copy of some."""
    return make_dataset(owner, **({"per_class": 5} | values))


def asked(owner: Any = None, dataset: Any = None, **wish: Any) -> Experiment:
    """Ask for a training."""
    owner = owner or make_user("engineer")
    standard: dict[str, Any] = {"features": ("time", "frequency"), "model": "logistic"}
    experiment, _ = experiment_request(
        owner=owner,
        dataset=dataset or small_dataset(owner),
        wish=Wish(**(standard | wish)),
    )
    return experiment


def trained(owner: Any = None, dataset: Any = None, **wish: Any) -> Experiment:
    """Ask for a training and do a worker's work here, without its pulse."""
    with transaction.atomic():  # before a worker that is there hears of it
        experiment = asked(owner, dataset, **wish)
        job = job_start(experiment.job_id)
    experiment_train(run=JobRun(job))
    return Experiment.objects.select_related("result", "config", "job", "dataset__store").get(
        pk=experiment.pk
    )
