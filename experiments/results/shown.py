"""A ready experiment as its page shows it: all of it from its report."""

from typing import Any

import numpy as np

from experiments.exports.scripts import script_of
from experiments.models import Experiment
from experiments.results.files import (
    CONFIG,
    PREDICTIONS,
    experiment_file,
    predictions_read,
    report_read,
)
from experiments.training.rows import CONDITIONS
from signals.models import FaultClass
from vibration.learning.words import percent


def experiment_shown(user: Any, experiment: Experiment) -> dict[str, Any]:
    """Return what the result page shows of a ready experiment."""
    report = report_read(experiment)
    classes = {each.code: each for each in FaultClass.objects.all()}
    own = [classes.get(code) for code in report["class_codes"]]
    return {
        "report": report,
        "scoreboard": scoreboard(report),
        "per_class": [
            {
                "fault_class": each,
                "name": name,
                "recall": f"{100 * recall:.1f}",
                "precision": f"{100 * precision:.1f}",
                "auroc": _decimal(curves["auroc"]),
                "average_precision": _decimal(curves["average_precision"]),
            }
            for each, name, recall, precision, curves in zip(
                own,
                report["classes"],
                report["scores"]["recall"],
                report["scores"]["precision"],
                report["curves"],
                strict=True,
            )
        ],
        "confusion": confusion(report, own),
        "conditions": [
            {
                "title": CONDITIONS.get(name, "Specimen"),
                "parts": [part | {"percent": percent(part["accuracy"])} for part in parts],
            }
            for name, parts in report.get("by", {}).items()
        ],
        "n_suspicious": len(report.get("suspicious", [])),
        "config_text": experiment_file(experiment, CONFIG).read_bytes().decode(),
        "script_text": script_of(experiment),
    }


def scoreboard(report: dict[str, Any]) -> dict[str, Any]:
    """Return the score with its interval, and what stands beside it, as texts."""
    repeats = report["scores"]["of_repeats"]
    return {
        "score": percent(report["scores"]["accuracy"]),
        "interval": interval_words(report["interval"]),
        "random": percent(report["mirrored"]["accuracy"]),
        "majority": percent(report["majority"]),
        "gap": f"{100 * report['gap']:.1f}".replace("-", "−"),
        "gap_interval": interval_words(report["gap_interval"]),
        "repeats": f"{percent(min(repeats))}–{percent(max(repeats))}" if len(repeats) > 1 else "",
        "n_repeats": len(repeats),
        "balanced": percent(report["scores"]["balanced_accuracy"]),
        "macro_f1": percent(report["scores"]["macro_f1"]),
        "balanced_interval": interval_words(report["intervals"].get("balanced_accuracy")),
        "f1_interval": interval_words(report["intervals"].get("macro_f1")),
        **{name: f"{report['scores'][name]:.3f}" for name in ("brier", "log_loss", "ece")},
    }


def _decimal(share: float | None) -> str:
    return "–" if share is None else f"{share:.3f}"


def interval_words(limits: list[float] | None) -> str:
    if limits is None:
        return ""
    return "–".join(f"{100 * limit:.1f}".replace("-", "−") for limit in limits)


def confusion(report: dict[str, Any], classes: list[Any]) -> list[dict[str, Any]]:
    """Return the confusion matrix row by row: mean counts over repeats and shares of the row."""
    rows = []
    for number, counts in enumerate(report["scores"]["confusion"]):
        total = sum(counts)
        cells = [
            {
                "n": f"{n:.1f}".removesuffix(".0"),
                "share": round(100 * n / total) if total else 0,
                "level": min(10, round(10 * n / total)) if total else 0,
                "is_right": place == number,
                "said": place,
            }
            for place, n in enumerate(counts)
        ]
        rows.append(
            {
                "fault_class": classes[number],
                "name": report["classes"][number],
                "number": number,
                "n": f"{total:.1f}".removesuffix(".0"),
                "cells": cells,
            }
        )
    return rows


def suspicious_signals(experiment: Experiment) -> list[int]:
    """Return the ids of the signals whose label the model doubts."""
    _, signals, _, _ = predictions_read(experiment_file(experiment, PREDICTIONS))
    return [signals[row] for row in report_read(experiment)["suspicious"]]


def signals_said(experiment: Experiment, actual: int, said: int) -> list[int]:
    """Return the ids of the signals of a class for which a class was said, in any repeat."""
    path = experiment_file(experiment, PREDICTIONS)
    evaluation, signals, _, _ = predictions_read(path)
    scored = evaluation.scored
    found = (scored.y == actual) & (scored.classes == said).any(axis=0)
    return [signals[row] for row in np.flatnonzero(found).tolist()]
