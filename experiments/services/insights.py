"""Measure what a model lives on, after its score and in a job of its own."""

import json
from functools import partial
from typing import Any, Final

import numpy as np
from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from common.database import retried
from common.errors import Expected, Invalid, NotAllowed
from experiments.kinds import INSIGHT
from experiments.models import Experiment, Importance, Insight, LearningPoint
from experiments.results.files import (
    CONFIG,
    PREDICTIONS,
    ROWS,
    experiment_file,
    predictions_read,
    rows_read,
)
from experiments.selectors import experiment_get, may_manage_experiment
from experiments.training.planning import Wish, wish_of
from monitoring.jobs.lifecycle import (
    JobLost,
    job_cancel_request,
    job_complete,
    job_create,
    job_enqueue,
    job_retry,
)
from monitoring.jobs.pulse import JobRun
from monitoring.models import Job
from signals.errors import told_as
from vibration.learning.groups import numbered
from vibration.learning.importance import (
    curve_sizes,
    feature_clusters,
    learning_curve,
    permutation_importance,
)
from vibration.learning.intervals import difference
from vibration.learning.protocols import NEVER

_USED: Final = "parameters_of_the_model: "


def insight_begin(experiment: Experiment) -> Insight:
    """Queue the measuring of a model that has just become ready, in the same transaction."""
    Insight.objects.filter(experiment=experiment).delete()
    insight = Insight(experiment=experiment)
    insight.save()
    insight.job = job_create(
        owner=experiment.owner,
        kind=INSIGHT,
        title=f"Measure what {experiment.name} lives on",
        url=_page_of(experiment),
    )
    insight.save(update_fields=["job"])
    job_enqueue(insight.job)
    return insight


def insight_request(*, user: Any, experiment: Experiment) -> None:
    """Measure a ready model, or try again where that failed or was cancelled.

    Raises
    ------
    NotAllowed
        Where `user` is not its owner.
    Invalid
        Where it is not trained, or measured already.
    """
    _may_manage_or_refuse(user, experiment)
    if experiment.status != Experiment.Status.READY:
        raise Invalid(f"“{experiment.name}” is not trained: there is nothing to measure.")
    with transaction.atomic():
        Experiment.objects.select_for_update(of=["self"]).get(pk=experiment.pk)
        insight = Insight.objects.select_related("job").filter(experiment=experiment).first()
        if insight is None or (insight.job is None and insight.ready_at is None):
            insight_begin(experiment)
        elif insight.job is not None and insight.ready_at is None:
            job_retry(user=user, job=insight.job)
        else:
            raise Invalid(f"What “{experiment.name}” lives on is measured already.")


def insight_cancel(*, user: Any, experiment: Experiment) -> None:
    """Stop the measuring; the model and its score stay."""
    _may_manage_or_refuse(user, experiment)
    insight = Insight.objects.select_related("job").filter(experiment=experiment).first()
    if insight is None or insight.job is None:
        raise Invalid("Nothing is measured for this experiment.")
    job_cancel_request(user=user, job=insight.job)


def insight_make(*, run: JobRun) -> None:
    """Measure the importance of features and the learning curve of the run's experiment."""
    insight = retried(partial(_insight_of, run))
    experiment = retried(partial(experiment_get, run.job.owner, insight.experiment_id))
    wish = retried(partial(wish_of, experiment.config))
    rows = rows_read(experiment_file(experiment, ROWS))
    evaluation = predictions_read(experiment_file(experiment, PREDICTIONS))[0]
    folds = evaluation.scored.folds
    _, y = numbered(rows.classes)
    _, groups = numbered(rows.groups)
    over = difference(evaluation.scored, evaluation.majority, seed=wish.seed)
    is_no_better = over.value <= 0 or (over.interval is not None and over.interval[0] <= 0)
    clusters = feature_clusters(rows.x)
    parts = [[column] for column in range(len(rows.names))]
    parts += [cluster for cluster in clusters if len(cluster) > 1]
    n_folds = sum(len(set(line.tolist()) - {NEVER}) for line in folds)
    n_parts = 0 if is_no_better else len(parts)
    total = n_folds * (n_parts + len(curve_sizes(y, groups, folds)))
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        run.progress(done, total)
        run.check()

    settings: dict[str, Any] = {
        "model": wish.model,
        "seed": wish.seed,
        "top_k": wish.top_k,
        "parameters": _parameters(experiment, wish),
    }
    with told_as(Expected):
        points = learning_curve(rows.x, y, groups, folds, on_fit=step, **settings)
        lost = (
            None
            if is_no_better
            else permutation_importance(
                rows.x, y, groups, folds, clusters=parts, on_cluster=step, **settings
            )
        )
    order = [] if lost is None else np.argsort(-lost.mean, kind="stable").tolist()
    found = [
        Importance(
            insight=insight,
            position=position,
            features=[rows.names[column] for column in parts[place]],
            mean=float(lost.mean[place]),
            sd=float(lost.sd[place]),
        )
        for position, place in enumerate(order)
        if lost is not None
    ]
    curve = [LearningPoint(insight=insight, n_groups=n, accuracy=share) for n, share in points]
    retried(partial(_show, run, insight, found, curve, is_no_better))


@transaction.atomic
def _show(
    run: JobRun,
    insight: Insight,
    found: list[Importance],
    curve: list[LearningPoint],
    is_no_better: bool,
) -> None:
    if Job.objects.filter(pk=run.job.pk, status=Job.Status.COMPLETED).exists():
        return  # the commit arrived, only its answer was lost
    job_complete(run.job)
    if not Insight.objects.select_for_update(of=["self"]).filter(pk=insight.pk).exists():
        raise JobLost
    insight.importances.all().delete()
    insight.points.all().delete()
    Importance.objects.bulk_create(found)
    LearningPoint.objects.bulk_create(curve)
    insight.is_no_better, insight.ready_at = is_no_better, timezone.now()
    insight.save(update_fields=["is_no_better", "ready_at"])


def _parameters(experiment: Experiment, wish: Wish) -> dict[str, float]:
    """Return those of the model that is kept: a search chose them among all its rows."""
    text = experiment_file(experiment, CONFIG).read_bytes().decode()
    for line in text.splitlines():
        if line.startswith(_USED):
            found: dict[str, float] = json.loads(line.removeprefix(_USED))
            return found
    return wish.parameters


def _insight_of(run: JobRun) -> Insight:
    found = Insight.objects.filter(job=run.job).first()
    if found is None:
        raise JobLost
    return found


def _page_of(experiment: Experiment) -> str:
    try:
        return reverse("experiments:detail", args=[experiment.pk])
    except NoReverseMatch:
        return ""


def _may_manage_or_refuse(user: Any, experiment: Experiment) -> None:
    if not may_manage_experiment(user, experiment):
        raise NotAllowed("Only its owner may measure what this model lives on.")
