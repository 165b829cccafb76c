"""The numbers of an experiment as they are kept and shown, each from its stored predictions."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from vibration.learning.details import (
    accuracy_by,
    accuracy_of_folds,
    calibration_bins,
    class_curves,
)
from vibration.learning.evaluation import Evaluation, Predictions
from vibration.learning.intervals import balanced_accuracy, interval_of, macro_f1
from vibration.learning.reasons import suspicious_labels
from vibration.learning.report import report_of
from vibration.learning.scores import Scores

MOST_VALUES: Final = 60  # of a condition that is shown value by value
MOST_GROUPS_FOR_MATRICES: Final = 20_000  # beyond, their confusion matrices fill the memory


def report_numbers(
    evaluation: Evaluation,
    *,
    class_codes: list[str],
    class_names: list[str],
    many: str,
    new: str,
    notes: list[str],
    facts: Mapping[str, Sequence[str]],
    seed: int,
) -> dict[str, Any]:
    """Return every number of an evaluation's report, as JSON holds it."""
    report = report_of(evaluation, classes=class_names, many=many, new=new, seed=seed)
    scored = evaluation.scored
    n_groups = int(scored.groups.max()) + 1
    return {
        "class_codes": class_codes,
        "classes": class_names,
        "n_signals": int(scored.y.size),
        "n_groups": n_groups,
        "groups_are": many,
        "new": new,
        "interval": _interval(report.interval),
        "intervals": _intervals(scored, seed) if n_groups <= MOST_GROUPS_FOR_MATRICES else {},
        "majority": report.majority,
        "gap": report.gap,
        "gap_interval": _interval(report.gap_interval),
        "scores": _scores(report.scores),
        "mirrored": _scores(report.mirrored),
        "warning": " ".join([*notes, *filter(None, [report.warning])]),
        "doubt": report.doubt,
        "folds": [list(fold) for fold in accuracy_of_folds(scored)],
        "curves": [_curves(scored, number) for number in range(len(class_codes))],
        "calibration": [asdict(each) for each in calibration_bins(scored)],
        "by": by_condition(scored, facts),
        "suspicious": suspicious_labels(scored).tolist(),
    }


def by_condition(
    scored: Predictions, facts: Mapping[str, Sequence[str]]
) -> dict[str, list[dict[str, Any]]]:
    """Return the accuracy for each value of the conditions that have two values or more."""
    found = {}
    for name, values in facts.items():
        if 1 < len({value for value in values if value}) <= MOST_VALUES:
            found[name] = [asdict(part) for part in accuracy_by(scored, values)]
    return found


def _intervals(scored: Predictions, seed: int) -> dict[str, list[float] | None]:
    return {
        name: _interval(interval_of(scored, statistic, seed=seed))
        for name, statistic in (("balanced_accuracy", balanced_accuracy), ("macro_f1", macro_f1))
    }


def _curves(scored: Predictions, number: int) -> dict[str, Any]:
    curves = class_curves(scored, number)
    return {
        "auroc": curves.auroc,
        "average_precision": curves.average_precision,
        "false_positives": curves.false_positives.round(5).tolist(),
        "true_positives": curves.true_positives.round(5).tolist(),
        "recall": curves.recall.round(5).tolist(),
        "precision": curves.precision.round(5).tolist(),
    }


def _interval(limits: tuple[float, float] | None) -> list[float] | None:
    return None if limits is None else list(limits)


def _scores(scores: Scores) -> dict[str, Any]:
    return {
        "accuracy": scores.accuracy,
        "balanced_accuracy": scores.balanced_accuracy,
        "macro_f1": scores.macro_f1,
        "brier": scores.brier,
        "log_loss": scores.log_loss,
        "ece": scores.ece,
        "recall": scores.recall.tolist(),
        "precision": scores.precision.tolist(),
        "confusion": scores.confusion.tolist(),
        "of_repeats": list(scores.of_repeats),
    }
