"""Numbers of predictions: how often they are right, and how well they know it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.learning.evaluation import Predictions
from vibration.learning.groups import Numbers, Values
from vibration.learning.protocols import NEVER

BINS: Final = 10


@dataclass(frozen=True, eq=False)
class Scores:
    """The numbers of one run; with repeats, their means.

    Attributes
    ----------
    accuracy, balanced_accuracy, macro_f1 : float
        0 to 1.
    brier, log_loss, ece : float
        Of the probabilities; 0 is best.
    recall, precision : ndarray, shape (K,)
        Of each class, from the pooled confusion matrix; 0 where nothing was to be found.
    confusion : ndarray, shape (K, K)
        Rows of each class (down) by the class that was said (across).
    of_repeats : tuple of float
        Accuracy of each repeat.
    """

    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    brier: float
    log_loss: float
    ece: float
    recall: Values
    precision: Values
    confusion: Values
    of_repeats: tuple[float, ...]


def scores_of(predictions: Predictions) -> Scores:
    """Compute every number of a run from its stored predictions.

    Accuracy, recall and precision come from the confusion matrix pooled over folds and averaged
    over repeats; Brier = mean Σ_k (p_k − 1[y = k])².

    References
    ----------
    G. W. Brier, "Verification of forecasts expressed in terms of probability", Mon. Weather Rev.
    78 (1950).

    Parameters
    ----------
    predictions : Predictions

    Returns
    -------
    Scores

    Examples
    --------
    >>> y, folds = np.array([0, 1]), np.array([[0, 1]])
    >>> scores = scores_of(Predictions(y, y, folds, np.array([[[0.8, 0.2], [0.6, 0.4]]])))
    >>> scores.accuracy, round(scores.brier, 2), round(scores.ece, 2)
    (0.5, 0.4, 0.4)
    """
    from sklearn.metrics import log_loss

    y, n_classes = predictions.y, predictions.probabilities.shape[-1]
    confusion = np.zeros((n_classes, n_classes))
    for answers in predictions.classes:
        tested = answers != NEVER
        np.add.at(confusion, (y[tested], answers[tested]), 1 / len(predictions.folds))
    hits, actual, said = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    recall, precision = _share(hits, actual), _share(hits, said)
    known = actual > 0
    repeats = []
    for folds, probabilities in zip(predictions.folds, predictions.probabilities, strict=True):
        rows = folds != NEVER
        p, right = probabilities[rows], probabilities[rows].argmax(axis=1) == y[rows]
        repeats.append(
            (
                right.mean(),
                ((p - np.eye(n_classes)[y[rows]]) ** 2).sum(axis=1).mean(),
                log_loss(y[rows], p, labels=np.arange(n_classes)),
                calibration_error(p.max(axis=1), right),
            )
        )
    _, brier, loss, ece = np.mean(repeats, axis=0).tolist()
    return Scores(
        accuracy=float(hits.sum() / confusion.sum()),
        balanced_accuracy=float(recall[known].mean()),
        macro_f1=float(_share(2 * hits, actual + said).mean()),
        brier=brier,
        log_loss=loss,
        ece=ece,
        recall=recall,
        precision=precision,
        confusion=confusion,
        of_repeats=tuple(float(repeat[0]) for repeat in repeats),
    )


def _share(part: Values, whole: Values) -> Values:
    return np.divide(part, whole, out=np.zeros_like(part, dtype=np.float64), where=whole > 0)


def confusions(predictions: Predictions) -> Values:
    """Confusion matrix of each group, its mean over repeats.

    Parameters
    ----------
    predictions : Predictions

    Returns
    -------
    ndarray, shape (G, K, K)
        Rows of a group by their class and by the class that was said.

    Examples
    --------
    >>> y = np.array([0, 1])
    >>> found = Predictions(y, y, np.array([[0, 1]]), np.array([[[0.8, 0.2], [0.6, 0.4]]]))
    >>> confusions(found).tolist()
    [[[1.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [1.0, 0.0]]]
    """
    n_classes = predictions.probabilities.shape[-1]
    found = np.zeros((int(predictions.groups.max()) + 1, n_classes, n_classes))
    for said in predictions.classes:
        rows = said != NEVER
        np.add.at(found, (predictions.groups[rows], predictions.y[rows], said[rows]), 1.0)
    return found / len(predictions.folds)


def hits_and_rows(predictions: Predictions) -> Values:
    """Right answers of each group and its rows, their means over repeats.

    Parameters
    ----------
    predictions : Predictions

    Returns
    -------
    ndarray, shape (G, 2)

    Examples
    --------
    >>> y, groups = np.array([0, 1, 1]), np.array([0, 1, 1])
    >>> p = np.array([[[0.8, 0.2], [0.6, 0.4], [0.0, 1.0]]])
    >>> hits_and_rows(Predictions(y, groups, np.zeros((1, 3), np.int64), p)).tolist()
    [[1.0, 1.0], [1.0, 2.0]]
    """
    n_groups = int(predictions.groups.max()) + 1
    found = np.zeros((n_groups, 2))
    for said in predictions.classes:
        rows = said != NEVER
        members, right = predictions.groups[rows], said[rows] == predictions.y[rows]
        found[:, 0] += np.bincount(members, right, minlength=n_groups)
        found[:, 1] += np.bincount(members, minlength=n_groups)
    return found / len(predictions.folds)


def calibration_error(confidence: npt.ArrayLike, right: npt.ArrayLike) -> float:
    """Expected calibration error: how far confidence and being right lie apart.

    ECE = Σ_b n_b/n·|accuracy_b − confidence_b| over ten equal bins, b = min(⌊10 p⌋, 9).

    References
    ----------
    C. Guo et al., "On calibration of modern neural networks", ICML 2017.

    Parameters
    ----------
    confidence : array_like, shape (n,)
        Top probability of each row.
    right : array_like of bool, shape (n,)
        Whether its class was the right one.

    Returns
    -------
    float

    Examples
    --------
    >>> round(calibration_error([0.95, 0.85, 0.65, 0.55, 0.55], [1, 1, 0, 1, 0]), 2)
    0.19
    """
    top, hit = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    bins: Numbers = np.minimum((BINS * top).astype(np.int64), BINS - 1)
    apart = np.bincount(bins, hit - top, minlength=BINS)
    return float(np.abs(apart).sum() / top.size)
