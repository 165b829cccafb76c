"""What a recipe will cost on this machine, said before it is made: signals, bytes, seconds."""

from dataclasses import replace

from datasets.models import Dataset
from datasets.selectors import recipe_from_row
from datasets.services.generation import n_workers
from vibration.generation import Estimate, estimate
from vibration.simulation import Recipe

LEARNT_FROM = 5


def estimate_of(recipe: Recipe) -> Estimate:
    """Return the benchmark's estimate, corrected by the last datasets this machine made."""
    foreseen = estimate(recipe, n_workers())
    return replace(foreseen, duration_s=foreseen.duration_s * _pace())


def _pace() -> float:
    rows = (
        Dataset.objects.filter(status=Dataset.Status.READY, recipe__isnull=False)
        .filter(job__started_at__isnull=False, job__finished_at__isnull=False)
        .order_by("-ready_at")
        .select_related("recipe", "job")
        .prefetch_related("recipe__classes", "recipe__severities", "recipe__noises")[:LEARNT_FROM]
    )
    foreseen_s, took_s = 0.0, 0.0
    for row in rows:
        foreseen_s += estimate(recipe_from_row(row.recipe), n_workers()).duration_s
        took_s += (row.job.finished_at - row.job.started_at).total_seconds()
    return took_s / foreseen_s if took_s > 0 else 1.0
