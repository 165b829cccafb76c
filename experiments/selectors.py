"""Reads of experiments; the user comes first. Who may see a dataset sees what was trained on it."""

from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from common.errors import NotFound
from common.roles import may_manage
from common.text import counted
from datasets.models import Dataset
from datasets.selectors import datasets_visible
from experiments.models import Experiment, ExperimentConfig

RECENT: Final = 5


def experiments_visible(user: Any) -> QuerySet[Experiment]:
    """Return the experiments on datasets that `user` may see."""
    datasets = datasets_visible(user).order_by().values("pk")
    return Experiment.objects.filter(dataset__in=datasets)


def experiments_summary(user: Any) -> dict[str, Any]:
    """Return what the home page says of the experiments that `user` may see; empty without any.

    The best is by the accuracy of folds by group: other protocols, and random splits, ask less.
    """
    rows = experiments_visible(user).filter(is_archived=False)
    counts = rows.aggregate(
        n=Count("pk"), n_ready=Count("pk", filter=Q(status=Experiment.Status.READY))
    )
    if not counts["n"]:
        return {}
    told = rows.select_related("config", "result", "dataset")
    best = told.filter(config__protocol=ExperimentConfig.Protocol.GROUP, result__isnull=False)
    return {
        **counts,
        "best": best.order_by("-result__score", "-pk").first(),
        "recent": list(told[:RECENT]),
    }


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
