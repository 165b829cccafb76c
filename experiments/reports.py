"""The numbers of an experiment as they are kept and shown, each from its stored predictions."""

from typing import Any

from vibration.learning.evaluation import Evaluation
from vibration.learning.report import Report, report_of
from vibration.learning.scores import Scores


def report_numbers(
    evaluation: Evaluation,
    *,
    class_codes: list[str],
    class_names: list[str],
    many: str,
    new: str,
    notes: list[str],
    seed: int,
) -> dict[str, Any]:
    """Return every number of an evaluation's report, as JSON holds it."""
    report = report_of(evaluation, classes=class_names, many=many, new=new, seed=seed)
    return {
        "class_codes": class_codes,
        "classes": class_names,
        "n_signals": int(evaluation.scored.y.size),
        "n_groups": int(evaluation.scored.groups.max()) + 1,
        "groups_are": many,
        "new": new,
        "interval": _interval(report.interval),
        "majority": report.majority,
        "gap": report.gap,
        "gap_interval": _interval(report.gap_interval),
        "scores": _scores(report.scores),
        "mirrored": _scores(report.mirrored),
        "warning": _warning(report, notes),
        "doubt": report.doubt,
    }


def _warning(report: Report, notes: list[str]) -> str:
    return " ".join([*notes, *filter(None, [report.warning])])


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
