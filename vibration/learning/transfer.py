"""From one dataset to another: how far features move, and what a model keeps of its score."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import scipy

from vibration.errors import VibrationError
from vibration.learning.evaluation import Predictions
from vibration.learning.groups import Numbers, Values, row_keys
from vibration.learning.intervals import Interval, accuracy, difference, interval_of
from vibration.learning.scores import Scores, scores_of
from vibration.learning.search import fitted_pipeline
from vibration.learning.words import percent
from vibration.statistics.scales import scales_of

FEWEST_VALUES: Final = 5


@dataclass(frozen=True)
class Shift:
    """How far a feature lies apart in two datasets.

    Attributes
    ----------
    name : str
    distance : float or None
        Energy distance in pooled standard deviations; None where a side has too few values.
    missing : (float, float)
        Share of the rows of each side without a value.
    """

    name: str
    distance: float | None
    missing: tuple[float, float]


def feature_shifts(
    first: npt.ArrayLike, second: npt.ArrayLike, names: Sequence[str]
) -> list[Shift]:
    """Rank features by how far they lie apart in two datasets, the farthest first.

    D = √(2 E|X − Y| − E|X − X'| − E|Y − Y'|) of values divided by their pooled standard deviation:
    0 for equal distributions. Features with fewer than five values on a side come last.

    References
    ----------
    G. J. Székely, M. L. Rizzo, "Energy statistics", J. Stat. Plan. Inference 143 (2013).

    Parameters
    ----------
    first, second : array_like, shape (n, m) and (k, m)
        Features; NaN where one is missing.
    names : sequence of str
        Of the features.

    Returns
    -------
    list of Shift

    Examples
    --------
    >>> a, b = np.zeros((6, 2)), np.zeros((6, 2))
    >>> a[:, 0] = b[:, 0] = np.arange(6)
    >>> a[:, 1], b[:, 1] = np.arange(6), np.arange(6) + 100
    >>> [shift.name for shift in feature_shifts(a, b, ["same", "moved"])]
    ['moved', 'same']
    """
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    found = []
    for column, name in enumerate(names):
        known = [side[np.isfinite(side[:, column]), column] for side in (one, other)]
        missing = tuple(
            float(1 - values.size / len(side))
            for values, side in zip(known, (one, other), strict=True)
        )
        distance = None
        if min(values.size for values in known) >= FEWEST_VALUES:
            both = np.concatenate(known)
            spread = float(scales_of(both.mean(), both.std()))
            distance = float(scipy.stats.energy_distance(known[0] / spread, known[1] / spread))
        found.append(Shift(name, distance, (missing[0], missing[1])))
    return sorted(found, key=lambda shift: (shift.distance is None, -(shift.distance or 0.0)))


def rows_in_both(first: npt.ArrayLike, second: npt.ArrayLike) -> tuple[int, int]:
    """Count the rows of each dataset whose features a row of the other has too.

    A model that is carried over has learned from them: its score is no longer of new rows.

    Parameters
    ----------
    first, second : array_like, shape (n, m) and (k, m)
        Features; NaN where one is missing. Rows without a value are not compared.

    Returns
    -------
    (int, int)

    Examples
    --------
    >>> rows_in_both([[1.0, 2.0], [3.0, 4.0]], [[3.0, 4.0], [3.0, 4.0], [5.0, 6.0]])
    (1, 2)
    """
    keys = [[key for key in row_keys(side) if key] for side in (first, second)]
    known = set(keys[0]) & set(keys[1])
    return sum(key in known for key in keys[0]), sum(key in known for key in keys[1])


@dataclass(frozen=True, eq=False)
class Plane:
    """Two datasets in one plane.

    Attributes
    ----------
    first, second : ndarray, shape (n, 2) and (k, 2)
    explained : (float, float)
        Share of the pooled variance on each axis.
    """

    first: Values
    second: Values
    explained: tuple[float, float]


def common_plane(first: npt.ArrayLike, second: npt.ArrayLike) -> Plane:
    """Project two datasets on the first two principal axes of both together.

    Each side weighs the same in medians, scales and axes, however many rows it has.

    References
    ----------
    I. T. Jolliffe, *Principal Component Analysis*, Springer 2002.

    Parameters
    ----------
    first, second : array_like, shape (n, m) and (k, m)
        Features, m ≥ 2; NaN where one is missing.

    Returns
    -------
    Plane

    Raises
    ------
    VibrationError
        For fewer than two features or rows.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> plane = common_plane(rng.normal(size=(30, 4)), rng.normal(size=(20, 4)) + 9)
    >>> plane.first.shape, plane.explained[0] > 0.8
    ((30, 2), True)
    """
    from sklearn.decomposition import PCA

    sides = [np.asarray(side, dtype=np.float64) for side in (first, second)]
    if min(len(side) for side in sides) < 2 or sides[0].shape[1] < 2:
        raise VibrationError("A plane needs two features and two rows of each side.", field="first")
    n = max(len(side) for side in sides)
    even = np.concatenate([side[np.arange(n) % len(side)] for side in sides])
    known = ~np.isnan(even)
    medians = np.array(
        [np.median(even[own, j]) if own.any() else 0.0 for j, own in enumerate(known.T)]
    )
    even = np.where(known, even, medians)
    means, spread = even.mean(axis=0), even.std(axis=0)
    scales = scales_of(means, spread)
    axes = PCA(2, svd_solver="full").fit((even - means) / scales)
    placed: list[Any] = [
        axes.transform((np.where(np.isnan(side), medians, side) - means) / scales) for side in sides
    ]
    shares = axes.explained_variance_ratio_.tolist()
    return Plane(placed[0], placed[1], (shares[0], shares[1]))


@dataclass(frozen=True, eq=False)
class Transfer:
    """What a model of one dataset is worth on another.

    Attributes
    ----------
    predictions : Predictions
        Of the other dataset's rows.
    scores : Scores
    interval : (float, float) or None
        95 % interval of the accuracy over the other dataset's groups.
    majority : float
        Accuracy of always answering the other dataset's most frequent class.
    constant : float
        Of always answering the training dataset's most frequent class.
    warning : str
        The guard's sentence; empty where there is nothing to warn of.
    """

    predictions: Predictions
    scores: Scores
    interval: Interval | None
    majority: float
    constant: float
    warning: str


def transferred(
    train: tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike],
    test: tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike],
    *,
    classes: list[str],
    model: str = "forest",
    seed: int = 0,
) -> Transfer:
    """Train on all rows of one dataset, test on all rows of another.

    Parameters
    ----------
    train, test : tuple of array_like
        Features (n, m), classes (n,) and groups (n,); every class is on both sides.
    classes : list of str
        Names of the classes.
    model : str
        One of `vibration.learning.models.MODELS`.
    seed : int

    Returns
    -------
    Transfer

    Raises
    ------
    VibrationError
        Where a class is missing on a side, or there is only one.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> y, groups = np.repeat([0, 1], 20), np.arange(40) // 4
    >>> x = rng.normal(size=(40, 2)) + 9 * y[:, np.newaxis]
    >>> found = transferred((x, y, groups), (x + 0.1, y, groups), classes=["a", "b"])
    >>> found.scores.accuracy, found.warning
    (1.0, '')
    """
    n = len(classes)
    y = [np.asarray(side[1], dtype=np.int64) for side in (train, test)]
    if n < 2 or any(set(own.tolist()) != set(range(n)) for own in y):
        raise VibrationError(
            "A model is carried over where both datasets have the same two classes or more.",
            field="classes",
        )
    x = [np.asarray(side[0], dtype=np.float64) for side in (train, test)]
    members = np.asarray(test[2], dtype=np.int64)
    pipeline, _ = fitted_pipeline(x[0], y[0], train[2], model=model, seed=seed)
    run = _run(y[1], members, pipeline.predict_proba(x[1]))
    frequent = [np.bincount(own, minlength=n).argmax() for own in y]
    always = _run(y[1], members, np.tile(np.eye(n)[frequent[1]], (y[1].size, 1)))
    scores = scores_of(run)
    over = difference(run, always, seed=seed)
    warning = ""
    if over.value <= 0 or (over.interval is not None and over.interval[0] <= 0):
        share = percent(float((y[1] == frequent[1]).mean()))
        warning = f"No better than always answering {classes[int(frequent[1])]} ({share} %)."
    return Transfer(
        predictions=run,
        scores=scores,
        interval=interval_of(run, accuracy, seed=seed),
        majority=float((y[1] == frequent[1]).mean()),
        constant=float((y[1] == frequent[0]).mean()),
        warning=warning,
    )


def _run(y: Numbers, groups: Numbers, p: Values) -> Predictions:
    return Predictions(y, groups, np.zeros((1, y.size), np.int64), np.asarray(p)[np.newaxis])
