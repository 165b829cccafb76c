"""How far scores can be trusted: bootstrap over whole groups, and its limits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from vibration.learning.evaluation import Predictions
from vibration.learning.groups import Numbers, Values, classes_of_groups
from vibration.learning.protocols import NEVER
from vibration.learning.scores import confusions, hits_and_rows

N_DRAWS: Final = 10_000
LOW, HIGH = 0.025, 0.975
FEW_GROUPS: Final = 5
_AT_ONCE: Final = 4_000_000

Interval = tuple[float, float]


def drawn_sums(parts: Values, classes: Numbers, *, seed: int = 0, n_draws: int = N_DRAWS) -> Values:
    """Sums over groups that are drawn again: within each class as many as it has, replaced.

    Groups whose numbers are equal are drawn as one with their joint chance, which is the same
    distribution and keeps a hundred thousand rows as quick as nine bearings.

    References
    ----------
    A. C. Davison, D. V. Hinkley, *Bootstrap Methods and their Application*, Cambridge 1997, §3.8.

    Parameters
    ----------
    parts : ndarray, shape (G, m)
        Numbers of each group that add up.
    classes : ndarray of int, shape (G,)
        Class of each group.
    seed, n_draws : int
        Of the draws.

    Returns
    -------
    ndarray, shape (n_draws, m)

    Examples
    --------
    >>> sums = drawn_sums(np.array([[1.0], [3.0]]), np.array([0, 0]), n_draws=500)
    >>> np.unique(sums).tolist()
    [2.0, 4.0, 6.0]
    """
    random = np.random.default_rng(seed)
    sums = np.zeros((n_draws, parts.shape[1]))
    for number in np.unique(classes):
        kinds, counts = np.unique(parts[classes == number], axis=0, return_counts=True)
        n_groups = int(counts.sum())
        step = max(1, _AT_ONCE // len(kinds))
        for first in range(0, n_draws, step):
            size = min(step, n_draws - first)
            drawn = random.multinomial(n_groups, counts / n_groups, size=size)
            sums[first : first + size] += drawn @ kinds
    return sums


def fewest_groups(predictions: Predictions) -> int:
    """Return how many tested groups the class with the fewest has, each group in its own class.

    Parameters
    ----------
    predictions : Predictions

    Returns
    -------
    int

    Examples
    --------
    >>> y, groups = np.array([0, 0, 1, 1]), np.array([0, 1, 2, 2])
    >>> fewest_groups(Predictions(y, groups, y[np.newaxis], np.full((1, 4, 2), 0.5)))
    1
    """
    _, classes = _tested(predictions)
    return int(np.unique(classes, return_counts=True)[1].min())


def interval_of(
    predictions: Predictions,
    statistic: Callable[[Values], Values],
    *,
    seed: int = 0,
    n_draws: int = N_DRAWS,
) -> Interval | None:
    """95 % interval of a statistic of the confusion matrix, by bootstrap over groups.

    Groups are drawn within their class, their confusion matrices summed, and the quantiles 0.025
    and 0.975 of the statistic taken. Where every row is right the bootstrap knows no doubt: the
    interval is then that of Clopper and Pearson for G groups of G, [0.025^(1/G), 1].

    References
    ----------
    C. J. Clopper, E. S. Pearson, Biometrika 26 (1934); Davison and Hinkley (see `drawn_sums`).

    Parameters
    ----------
    predictions : Predictions
    statistic : callable
        Of matrices of shape (B, K, K), such as `accuracy`; 0 to 1.
    seed, n_draws : int
        Of the draws.

    Returns
    -------
    (float, float) or None
        None where a class has one group.

    Examples
    --------
    >>> y = np.zeros(4, np.int64)
    >>> found = Predictions(y, np.arange(4), y[np.newaxis], np.ones((1, 4, 1)))
    >>> [round(limit, 3) for limit in interval_of(found, accuracy)]
    [0.398, 1.0]
    """
    if fewest_groups(predictions) < 2:
        return None
    tested, classes = _tested(predictions)
    numbers = hits_and_rows(predictions)[tested]
    if (numbers[:, 0] == numbers[:, 1]).all():
        return LOW ** (1 / tested.size), 1.0
    if statistic is accuracy:  # needs no matrices, which many classes of many groups make large
        hits, rows = drawn_sums(numbers, classes, seed=seed, n_draws=n_draws).T
        return _limits(_ratio(hits, rows))
    parts = confusions(predictions)[tested]
    n_classes = parts.shape[-1]
    sums = drawn_sums(parts.reshape(tested.size, -1), classes, seed=seed, n_draws=n_draws)
    return _limits(statistic(sums.reshape(-1, n_classes, n_classes)))


@dataclass(frozen=True)
class Difference:
    """How much better one run is than another on the same rows.

    Attributes
    ----------
    value : float
        Accuracy of the first − accuracy of the second.
    interval : (float, float) or None
        95 %, paired; None where a class has one group.
    """

    value: float
    interval: Interval | None


def difference(
    first: Predictions, second: Predictions, *, seed: int = 0, n_draws: int = N_DRAWS
) -> Difference:
    """Difference of two runs' accuracies with its paired interval: both by the same draws.

    Parameters
    ----------
    first, second : Predictions
        Of the same rows.
    seed, n_draws : int
        Of the draws.

    Returns
    -------
    Difference

    Examples
    --------
    >>> y, groups = np.zeros(4, np.int64), np.array([0, 0, 1, 1])
    >>> good = Predictions(y, groups, y[np.newaxis], np.tile([1.0, 0.0], (1, 4, 1)))
    >>> bad = Predictions(y, groups, y[np.newaxis], np.tile([0.0, 1.0], (1, 4, 1)))
    >>> difference(good, bad).value
    1.0
    """
    tested, classes = _tested(first)
    numbers = np.hstack([hits_and_rows(run)[tested] for run in (first, second)])
    hits, rows, other_hits, other_rows = numbers.sum(axis=0).tolist()
    value = hits / rows - other_hits / other_rows
    if fewest_groups(first) < 2:
        return Difference(value, None)
    hit, n, other_hit, other_n = drawn_sums(numbers, classes, seed=seed, n_draws=n_draws).T
    return Difference(value, _limits(_ratio(hit, n) - _ratio(other_hit, other_n)))


def accuracy(confusion: Values) -> Values:
    """Share of rows that are right.

    Parameters
    ----------
    confusion : ndarray, shape (B, K, K)

    Returns
    -------
    ndarray, shape (B,)

    Examples
    --------
    >>> accuracy(np.array([[[3.0, 1.0], [0.0, 4.0]]])).tolist()
    [0.875]
    """
    return _ratio(np.trace(confusion, axis1=1, axis2=2), confusion.sum(axis=(1, 2)))


def balanced_accuracy(confusion: Values) -> Values:
    """Mean of the classes' recalls, over classes that have rows.

    Parameters
    ----------
    confusion : ndarray, shape (B, K, K)

    Returns
    -------
    ndarray, shape (B,)

    Examples
    --------
    >>> balanced_accuracy(np.array([[[1.0, 1.0], [0.0, 4.0]]])).tolist()
    [0.75]
    """
    rows = confusion.sum(axis=2)
    hits = np.diagonal(confusion, axis1=1, axis2=2)
    recall = np.divide(hits, rows, out=np.zeros_like(rows), where=rows > 0)
    return np.asarray(recall.sum(axis=1) / (rows > 0).sum(axis=1), dtype=np.float64)


def macro_f1(confusion: Values) -> Values:
    """Mean of the classes' F1, 0 where a class is neither there nor said.

    Parameters
    ----------
    confusion : ndarray, shape (B, K, K)

    Returns
    -------
    ndarray, shape (B,)

    Examples
    --------
    >>> macro_f1(np.array([[[1.0, 0.0], [0.0, 4.0]]])).tolist()
    [1.0]
    """
    hits = np.diagonal(confusion, axis1=1, axis2=2)
    whole = confusion.sum(axis=1) + confusion.sum(axis=2)
    return np.asarray(_ratio(2 * hits, whole).mean(axis=1), dtype=np.float64)


def _tested(predictions: Predictions) -> tuple[Numbers, Numbers]:
    """Return the groups that have tested rows, and the class of each."""
    rows = (predictions.folds != NEVER).any(axis=0)
    groups = np.unique(predictions.groups[rows]).astype(np.int64)
    return groups, classes_of_groups(predictions.y, predictions.groups)[groups]


def _ratio(part: Values, whole: Values) -> Values:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _limits(drawn: Values) -> Interval:
    low, high = np.quantile(drawn, [LOW, HIGH]).tolist()
    return low, high
