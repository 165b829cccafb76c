"""Experiments: what a training takes beside plain scikit-learn, a prediction, and a long list.

What is compared with scikit-learn does the same fits by its own classes, one after the other, in
the same process: seconds are of the clock, `cpu_s` of all processors together.
"""

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from bench.dataset import MemoryWatch
from bench.registry import Figures, benchmark
from bench.served.portal import percentiles, sample_signals, served

_N_CLASSES = 11
_N_LISTED = 20
_N_EXPERIMENTS = 500
_N_ASKED = 40
_MB = 2**20


@benchmark("train_forest_1430", yardsticks={"seconds": 15.0})
def measure_forest() -> Figures:
    """Return seconds of five folds by group with their mirrored run, and of the fits alone."""
    from vibration.learning.evaluation import evaluate
    from vibration.learning.protocols import group_folds

    x, y, groups = _drawn(1_430, 36, 5)
    folds = group_folds(y, groups, n_repeats=1)
    ours = _timed(lambda: evaluate(x, y, groups, folds, model="forest"))
    plain = _timed(lambda: _plain_forests(x, y, folds[0]))
    return {**ours, "plain_s": plain["seconds"], "plain_cpu_s": plain["cpu_s"]}


@benchmark("bootstrap_10000", quick=True, yardsticks={"seconds": 1.0, "matrices_s": 1.0})
def measure_bootstrap() -> Figures:
    """Return seconds of 10 000 draws over 1 509 rows of nine bearings."""
    from vibration.learning.evaluation import Predictions
    from vibration.learning.intervals import accuracy, balanced_accuracy, interval_of

    random = np.random.default_rng(0)
    groups = np.sort(random.integers(0, 9, 1_509))
    p = random.dirichlet(np.ones(3), (1, 1_509))
    said = Predictions(groups // 3, groups, np.zeros((1, 1_509), np.int64), p)
    return {
        "seconds": _timed(lambda: interval_of(said, accuracy))["seconds"],
        "matrices_s": _timed(lambda: interval_of(said, balanced_accuracy))["seconds"],
    }


@benchmark("train_100000", yardsticks={"seconds": 180.0, "peak_rss_mb": 2_000.0})
def measure_large() -> Figures:
    """Return what 100 000 rows of 62 features take: logistic regression and gradient boosting."""
    from vibration.learning.evaluation import evaluate
    from vibration.learning.protocols import group_folds

    x, y, groups = _drawn(100_000, 62, 100)
    folds = group_folds(y, groups, n_repeats=1)
    figures: Figures = {"seconds": 0.0}
    with MemoryWatch() as watch:
        for model in ("logistic", "gradient_boosting"):
            found = _timed(
                lambda model=model: evaluate(x, y, groups, folds, model=model)  # type: ignore[misc]
            )
            figures[f"{model}_s"] = found["seconds"]
            figures[f"{model}_cpu_s"] = found["cpu_s"]
            figures["seconds"] = round(figures["seconds"] + found["seconds"], 2)
    figures["peak_rss_mb"] = round(watch.peak_rss / _MB)
    return figures


@benchmark("experiment_list_500", yardsticks={"p95_ms": 250.0})
def measure_list() -> Figures:
    """Return the time of the list of 500 experiments, in several orders and with a search."""
    portal = served()
    _experiments(portal.user)
    browser = portal.browser()
    orders = ("-created", "name", "-score", "dataset")
    spent = [
        browser.ms(f"/experiments/?sort={orders[number % len(orders)]}&q={'on' * (number % 2)}")
        for number in range(_N_LISTED + 2)
    ]
    return {**percentiles(spent[2:]), "experiments": _N_EXPERIMENTS}


@benchmark("predict_upload", yardsticks={"p95_ms": 150.0, "file_p95_ms": 150.0})
def measure_prediction() -> Figures:
    """Return the time of an answer for 102 400 samples with a loaded model.

    As a page for a signal whose features are known, and for samples alone: their features, the
    answer with its reasons, and the neighbours' rows.
    """
    portal = served()  # sets Django up, which the rows below need
    from experiments.inference.predictor import predictor_of
    from experiments.inference.selectors import answer_for
    from experiments.inference.subjects import channel_subject
    from experiments.models import Experiment
    from experiments.services.requests import experiment_request
    from experiments.services.training import experiment_train
    from experiments.training.planning import Wish
    from monitoring.jobs.lifecycle import job_start
    from monitoring.jobs.pulse import JobRun
    from signals.models import Signal
    from signals.selectors import signal_samples
    from vibration.formats import Channel

    signals = sample_signals()
    dataset = Signal.objects.get(pk=signals[0]).store.dataset
    made, _ = experiment_request(
        owner=portal.user, dataset=dataset, wish=Wish(features=("time", "frequency"))
    )
    experiment_train(run=JobRun(job_start(made.job_id)))
    ready = Experiment.objects.get(pk=made.pk)
    browser = portal.browser()
    address = f"/inference/?experiment={ready.pk}&signal="
    first_ms = browser.ms(f"{address}{signals[0]}")
    spent = [browser.ms(f"{address}{pk}") for pk in signals[1 : _N_ASKED + 1]]
    predictor, of_files = predictor_of(ready), []
    for signal in Signal.objects.filter(pk__in=signals[: _N_ASKED + 1]):
        samples = signal_samples(portal.user, signal)
        channel = Channel("x", samples, fs_hz=signal.fs_hz, unit=signal.unit, rpm=signal.rpm)
        began_s = time.perf_counter()
        subject = channel_subject(channel, predictor.rows.names, name="x", unit=signal.unit)
        answer_for(portal.user, predictor, subject)
        of_files.append(1e3 * (time.perf_counter() - began_s))
    return {
        **percentiles(spent),
        **{f"file_{name}": value for name, value in percentiles(of_files[1:]).items()},
        "first_ms": round(first_ms, 1),
        "samples": int(samples.size),
    }


def _drawn(n: int, m: int, per_group: int) -> tuple[Any, Any, Any]:
    """Draw rows of classes that overlap, in groups that differ."""
    random = np.random.default_rng(0)
    groups = np.arange(n) // per_group
    y = groups % _N_CLASSES
    n_groups = int(groups.max()) + 1
    x = random.normal(size=(n, m)) + random.normal(0, 0.5, (n_groups, m))[groups]
    x[:, :_N_CLASSES] += 2.0 * np.eye(_N_CLASSES)[y]
    return x, y, groups


def _plain_forests(x: Any, y: Any, folds: Any) -> None:
    """Fit and ask as many forests of scikit-learn, with all processors."""
    from sklearn.ensemble import RandomForestClassifier

    for line in (folds, np.random.default_rng(0).permutation(folds)):
        for fold in range(int(line.max()) + 1):
            forest = RandomForestClassifier(200, random_state=0, n_jobs=os.cpu_count())
            forest.fit(x[line != fold], y[line != fold]).predict_proba(x[line == fold])


def _timed(action: Callable[[], object]) -> dict[str, float]:
    began_s, began_cpu_s = time.perf_counter(), time.process_time()
    action()
    return {
        "seconds": round(time.perf_counter() - began_s, 3),
        "cpu_s": round(time.process_time() - began_cpu_s, 3),
    }


def _experiments(owner: Any) -> None:
    """Write rows of experiments that nobody trained: the list reads rows alone."""
    from django.utils import timezone

    from datasets.models import Dataset
    from experiments.models import Experiment, ExperimentConfig, ExperimentResult, ExperimentTag

    dataset = Dataset.objects.filter(status=Dataset.Status.READY).order_by("pk")[0]
    made = Experiment.objects.bulk_create(
        Experiment(
            name=f"Experiment {number} on {dataset.name}",
            owner=owner,
            dataset=dataset,
            status=Experiment.Status.READY,
            ready_at=timezone.now(),
        )
        for number in range(_N_EXPERIMENTS)
    )
    ExperimentConfig.objects.bulk_create(
        ExperimentConfig(experiment=each, model="forest") for each in made
    )
    ExperimentTag.objects.bulk_create(
        ExperimentTag(experiment=each, name=name) for each in made for name in ("one", "two")
    )
    numbers = {
        field.name: 0.5
        for field in ExperimentResult._meta.concrete_fields
        if field.get_internal_type() == "FloatField"
    }
    ExperimentResult.objects.bulk_create(
        ExperimentResult(
            experiment=each, n_signals=1430, n_groups=1100, model_bytes=1000, **numbers
        )
        for each in made
    )
