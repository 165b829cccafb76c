"""Figures of the home page, each counted over what the person may see."""

from typing import Any

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from bearing_portal.frame.trends import trends
from common.page_state import read_id
from common.roles import is_engineer
from datasets.models import Dataset
from datasets.selectors import datasets_visible
from experiments.selectors import experiments_summary
from monitoring.selectors import jobs_visible
from signals.models import FaultClass

RECENT_JOBS = 5


def figures(user: Any, chosen: str) -> dict[str, Any]:
    """Return what the home page shows; `chosen` is the dataset of the class distribution."""
    datasets = datasets_visible(user)
    ready = datasets.filter(status=Dataset.Status.READY)
    counts, n_datasets = _counts(ready), datasets.count()
    jobs = list(jobs_visible(user).prefetch_related("datasets")[: RECENT_JOBS + 1])
    return {
        "counts": counts,
        "n_datasets": n_datasets,
        "trends": trends(datasets, ready, counts, n_datasets),
        "ready": list(ready.values_list("pk", "name")[:100]),
        "distribution": _distribution(ready, chosen),
        "jobs": jobs[:RECENT_JOBS],
        "n_jobs": jobs_visible(user).count(),
        "experiments": experiments_summary(user),
        "may_create": is_engineer(user),
    }


def _counts(ready: Any) -> dict[str, int]:
    sums = ready.aggregate(
        signals=Coalesce(Sum("store__n_signals"), 0),
        size_bytes=Coalesce(Sum("store__size_bytes"), 0),
    )
    in_ready = Q(pk__in=ready.values("class_counts__fault_class"))
    return {**sums, "classes": FaultClass.objects.filter(in_ready).count(), "ready": ready.count()}


def _distribution(ready: Any, chosen: str) -> Dataset | None:
    dataset: Dataset | None = ready.filter(pk=read_id(chosen)).first()
    return dataset or ready.first()
