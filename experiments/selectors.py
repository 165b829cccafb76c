"""Reads of experiments; the user comes first. Who may see a dataset sees what was trained on it."""

from typing import Any

from django.db.models import QuerySet

from common.errors import NotFound
from common.roles import may_manage
from common.text import counted
from datasets.models import Dataset
from datasets.selectors import datasets_visible
from experiments.models import Experiment


def experiments_visible(user: Any) -> QuerySet[Experiment]:
    """Return the experiments on datasets that `user` may see."""
    datasets = datasets_visible(user).order_by().values("pk")
    return Experiment.objects.filter(dataset__in=datasets)


def experiment_get(user: Any, pk: int) -> Experiment:
    """Return one experiment that `user` may see, with all that its page names."""
    found = (
        experiments_visible(user)
        .select_related("config", "result", "job", "owner", "dataset__store")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotFound("There is no such experiment.")
    return found


def may_manage_experiment(user: Any, experiment: Experiment) -> bool:
    """Tell whether `user`, who sees the experiment, may cancel, describe or delete it."""
    return may_manage(user, experiment.owner_id)


def models_lost_with(dataset: Dataset) -> list[str]:
    """Say how many models were trained on a dataset and would go with it."""
    n = Experiment.objects.filter(dataset=dataset, status=Experiment.Status.READY).count()
    return [counted(n, "trained model")] if n else []
