"""What a model lives on, as its page and its file show it."""

from typing import Any

from experiments.models import Experiment, Insight


def insight_shown(experiment: Experiment) -> dict[str, Any]:
    """Return what the result page shows of a model's insight, measured or not."""
    insight = _insight_of(experiment)
    job = insight.job if insight else None
    found = list(insight.importances.all()) if insight and insight.ready_at else []
    return {
        "insight": insight,
        "insight_job": job,
        "insight_is_active": job is not None and job.is_active,
        "has_importance": bool(found),
        "has_curve": bool(insight and insight.ready_at and insight.points.exists()),
        "clusters": [
            {
                "features": ", ".join(each.features),
                "mean": f"{100 * each.mean:.1f}".replace("-", "−"),
                "sd": f"{100 * each.sd:.1f}",
            }
            for each in found
            if len(each.features) > 1
        ],
    }


def insight_numbers(experiment: Experiment) -> dict[str, Any] | None:
    """Return the numbers of a model's insight; None where it is not measured."""
    insight = _insight_of(experiment)
    if insight is None or insight.ready_at is None:
        return None
    return {
        "experiment": experiment.name,
        "groups_are": experiment.result.groups_are,
        "is_no_better_than_the_majority": insight.is_no_better,
        "importance": [
            {"features": each.features, "mean": each.mean, "sd": each.sd}
            for each in insight.importances.all()
        ],
        "learning_curve": [[each.n_groups, each.accuracy] for each in insight.points.all()],
    }


def _insight_of(experiment: Experiment) -> Insight | None:
    return Insight.objects.select_related("job").filter(experiment=experiment).first()
