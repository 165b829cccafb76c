"""Why a model answers as it does, and which labels it doubts."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.learning.conformal import mean_probabilities
from vibration.learning.evaluation import Predictions
from vibration.learning.groups import Numbers, Values
from vibration.learning.scores import scores_of

TRUSTED_FROM: Final = 0.8


def local_reasons(
    score: Callable[[Values], Values],
    row: npt.ArrayLike,
    background: npt.ArrayLike,
    *,
    clusters: Sequence[Sequence[int]] | None = None,
) -> Values:
    """How much each feature, or cluster of features, of a row raises its score.

    reason_j = score(x) − mean over background rows b of score(x with feature j taken from b). For a
    linear score that is β_j (x_j − mean of background x_j).

    References
    ----------
    M. Robnik-Šikonja, I. Kononenko, "Explaining classifications for individual instances", IEEE
    Trans. Knowl. Data Eng. 20 (2008).

    Parameters
    ----------
    score : callable
        Of rows of shape (n, m), such as the probability of one class; returns shape (n,).
    row : array_like, shape (m,)
        The row to explain.
    background : array_like, shape (b, m)
        Rows of training, of every class.
    clusters : sequence of sequences of int, optional
        Columns that are replaced together; by default each by itself.

    Returns
    -------
    ndarray, shape (clusters,)

    Examples
    --------
    >>> local_reasons(lambda x: x @ [2.0, -1.0], [3.0, 1.0], [[0.0, 0.0], [2.0, 0.0]]).tolist()
    [4.0, -1.0]
    """
    x, others = np.asarray(row, dtype=np.float64), np.asarray(background, dtype=np.float64)
    parts = [[column] for column in range(x.size)] if clusters is None else clusters
    replaced = np.tile(x, (len(parts), len(others), 1))
    for place, columns in enumerate(parts):
        replaced[place][:, list(columns)] = others[:, list(columns)]
    without = score(replaced.reshape(-1, x.size)).reshape(len(parts), len(others)).mean(axis=1)
    return np.asarray(score(x[np.newaxis])[0] - without, dtype=np.float64)


def background_rows(y: npt.ArrayLike, *, most: int = 50, seed: int = 0) -> Numbers:
    """Draw the rows that others are explained against, each class by its share, at least one.

    Parameters
    ----------
    y : array_like of int, shape (n,)
        Class of each training row.
    most : int
        Rows that are drawn, where classes are not more than that.
    seed : int

    Returns
    -------
    ndarray, shape (b,)
        Rows, in ascending order.

    Examples
    --------
    >>> y = np.repeat([0, 1], [900, 100])
    >>> np.bincount(y[background_rows(y)]).tolist()
    [45, 5]
    """
    classes = np.asarray(y, dtype=np.int64)
    share = min(1.0, most / classes.size)
    random = np.random.default_rng(seed)
    drawn = []
    for label in np.unique(classes):
        own = np.flatnonzero(classes == label)
        drawn.append(random.permutation(own)[: max(1, round(share * own.size))])
    rows: Numbers = np.sort(np.concatenate(drawn)).astype(np.int64)
    return rows


def suspicious_labels(predictions: Predictions) -> Numbers:
    """Rows whose label the model doubts: the confident class is another one.

    t_k is the mean p_k of the rows labelled k; a row is doubted when the most probable class of
    those with p_k ≥ t_k is not its label. None are said where the accuracy by group is below 0.8,
    for a model that errs so often has no say about labels.

    References
    ----------
    C. G. Northcutt, L. Jiang, I. L. Chuang, "Confident learning", J. Artif. Intell. Res. 70 (2021).

    Parameters
    ----------
    predictions : Predictions
        By group.

    Returns
    -------
    ndarray, shape (d,)
        Rows, in ascending order.

    Examples
    --------
    >>> y = np.array([0, 0, 0, 0, 0, 1])
    >>> p = np.array([[0.9, 0.1]] * 4 + [[0.1, 0.9]] * 2)[np.newaxis]
    >>> suspicious_labels(Predictions(y, np.arange(6), np.zeros((1, 6), np.int64), p)).tolist()
    [4]
    """
    if scores_of(predictions).accuracy < TRUSTED_FROM:
        return np.zeros(0, dtype=np.int64)
    rows, p = mean_probabilities(predictions)
    y = predictions.y[rows]
    thresholds = np.array(
        [p[y == k, k].mean() if (y == k).any() else np.inf for k in range(p.shape[1])]
    )
    confident = np.where(p >= thresholds, p, -1.0)
    doubted = (confident.max(axis=1) >= 0) & (confident.argmax(axis=1) != y)
    found: Numbers = rows[doubted]
    return found
