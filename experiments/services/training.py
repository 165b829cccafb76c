"""Train and test a model: files first, then all its rows in one transaction."""

import itertools
import json
import platform
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import scipy
import sklearn
from django.db import transaction
from django.utils import timezone
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from common.database import retried
from common.errors import Expected, Unavailable
from common.refused import what_helps
from common.storage import folder_discard
from experiments.models import Experiment, ExperimentResult, Fold
from experiments.results.files import (
    CONFIG,
    FOLDS,
    MODEL,
    REPORT,
    attempt_folder,
    final_folder,
    predictions_write,
    publish,
    rows_write,
    sums_write,
    yaml_text,
)
from experiments.results.model_files import model_write
from experiments.results.reports import report_numbers
from experiments.services.insights import insight_begin
from experiments.training.planning import Planned, Wish, planned, wish_of
from monitoring.events import event_record
from monitoring.jobs.lifecycle import JobLost, job_complete
from monitoring.jobs.pulse import JobRun
from monitoring.models import Job, SystemEvent
from monitoring.notices.services import notification_send
from signals.errors import told_as
from vibration.learning.evaluation import Evaluation, Fit, evaluate
from vibration.learning.models import MODELS
from vibration.learning.search import Parameters, fitted_pipeline, parameter_sets
from vibration.learning.words import percent
from vibration.store import whole_folder

_TIMED: Final = 5
_RUNS: Final = {"scored": "by the protocol", "mirrored": "at random", "majority": "majority class"}


def experiment_train(*, run: JobRun) -> None:
    """Train the experiment of the run's job and show it as ready.

    Until the last transaction commits nobody sees any of it; a folder left without rows is
    replaced by the next attempt or swept.
    """
    began_s = time.monotonic()
    experiment = retried(partial(_experiment_of, run))
    wish = retried(partial(wish_of, experiment.config))
    names = tuple(each.name for each in experiment.config.features.all())
    told = retried(partial(planned, run.job.owner, experiment.dataset, wish, names))
    step = _Steps(run, told.n_steps(wish.n_tries))
    run.log(
        f"{MODELS[wish.model].title}: {len(told.rows.pks)} signals, {len(told.rows.names)} "
        f"features, {len(told.rows.group_names)} {told.rows.called[1]}; {told.plan.words}."
    )
    evaluation, pipeline, used, fit_s = _fitted(wish, told, step)
    folder = attempt_folder(experiment.pk, run.job.attempt)
    try:
        with told_as(Unavailable), whole_folder(folder) as part:
            result = _written(part, experiment, wish, told, evaluation, pipeline, used)
        result.fit_s, result.seconds = fit_s, time.monotonic() - began_s
        run.check()
        retried(partial(_show, run, experiment.pk, folder, result, evaluation.fits))
    except OSError as error:
        raise Unavailable(
            f"The storage failed while the model was written ({error.strerror}); nothing was "
            f"kept. {what_helps(error)}"
        ) from error
    finally:
        folder_discard(folder)


class _Steps:
    """Counts what is done; called from the threads that fit."""

    def __init__(self, run: JobRun, total: int) -> None:
        self._run, self._total = run, total
        self._numbers, self._lock = itertools.count(1), threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            self._run.progress(next(self._numbers), self._total)
        self._run.check()

    def fold(self, fit: Fit) -> None:
        if fit.run != "majority":
            self._run.log(
                f"Repeat {fit.repeat + 1}, fold {fit.fold + 1}, {_RUNS[fit.run]}: "
                f"{percent(fit.accuracy)} % of {fit.n_test} right{_chosen(fit.parameters)}."
            )
        self()


def _chosen(parameters: Parameters) -> str:
    said = ", ".join(f"{name} {value:.4g}" for name, value in parameters.items())
    return f" with {said}" if said else ""


def _fitted(
    wish: Wish, told: Planned, step: _Steps
) -> tuple[Evaluation, Pipeline, Parameters, float]:
    rows = told.rows
    searched = parameter_sets(wish.model, wish.n_tries, seed=wish.seed) if wish.n_tries else None
    with told_as(Expected):
        evaluation = evaluate(
            rows.x,
            rows.y,
            rows.groups,
            told.plan.folds,
            model=wish.model,
            seed=wish.seed,
            top_k=wish.top_k,
            parameters=wish.parameters,
            n_tries=wish.n_tries,
            on_fold=step.fold,
            on_try=step,
        )
        with threadpool_limits(1):
            began_s = time.thread_time()
            pipeline, used = fitted_pipeline(
                rows.x,
                rows.y,
                rows.groups,
                model=wish.model,
                seed=wish.seed,
                top_k=wish.top_k,
                parameters=wish.parameters,
                sets=searched,
                on_try=step,
            )
            fit_s = time.thread_time() - began_s
    step()
    return evaluation, pipeline, used, fit_s


