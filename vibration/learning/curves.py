"""Curves of a run, pooled over folds and repeats: ROC, precision and recall."""

import numpy as np

from vibration.errors import VibrationError
from vibration.learning.evaluation import Predictions
from vibration.learning.groups import Numbers, Values
from vibration.learning.protocols import NEVER


def roc_points(predictions: Predictions, number: int) -> tuple[Values, Values]:
    """False and true positive rate of a class against the rest, over all thresholds.

    Pooled scores of several folds draw a curve; the area under it is no AUROC of any model.

    References
    ----------
    T. Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27 (2006).

    Parameters
    ----------
    predictions : Predictions
    number : int
        Of the class.

    Returns
    -------
    false_rate, true_rate : ndarray, shape (t,)

    Raises
    ------
    VibrationError
        Where no tested row has the class, or every one has.

    Examples
    --------
    >>> y, p = np.array([0, 1]), np.array([[[0.9, 0.1], [0.2, 0.8]]])
    >>> run = Predictions(y, y, np.zeros((1, 2), np.int64), p)
    >>> [line.tolist() for line in roc_points(run, 1)]
    [[0.0, 0.0, 1.0], [0.0, 1.0, 1.0]]
    """
    from sklearn.metrics import roc_curve

    y, p = _of_class(predictions, number)
    false_rate, true_rate, _ = roc_curve(y, p)
    return np.asarray(false_rate, dtype=np.float64), np.asarray(true_rate, dtype=np.float64)


def precision_recall_points(predictions: Predictions, number: int) -> tuple[Values, Values]:
    """Recall and precision of a class over all thresholds, recall falling.

    References
    ----------
    J. Davis, M. Goadrich, "The relationship between precision-recall and ROC curves", ICML 2006.

    Parameters
    ----------
    predictions : Predictions
    number : int
        Of the class.

    Returns
    -------
    recall, precision : ndarray, shape (t,)

    Raises
    ------
    VibrationError
        Where no tested row has the class, or every one has.

    Examples
    --------
    >>> y, p = np.array([0, 1]), np.array([[[0.9, 0.1], [0.2, 0.8]]])
    >>> run = Predictions(y, y, np.zeros((1, 2), np.int64), p)
    >>> [line.tolist() for line in precision_recall_points(run, 1)]
    [[1.0, 1.0, 0.0], [0.5, 1.0, 1.0]]
    """
    from sklearn.metrics import precision_recall_curve

    y, p = _of_class(predictions, number)
    precision, recall, _ = precision_recall_curve(y, p)
    return np.asarray(recall, dtype=np.float64), np.asarray(precision, dtype=np.float64)


def _of_class(predictions: Predictions, number: int) -> tuple[Numbers, Values]:
    tested = predictions.folds != NEVER
    y = np.broadcast_to(predictions.y, predictions.folds.shape)[tested]
    own = (y == number).astype(np.int64)
    if own.min() == own.max():
        raise VibrationError("A curve needs rows of the class and others.", field="number")
    return own, predictions.probabilities[tested][:, number]
