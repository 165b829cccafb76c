"""What stands behind a score: curves, calibration, folds, and how right it is where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from vibration.errors import VibrationError
from vibration.learning.curves import precision_recall_points, roc_points
from vibration.learning.evaluation import Predictions
from vibration.learning.groups import Numbers, Values
from vibration.learning.protocols import NEVER
from vibration.learning.scores import BINS

MOST_POINTS: Final = 200


@dataclass(frozen=True, eq=False)
class ClassCurves:
    """How well the probability of a class parts its rows from the others.

    Attributes
    ----------
    auroc, average_precision : float or None
        Means of the folds that hold both kinds of rows; None where no fold does.
    false_positives, true_positives : ndarray
        ROC curve of all folds' rows pooled.
    recall, precision : ndarray
        Precision–recall curve, pooled.
    """

    auroc: float | None
    average_precision: float | None
    false_positives: Values
    true_positives: Values
    recall: Values
    precision: Values


def class_curves(predictions: Predictions, number: int) -> ClassCurves:
    """Curves of one class against the others.

    Areas are means over folds, for scores of different folds' models do not rank together; the
    curves pool them and are to be labelled so.

    References
    ----------
    T. Fawcett, "An introduction to ROC analysis", Pattern Recognit. Lett. 27 (2006).

    Parameters
    ----------
    predictions : Predictions
    number : int
        Of the class.

    Returns
    -------
    ClassCurves

    Examples
    --------
    >>> y, p = np.array([0, 1, 0, 1]), np.array([0.9, 0.2, 0.6, 0.4])
    >>> run = Predictions(y, y, np.zeros((1, 4), np.int64), np.stack([p, 1 - p], axis=1)[None])
    >>> class_curves(run, 0).auroc
    1.0
    """
    from sklearn.metrics import average_precision_score, roc_auc_score

    areas, precisions = [], []
    for folds, p in zip(predictions.folds, predictions.probabilities, strict=True):
        for fold in np.unique(folds[folds != NEVER]):
            rows = folds == fold
            own = predictions.y[rows] == number
            if own.any() and not own.all():
                areas.append(float(roc_auc_score(own, p[rows, number])))
                precisions.append(float(average_precision_score(own, p[rows, number])))
    try:
        false, true = roc_points(predictions, number)
        recall, precision = precision_recall_points(predictions, number)
    except VibrationError:  # nothing to part
        nothing = np.zeros(0)
        return ClassCurves(None, None, nothing, nothing, nothing, nothing)
    kept, held = _thinned(false.size), _thinned(recall.size)
    return ClassCurves(
        auroc=float(np.mean(areas)) if areas else None,
        average_precision=float(np.mean(precisions)) if precisions else None,
        false_positives=false[kept],
        true_positives=true[kept],
        recall=recall[held],
        precision=precision[held],
    )


def _thinned(n: int) -> Numbers:
    return np.unique(np.linspace(0, n - 1, min(n, MOST_POINTS)).astype(np.int64))


@dataclass(frozen=True)
class CalibrationBin:
    """Rows whose top probability lies in one tenth.

    Attributes
    ----------
    n : int
        Rows, of all repeats.
    confidence, accuracy : float
        Mean top probability, and the share that is right.
    """

    n: int
    confidence: float
    accuracy: float


def calibration_bins(predictions: Predictions) -> list[CalibrationBin]:
    """Compare confidence with being right, in ten equal bins of the top probability.

    Parameters
    ----------
    predictions : Predictions

    Returns
    -------
    list of CalibrationBin
        Of the bins that hold rows, the lowest first.

    Examples
    --------
    >>> y = np.array([0, 0])
    >>> p = np.array([[[0.95, 0.05], [0.35, 0.65]]])
    >>> calibration_bins(Predictions(y, y, np.zeros((1, 2), np.int64), p))[0]
    CalibrationBin(n=1, confidence=0.65, accuracy=0.0)
    """
    tested = predictions.folds != NEVER
    p = predictions.probabilities[tested]
    right = p.argmax(axis=1) == np.broadcast_to(predictions.y, predictions.folds.shape)[tested]
    top = p.max(axis=1)
    bins = np.minimum((BINS * top).astype(np.int64), BINS - 1)
    return [
        CalibrationBin(
            int((bins == b).sum()), float(top[bins == b].mean()), float(right[bins == b].mean())
        )
        for b in np.unique(bins).tolist()
    ]


@dataclass(frozen=True)
class Part:
    """Rows that share a value of a condition.

    Attributes
    ----------
    value : str
    n : int
        Rows.
    n_groups : int
    accuracy : float
        Mean over repeats.
    """

    value: str
    n: int
    n_groups: int
    accuracy: float


def accuracy_by(predictions: Predictions, values: Sequence[str]) -> list[Part]:
    """Accuracy of the rows of each value of a condition.

    Parameters
    ----------
    predictions : Predictions
    values : sequence of str
        Value of each row, empty where it has none.

    Returns
    -------
    list of Part
        Numbers in their order, then words; without the rows that have no value.

    Examples
    --------
    >>> y, p = np.array([0, 0]), np.array([[[0.9, 0.1], [0.2, 0.8]]])
    >>> run = Predictions(y, y, np.zeros((1, 2), np.int64), p)
    >>> [(part.value, part.accuracy) for part in accuracy_by(run, ["10", "9"])]
    [('9', 0.0), ('10', 1.0)]
    """
    stated = np.asarray(values, dtype=str)
    parts = []
    for value in sorted({str(each) for each in stated if each}, key=_order):
        rows = stated == value
        tested = predictions.folds[:, rows] != NEVER
        if not tested.any():
            continue
        right = (predictions.classes[:, rows] == predictions.y[rows]) & tested
        members = predictions.groups[rows][tested.any(axis=0)]
        share = float(right.sum() / tested.sum())
        parts.append(Part(value, int(tested.any(axis=0).sum()), np.unique(members).size, share))
    return parts


def _order(value: str) -> tuple[int, float, str]:
    try:
        return 0, float(value), value
    except ValueError:
        return 1, 0.0, value


def accuracy_of_folds(predictions: Predictions) -> list[tuple[int, int, float]]:
    """Accuracy of each fold: its repeat, its number and the share of its rows that is right.

    Parameters
    ----------
    predictions : Predictions

    Returns
    -------
    list of (int, int, float)

    Examples
    --------
    >>> y, p = np.array([0, 0]), np.array([[[0.9, 0.1], [0.2, 0.8]]])
    >>> accuracy_of_folds(Predictions(y, y, np.array([[0, 1]]), p))
    [(0, 0, 1.0), (0, 1, 0.0)]
    """
    return [
        (repeat, int(fold), float((said == predictions.y)[folds == fold].mean()))
        for repeat, (folds, said) in enumerate(
            zip(predictions.folds, predictions.classes, strict=True)
        )
        for fold in np.unique(folds[folds != NEVER])
    ]
