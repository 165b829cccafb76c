"""What a recipe will cost on this machine, said before it is made: signals, bytes, seconds."""

from django.conf import settings

from common.errors import Invalid
from datasets.models import Dataset
from datasets.selectors import recipe_from_row
from datasets.services.files import n_workers
from vibration.generation import Estimate, Pace, estimate, pace_of
from vibration.simulation import Recipe

LEARNT_FROM = 20
MOST_OF_THE_LIMIT = 0.8  # a machine with other work to do is slower than foreseen


def estimate_of(recipe: Recipe) -> Estimate:
    """Return the benchmark's estimate at the pace of the last datasets this machine made."""
    return estimate(recipe, n_workers()).fitted(_pace())


def time_prove(foreseen: Estimate) -> None:
    """Refuse what cannot end within the time a job may take."""
    limit_s = MOST_OF_THE_LIMIT * settings.JOB_TIMEOUT_S
    if foreseen.duration_s > limit_s:
        sentence = (
            f"This would take about {_span(foreseen.duration_s)}, and a job is stopped after "
            f"{_span(settings.JOB_TIMEOUT_S)}. Choose fewer signals or a shorter duration, or make "
            "several datasets with different seeds."
        )
        raise Invalid(sentence)


def _pace() -> Pace:
    rows = (
        Dataset.objects.filter(status=Dataset.Status.READY, recipe__isnull=False)
        .filter(job__started_at__isnull=False, job__finished_at__isnull=False)
        .order_by("-ready_at")
        .select_related("recipe", "job")
        .prefetch_related("recipe__classes", "recipe__severities", "recipe__noises")[:LEARNT_FROM]
    )
    made = [(row, row.job) for row in rows if row.job is not None]
    foreseen = [estimate(recipe_from_row(row.recipe), n_workers()) for row, _ in made]
    took_s = [(job.finished_at - job.started_at).total_seconds() for _, job in made]
    return pace_of(foreseen, took_s)


def _span(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 5400 else f"{seconds / 60:.0f} min"
