"""Ask for a training."""

from dataclasses import replace
from typing import Any, Final

from django.db import transaction
from django.urls import NoReverseMatch, reverse

from common.database import after_commit, person_lock
from common.errors import Invalid, NotAllowed, NotFound
from common.roles import is_engineer
from common.text.names import name_clean
from datasets.models import Dataset
from datasets.selectors import datasets_visible
from experiments.kinds import TRAIN
from experiments.models import (
    Experiment,
    ExperimentConfig,
    ExperimentFeature,
    ExperimentParameter,
)
from experiments.services.hints import experiment_hint
from experiments.training.planning import Planned, Wish, wish_of, wish_plan
from monitoring.events import event_record
from monitoring.jobs.lifecycle import job_create, job_enqueue
from monitoring.models import SystemEvent
from vibration.learning.models import MODELS

LONGEST_NAME: Final = Experiment._meta.get_field("name").max_length or 0
_LONGEST_QUERY: Final = ExperimentConfig._meta.get_field("query").max_length or 0


def experiment_request(
    *, owner: Any, dataset: Dataset, wish: Wish, name: str = "", is_once: bool = False
) -> tuple[Experiment, Planned]:
    """Write a queued experiment with its config and its job, and hand the job to the queue.

    With `is_once` the same that waits or runs already is returned instead: a button was pressed
    twice.

    Raises
    ------
    NotFound
        Where `owner` does not see the dataset.
    NotAllowed
        Where `owner` is no engineer.
    Invalid
        Where the training cannot be: a class of one bearing, a number beyond its limits.
    """
    if not datasets_visible(owner).filter(pk=dataset.pk).exists():
        raise NotFound("There is no such dataset.")
    if not is_engineer(owner):
        raise NotAllowed("Training models needs the engineer role; ask an administrator for it.")
    name = name or f"{MODELS[wish.model].title if wish.model in MODELS else ''} on {dataset.name}"
    name = name_clean(name[:LONGEST_NAME], what="An experiment's name", longest=LONGEST_NAME)
    planned = wish_plan(owner, dataset, wish)
    query = replace(wish.chosen, dataset=None).to_query()
    if len(query) > _LONGEST_QUERY:
        raise Invalid("The filter is too long; choose fewer conditions.")
    with transaction.atomic():
        if is_once:
            # Two requests at once ask in turn.
            person_lock(owner.pk)
            if twin := _twin(Experiment(name=name, owner=owner, dataset=dataset), wish, planned):
                return twin, planned
        experiment = Experiment(name=name, owner=owner, dataset=dataset)
        experiment.full_clean(exclude=["dataset", "owner"])
        experiment.save()
        _config_write(experiment, wish, query, planned)
        experiment.job = job_create(
            owner=owner,
            kind=TRAIN,
            title=f"Train {experiment.name}",
            url=page_of(experiment),
            total=planned.n_steps(wish.n_tries),
        )
        experiment.save(update_fields=["job"])
        job_enqueue(experiment.job)
        event_record(
            kind=SystemEvent.Kind.CREATED,
            actor=owner,
            subject=experiment.name,
            detail=f"experiment on {dataset.name}",
        )
        after_commit(experiment_hint, experiment)
    return experiment, planned


def _twin(asked: Experiment, wish: Wish, planned: Planned) -> Experiment | None:
    """Return an experiment that is the same as is asked for and has not ended."""
    alike = Experiment.objects.filter(
        name=asked.name,
        owner=asked.owner,
        dataset=asked.dataset,
        status__in=(Experiment.Status.QUEUED, Experiment.Status.TRAINING),
    ).select_related("config")
    same = replace(wish, chosen=replace(wish.chosen, dataset=None), features=())
    names = _names(planned)
    for each in alike:
        own = [feature.name for feature in each.config.features.all()]
        if own == names and wish_of(each.config) == same:
            return each
    return None


def _names(planned: Planned) -> list[str]:
    return [*planned.rows.names, *planned.rows.empty]


def page_of(experiment: Experiment) -> str:
    """Return the address of an experiment's page; empty in a process without pages."""
    try:
        return reverse("experiments:detail", args=[experiment.pk])
    except NoReverseMatch:
        return ""


def _config_write(experiment: Experiment, wish: Wish, query: str, planned: Planned) -> None:
    config = ExperimentConfig(
        experiment=experiment,
        query=query,
        model=wish.model,
        top_k=wish.top_k,
        n_tries=wish.n_tries,
        seed=wish.seed,
        protocol=wish.protocol,
        held_out=wish.held_out,
    )
    config.full_clean(exclude=["experiment"])
    config.save()
    ExperimentParameter.objects.bulk_create(
        ExperimentParameter(config=config, name=name, value=value)
        for name, value in wish.parameters.items()
    )
    ExperimentFeature.objects.bulk_create(
        ExperimentFeature(config=config, position=place, name=name)
        for place, name in enumerate(_names(planned))
    )
