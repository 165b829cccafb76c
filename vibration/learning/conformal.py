"""Sets of classes that hold the right one as often as promised, and abstention in words."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.learning.evaluation import Predictions
from vibration.learning.groups import Numbers, Values
from vibration.learning.protocols import NEVER

MISSED: Final = 0.1
BLOCKS: Final = 100
_ROUNDING: Final = 1e-9


def conformal_quantile(scores: npt.ArrayLike, *, missed: float = MISSED) -> float:
    """Threshold below which a class is kept: the ⌈(n + 1)(1 − α)⌉-th smallest score.

    1, which keeps every class, where that number exceeds n.

    References
    ----------
    V. Vovk, A. Gammerman, G. Shafer, *Algorithmic Learning in a Random World*, Springer 2005.

    Parameters
    ----------
    scores : array_like, shape (n,)
        1 − probability of the right class.
    missed : float
        α, the share of sets that may miss the right class.

    Returns
    -------
    float

    Examples
    --------
    >>> scores = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    >>> conformal_quantile(scores), conformal_quantile(scores[:8])
    (0.9, 1.0)
    """
    ordered = np.sort(np.asarray(scores, dtype=np.float64))
    rank = math.ceil((ordered.size + 1) * (1 - missed) - _ROUNDING)
    return 1.0 if rank > ordered.size else float(ordered[rank - 1])


def class_thresholds(
    probabilities: npt.ArrayLike, y: npt.ArrayLike, *, missed: float = MISSED
) -> Values:
    """Threshold of each class, from rows that the model was not trained on.

    Parameters
    ----------
    probabilities : array_like, shape (n, K)
        Out-of-fold, by group.
    y : array_like of int, shape (n,)
        Class of each row.
    missed : float
        α, the share of sets that may miss the right class.

    Returns
    -------
    ndarray, shape (K,)

    Raises
    ------
    VibrationError
        For a share that is not between 0 and 1.

    Examples
    --------
    >>> class_thresholds([[0.9, 0.1]] * 9, [0] * 9).round(6).tolist()
    [0.1, 1.0]
    """
    if not 0 < missed < 1:
        raise VibrationError(f"A share of {missed:g} is not between 0 and 1.", field="missed")
    p, classes = np.asarray(probabilities, dtype=np.float64), np.asarray(y, dtype=np.int64)
    return np.array(
        [conformal_quantile(1 - p[classes == k, k], missed=missed) for k in range(p.shape[1])]
    )


def prediction_sets(
    probabilities: npt.ArrayLike, thresholds: npt.ArrayLike
) -> npt.NDArray[np.bool_]:
    """Return which classes are kept: those with 1 − p ≤ the threshold of the class.

    Parameters
    ----------
    probabilities : array_like, shape (n, K)
    thresholds : array_like, shape (K,)
        Of `class_thresholds`.

    Returns
    -------
    ndarray of bool, shape (n, K)

    Examples
    --------
    >>> prediction_sets([[0.6, 0.4], [0.95, 0.05]], [0.5, 0.7]).tolist()
    [[True, True], [True, False]]
    """
    kept: npt.NDArray[np.bool_] = (
        1 - np.asarray(probabilities, dtype=np.float64)
        <= np.asarray(thresholds, dtype=np.float64) + _ROUNDING
    )
    return kept


def set_words(kept: npt.ArrayLike, classes: list[str]) -> str:
    """Say a set of classes as an answer.

    Parameters
    ----------
    kept : array_like of bool, shape (K,)
    classes : list of str
        Names of the classes.

    Returns
    -------
    str

    Examples
    --------
    >>> set_words([True, False, True], ["B", "IR", "OR"]), set_words([False], ["B"])
    ('B or OR', 'none of the classes')
    """
    names = [name for name, held in zip(classes, np.asarray(kept).tolist(), strict=True) if held]
    return " or ".join(names) or "none of the classes"


@dataclass(frozen=True, eq=False)
class Coverage:
    """How often sets held the right class, measured on groups that gave no threshold.

    Attributes
    ----------
    share : float
        Of all rows.
    of_classes : ndarray, shape (K,)
        Of the rows of each class; NaN where it has none.
    mean_size : float
        Classes in a set.
    """

    share: float
    of_classes: Values
    mean_size: float


def measured_coverage(predictions: Predictions, *, missed: float = MISSED) -> Coverage:
    """Measure the coverage of sets by leaving groups out.

    The thresholds for the rows of a group come from the out-of-fold probabilities of the other
    groups. More than 100 groups are left out a hundredth at a time.

    Parameters
    ----------
    predictions : Predictions
        By group; probabilities of repeats are averaged.
    missed : float
        α, the share of sets that may miss the right class.

    Returns
    -------
    Coverage

    Raises
    ------
    VibrationError
        For fewer than two groups.

    Examples
    --------
    >>> y, folds = np.zeros(40, np.int64), np.zeros((1, 40), np.int64)
    >>> p = np.linspace(0.5, 1, 40)
    >>> run = Predictions(y, np.arange(40), folds, np.stack([p, 1 - p], axis=1)[np.newaxis])
    >>> measured_coverage(run).share
    0.9
    """
    rows, p = mean_probabilities(predictions)
    y, groups = predictions.y[rows], predictions.groups[rows]
    held = np.unique(groups)
    if held.size < 2:
        raise VibrationError("Coverage is measured over two groups or more.", field="predictions")
    kept = np.zeros(p.shape, dtype=bool)
    for block in np.array_split(np.random.default_rng(0).permutation(held), min(held.size, BLOCKS)):
        test = np.isin(groups, block)
        kept[test] = prediction_sets(p[test], class_thresholds(p[~test], y[~test], missed=missed))
    covered = kept[np.arange(y.size), y]
    counts = np.bincount(y, minlength=p.shape[1]).astype(np.float64)
    right = np.bincount(y, covered, minlength=p.shape[1])
    return Coverage(
        share=float(covered.mean()),
        of_classes=np.divide(right, counts, out=np.full(counts.size, np.nan), where=counts > 0),
        mean_size=float(kept.sum(axis=1).mean()),
    )


def mean_probabilities(predictions: Predictions) -> tuple[Numbers, Values]:
    """Return the rows that were tested, and their probabilities averaged over repeats.

    Parameters
    ----------
    predictions : Predictions

    Returns
    -------
    rows : ndarray, shape (m,)
        Tested rows.
    probabilities : ndarray, shape (m, K)

    Examples
    --------
    >>> y, p = np.array([0, 1]), np.array([[[1.0, 0.0], [0.5, 0.5]], [[0.0, 1.0], [0.5, 0.5]]])
    >>> rows, mean = mean_probabilities(Predictions(y, y, np.zeros((2, 2), np.int64), p))
    >>> rows.tolist(), mean.tolist()
    ([0, 1], [[0.5, 0.5], [0.5, 0.5]])
    """
    rows = np.flatnonzero((predictions.folds != NEVER).any(axis=0)).astype(np.int64)
    return rows, np.nanmean(predictions.probabilities[:, rows], axis=0)
