"""Curves of several runs over each other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from experiments.comparison.selectors import Run
from experiments.results.charts import Axis, Line
from vibration.errors import VibrationError
from vibration.learning.curves import precision_recall_points, roc_points
from vibration.learning.details import calibration_bins
from vibration.learning.groups import Values

SHARE: Final = (0.0, 1.0)


@dataclass(frozen=True)
class Curve:
    """A kind of curve: its title, its axes, and what it is of one run and class."""

    title: str
    x: Axis
    y: Axis
    points: Callable[[Run, int], tuple[Values, Values]]
    has_diagonal: bool = True
    of_class: bool = True


def _calibration(run: Run) -> tuple[Values, Values]:
    bins = calibration_bins(run.scored)
    return np.array([b.confidence for b in bins]), np.array([b.accuracy for b in bins])


CURVES: Final = {
    "roc": Curve(
        "ROC",
        Axis("False positive rate", *SHARE),
        Axis("True positive rate", *SHARE),
        lambda run, number: roc_points(run.scored, number),
    ),
    "pr": Curve(
        "Precision and recall",
        Axis("Recall", *SHARE),
        Axis("Precision", *SHARE),
        lambda run, number: precision_recall_points(run.scored, number),
        has_diagonal=False,
    ),
    "calibration": Curve(
        "Calibration",
        Axis("Top probability", *SHARE),
        Axis("Share right", *SHARE),
        lambda run, number: _calibration(run),
        of_class=False,
    ),
}


def curve_lines(runs: list[Run], code: str, fault_class: str) -> list[Line]:
    """Return one line a run that knows the class, named after its experiment."""
    lines = []
    for run in runs:
        if fault_class not in run.codes:
            continue
        try:
            x, y = CURVES[code].points(run, run.codes.index(fault_class))
        except VibrationError:  # no row of the class was tested
            continue
        lines.append(Line(run.experiment.name, x, y, note=f"id {run.experiment.pk}"))
    return lines
