"""Experiments side by side, for one person."""

from dataclasses import dataclass, field
from typing import Any, Final

from common.errors import Invalid, NotFound
from common.text import signed
from experiments.comparison.state import MOST
from experiments.models import Experiment
from experiments.results.files import PREDICTIONS, experiment_file, predictions_read
from experiments.selectors import experiments_visible
from experiments.training.feature_sets import titles_of
from vibration.errors import VibrationError
from vibration.features.groups import codes_of
from vibration.learning.comparison import Comparison, compare, holm, verdict
from vibration.learning.evaluation import Predictions
from vibration.learning.models import MODELS

NOTHING: Final = "–"


@dataclass(frozen=True, eq=False)
class Run:
    """An experiment with what it said of rows that it had not seen."""

    experiment: Experiment
    scored: Predictions
    codes: list[str]


@dataclass(frozen=True)
class Against:
    """How a run stands against the baseline; without a comparison the words say why."""

    words: str
    comparison: Comparison | None = None
    p: float | None = None
    number: str = field(default="")


def runs_of(user: Any, ids: tuple[int, ...]) -> list[Run]:
    """Return the ready experiments of these ids, in their order.

    Raises
    ------
    Invalid
        For fewer than two or more than twenty, and for one that is not ready.
    NotFound
        For one that `user` may not see.
    """
    if not 2 <= len(ids) <= MOST:
        raise Invalid(f"Choose 2 to {MOST} experiments to compare, not {len(ids)}.")
    found = (
        experiments_visible(user)
        .select_related("config", "result", "dataset")
        .prefetch_related("config__features", "config__parameters")
        .in_bulk(ids)
    )
    if len(found) < len(ids):
        raise NotFound("There is no such experiment among these.")
    runs = []
    for pk in ids:
        experiment = found[pk]
        if experiment.status != Experiment.Status.READY:
            raise Invalid(f"“{experiment.name}” is not trained yet: take it out, or wait.")
        evaluation, _, codes, _ = predictions_read(experiment_file(experiment, PREDICTIONS))
        runs.append(Run(experiment, evaluation.scored, codes))
    return runs


def settings_that_differ(runs: list[Run]) -> list[tuple[str, list[str]]]:
    """Return what was asked for differently: a title, and the words of each run."""
    columns = [_settings(run.experiment) for run in runs]
    titles = list(dict.fromkeys(title for column in columns for title in column))
    rows = [(title, [column.get(title, NOTHING) for column in columns]) for title in titles]
    return [(title, words) for title, words in rows if len(set(words)) > 1]


def _settings(experiment: Experiment) -> dict[str, str]:
    config, result = experiment.config, experiment.result
    features = tuple(each.name for each in config.features.all())
    titles = {p.name: p.title for p in MODELS[config.model].parameters}
    said = {
        "Dataset": experiment.dataset.name,
        "Filter": config.query or "all",
        "Model": config.get_model_display(),
        "Features": f"{len(features)}: {', '.join(titles_of(codes_of(features)))}",
        "Kept by each fold": "all" if config.top_k is None else str(config.top_k),
        "Searched": f"{config.n_tries} sets" if config.n_tries else "nothing",
        "Seed": str(config.seed),
        "Protocol": result.protocol,
        "Signals": str(result.n_signals),
        "Groups": f"{result.n_groups} {result.groups_are}",
        "scikit-learn": result.sklearn_version,
    }
    return said | {
        titles.get(each.name, each.name): f"{each.value:g}" for each in config.parameters.all()
    }


def against_baseline(runs: list[Run], baseline: Run) -> list[Against]:
    """Say of each run how it compares with the baseline; p of several pairs is Holm's."""
    found = [_compared(run, baseline) for run in runs]
    places = [place for place, each in enumerate(found) if isinstance(each, Comparison)]
    adjusted = dict(
        zip(places, holm([found[at].p for at in places]), strict=True)  # type: ignore[union-attr]
    )
    said = []
    for place, each in enumerate(found):
        if isinstance(each, str):
            said.append(Against(each))
            continue
        words = verdict(
            each.value,
            each.interval,
            adjusted[place],
            n_groups=each.n_groups,
            many=baseline.experiment.result.groups_are,
        )
        said.append(Against(words, each, adjusted[place], _points(each)))
    return said


def _points(found: Comparison) -> str:
    value = signed(100 * found.value, 1)
    if found.interval is None:
        return value
    low, high = (signed(100 * end, 1) for end in found.interval)
    return f"{value} ({low} to {high})"


def _compared(run: Run, baseline: Run) -> Comparison | str:
    if run is baseline:
        return "the baseline"
    one, other = run.experiment.result, baseline.experiment.result
    if run.experiment.dataset_id != baseline.experiment.dataset_id:
        return "not comparable: another dataset"
    if one.rows_fingerprint != other.rows_fingerprint:
        return "not comparable: other signals, classes or groups"
    if one.protocol != other.protocol:
        return "not comparable: another protocol"
    try:
        return compare(
            run.scored, baseline.scored, many=other.groups_are, seed=baseline.experiment.config.seed
        )
    except VibrationError:
        return "not comparable: other folds, of another seed"