def _written(
    folder: Path,
    experiment: Experiment,
    wish: Wish,
    told: Planned,
    evaluation: Evaluation,
    pipeline: Pipeline,
    used: Parameters,
) -> ExperimentResult:
    """Write all files of a model and return the row that speaks of them, unsaved."""
    rows = told.rows
    numbers = report_numbers(
        evaluation,
        class_codes=rows.classes,
        class_names=rows.class_names,
        many=rows.called[1],
        new=told.plan.new,
        notes=list(told.plan.notes),
        facts=rows.facts,
        seed=wish.seed,
    )
    numbers |= {"protocol": told.plan.words, "left_out": list(told.plan.left_out)}
    numbers["rows"] = rows.notes()
    predictions_write(folder, rows, evaluation)
    rows_write(folder, rows)
    np.save(folder / FOLDS, told.plan.folds, allow_pickle=False)
    model_write(folder / MODEL, pipeline)
    (folder / CONFIG).write_text(yaml_text(config_values(experiment, wish, rows.fingerprint, used)))
    (folder / REPORT).write_text(json.dumps(numbers, indent=1, allow_nan=False))
    sums = sums_write(folder)
    low, high = numbers["interval"] or (None, None)
    gap_low, gap_high = numbers["gap_interval"] or (None, None)
    return ExperimentResult(
        experiment=experiment,
        folder=str(final_folder(experiment.pk)),
        n_signals=numbers["n_signals"],
        n_groups=numbers["n_groups"],
        groups_are=numbers["groups_are"],
        protocol=told.plan.words,
        score=numbers["scores"]["accuracy"],
        low=low,
        high=high,
        random_score=numbers["mirrored"]["accuracy"],
        majority=numbers["majority"],
        gap=numbers["gap"],
        gap_low=gap_low,
        gap_high=gap_high,
        balanced_accuracy=numbers["scores"]["balanced_accuracy"],
        macro_f1=numbers["scores"]["macro_f1"],
        warning=numbers["warning"],
        seconds=0.0,
        fit_s=0.0,
        predict_s=_seconds_of(partial(pipeline.predict_proba, rows.x[:1])),
        fingerprint=rows.fingerprint,
        rows_fingerprint=rows.rows_fingerprint,
        predictions_sha256=evaluation.scored.sha256,
        model_sha256=sums[MODEL],
        model_bytes=(folder / MODEL).stat().st_size,
        **versions(),
    )


def config_values(
    experiment: Experiment, wish: Wish, fingerprint: str, used: Parameters
) -> dict[str, Any]:
    """Return all that decides an experiment, in the order in which people read it."""
    return {
        "experiment": experiment.name,
        "dataset": experiment.dataset.name,
        "filter": experiment.config.query,
        "features": [each.name for each in experiment.config.features.all()],
        "top_k": wish.top_k,
        "model": wish.model,
        "parameters": wish.parameters,
        "search_tries": wish.n_tries,
        "parameters_of_the_model": used,
        "protocol": wish.protocol,
        "held_out": wish.held_out or None,
        "seed": wish.seed,
        "fingerprint": fingerprint,
        "versions": {name.removesuffix("_version"): said for name, said in versions().items()},
    }


def versions() -> dict[str, str]:
    """Return the versions that decide what a training gives."""
    return {
        "sklearn_version": sklearn.__version__,
        "numpy_version": np.__version__,
        "scipy_version": scipy.__version__,
        "python_version": platform.python_version(),
    }


def _seconds_of(action: Callable[[], object]) -> float:
    times = []
    with threadpool_limits(1):
        for _ in range(_TIMED):
            began_s = time.perf_counter()
            action()
            times.append(time.perf_counter() - began_s)
    return float(np.median(times))


def _experiment_of(run: JobRun) -> Experiment:
    found = (
        Experiment.objects.select_related("config", "dataset__store").filter(job=run.job).first()
    )
    if found is None:
        raise JobLost
    return found


@transaction.atomic
def _show(
    run: JobRun, pk: int, folder: Path, result: ExperimentResult, fits: tuple[Fit, ...]
) -> None:
    done = {"job": run.job, "job__status": Job.Status.COMPLETED, "job__attempt": run.job.attempt}
    if Experiment.objects.filter(pk=pk, **done).exists():
        return  # the commit arrived, only its answer was lost
    job_complete(run.job)  # locks the row: from here on this attempt alone may publish
    experiment = Experiment.objects.select_for_update(of=["self"]).filter(pk=pk).first()
    if experiment is None:
        raise JobLost
    publish(folder, final_folder(pk))
    ExperimentResult.objects.filter(experiment=pk).delete()
    Fold.objects.filter(experiment=pk).delete()
    result.experiment, result.pk = experiment, None
    result.full_clean(exclude=["experiment"])
    result.save(force_insert=True)
    Fold.objects.bulk_create(
        Fold(
            experiment=experiment,
            run=fit.run,
            repeat=fit.repeat,
            number=fit.fold,
            n_train=fit.n_train,
            n_test=fit.n_test,
            accuracy=fit.accuracy,
            fit_s=fit.fit_s,
            predict_s=fit.predict_s,
        )
        for fit in fits
    )
    experiment.status, experiment.ready_at = Experiment.Status.READY, timezone.now()
    experiment.save(update_fields=["status", "ready_at"])
    insight_begin(experiment)
    event_record(
        kind=SystemEvent.Kind.COMPLETED,
        actor=run.job.owner,
        subject=experiment.name,
        detail=f"experiment: {result.protocol}",
    )
    notification_send(
        user=run.job.owner,
        title="Model trained",
        text=f"{experiment.name}: {percent(result.score)} %, {result.protocol}.",
        url=run.job.url,
        level="success",
    )
