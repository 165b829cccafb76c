"""What a model lives on: features whose shuffling harms it, and how many groups it learnt from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import scipy
from threadpoolctl import threadpool_limits

from vibration.errors import VibrationError
from vibration.learning.groups import Numbers, Values, classes_of_groups
from vibration.learning.pipelines import pipeline_for
from vibration.learning.protocols import Splits, splits_of
from vibration.statistics.correlation import correlation_matrix

SHUFFLES: Final = 5
CUT: Final = 0.1
MOST_ROWS: Final = 2000  # shuffled in a fold
MOST_POINTS: Final = 8  # of a learning curve


@dataclass(frozen=True, eq=False)
class Importance:
    """How much balanced accuracy is lost where a feature, or a cluster, is shuffled.

    Attributes
    ----------
    mean, sd : ndarray, shape (clusters,)
        Over folds, of the mean over five shuffles.
    """

    mean: Values
    sd: Values


def feature_clusters(x: npt.ArrayLike, *, cut: float = CUT) -> list[list[int]]:
    """Group features that say the same: complete linkage on 1 − |Spearman ρ|, cut at 0.1.

    References
    ----------
    L. Kaufman, P. J. Rousseeuw, *Finding Groups in Data*, Wiley 1990.

    Parameters
    ----------
    x : array_like, shape (n, m)
        Features; NaN where one is missing.
    cut : float
        Largest distance within a cluster.

    Returns
    -------
    list of list of int
        Columns of each cluster, in the order of their first ones.

    Examples
    --------
    >>> feature_clusters([[1, 5, 2], [2, 1, 4], [3, 4, 9], [4, 2, 11], [5, 3, 20]])
    [[0, 2], [1]]
    """
    table = np.asarray(x, dtype=np.float64)
    if table.shape[1] < 2:
        return [[column] for column in range(table.shape[1])]
    rho = np.nan_to_num(np.abs(correlation_matrix(table, "spearman")))
    distance = np.clip(1 - (rho + rho.T) / 2, 0, 1)
    np.fill_diagonal(distance, 0)
    pairs = scipy.spatial.distance.squareform(distance, checks=False)
    linked = scipy.cluster.hierarchy.linkage(pairs, "complete")
    found: dict[int, list[int]] = {}
    numbers = scipy.cluster.hierarchy.fcluster(linked, cut, criterion="distance").tolist()
    for column, number in enumerate(numbers):
        found.setdefault(number, []).append(column)
    return list(found.values())


def permutation_importance(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    groups: npt.ArrayLike,
    folds: npt.ArrayLike,
    *,
    model: str = "forest",
    clusters: Sequence[Sequence[int]] | None = None,
    seed: int = 0,
    top_k: int | None = None,
    parameters: Mapping[str, float] | None = None,
    most_rows: int = MOST_ROWS,
    on_cluster: Callable[[], None] | None = None,
) -> Importance:
    """Drop of balanced accuracy on each fold's test rows where a feature is shuffled among them.

    Features that say the same stand in for each other, so shuffling one of them alone costs
    little: shuffle them together, as `feature_clusters` finds them.

    References
    ----------
    L. Breiman, "Random forests", Machine Learning 45 (2001).

    Parameters
    ----------
    x : array_like, shape (n, m)
        Features; NaN where one is missing.
    y, groups : array_like of int, shape (n,)
        Class and group of each row.
    folds : array_like of int, shape (n,) or (R, n)
        Fold in which each row is tested, a line a repeat.
    model : str
        One of `vibration.learning.models.MODELS`.
    clusters : sequence of sequences of int, optional
        Columns that are shuffled together; by default each by itself.
    seed : int
        Of the model, the shuffles and the rows that are drawn.
    top_k : int, optional
        How many features each fold keeps.
    parameters : mapping of str to float, optional
        Parameters of the model that are not at their default.
    most_rows : int
        Of a fold's test rows so many at most are drawn and shuffled.
    on_cluster : callable, optional
        Called after each cluster of each fold; what it raises ends the work.

    Returns
    -------
    Importance

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> y = np.repeat([0, 1], 20)
    >>> x = np.column_stack([random.normal(size=40), y + random.normal(0, 0.1, 40)])
    >>> folds = np.arange(40) % 2
    >>> found = permutation_importance(x, y, np.arange(40), folds, model="logistic")
    >>> int(found.mean.argmax())
    1
    """
    table, classes = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.int64)
    members = np.asarray(groups, dtype=np.int64)
    parts = [[column] for column in range(table.shape[1])] if clusters is None else clusters
    drops = []
    for number, (train, test) in enumerate(_splits(folds)):
        random = np.random.default_rng([seed, number])
        drawn = random.permutation(test)[:most_rows] if test.size > most_rows else test
        rows, right = table[drawn], classes[drawn]
        pipeline = pipeline_for(
            model, classes[train], members[train], seed=seed, top_k=top_k, parameters=parameters
        )
        with threadpool_limits(1):
            pipeline.fit(table[train], classes[train])
            base, lost = _balanced(pipeline, rows, right), []
            for columns in parts:
                shuffled = np.tile(rows, (SHUFFLES, 1))
                order = [random.permutation(drawn.size) for _ in range(SHUFFLES)]
                shuffled[:, list(columns)] = rows[np.concatenate(order)][:, list(columns)]
                # Every shuffle holds the same rows: the mean of their shares is that of all.
                lost.append(base - _balanced(pipeline, shuffled, np.tile(right, SHUFFLES)))
                if on_cluster is not None:
                    on_cluster()
        drops.append(lost)
    found = np.array(drops, dtype=np.float64)
    return Importance(found.mean(axis=0), found.std(axis=0, ddof=1 if len(found) > 1 else 0))


def _splits(folds: npt.ArrayLike) -> Splits:
    lines = np.atleast_2d(np.asarray(folds, dtype=np.int64))
    return [split for line in lines for split in splits_of(line)]


def _balanced(pipeline: Any, rows: Values, y: Numbers) -> float:
    said = pipeline.classes_[pipeline.predict_proba(rows).argmax(axis=1)]
    return float(np.mean([(said[y == number] == number).mean() for number in np.unique(y)]))


def learning_curve(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    groups: npt.ArrayLike,
    folds: npt.ArrayLike,
    *,
    model: str = "forest",
    seed: int = 0,
    top_k: int | None = None,
    parameters: Mapping[str, float] | None = None,
    on_fit: Callable[[], None] | None = None,
) -> list[tuple[int, float]]:
    """Accuracy over the number of groups of each class in training.

    More rows of the same bearing teach little; the curve says whether more bearings would. The
    groups of a class are taken in an order drawn by seed, the same for every number. Of many
    numbers eight are taken, each larger than the one before by the same factor; those that leave
    the model too few rows are left out.

    Parameters
    ----------
    x : array_like, shape (n, m)
        Features; NaN where one is missing.
    y, groups : array_like of int, shape (n,)
        Class and group of each row.
    folds : array_like of int, shape (n,) or (R, n)
        Fold in which each row is tested, a line a repeat.
    model : str
        One of `vibration.learning.models.MODELS`.
    seed : int
        Of the model and the order.
    top_k : int, optional
        How many features each fold keeps.
    parameters : mapping of str to float, optional
        Parameters of the model that are not at their default.
    on_fit : callable, optional
        Called after each fit; what it raises ends the work.

    Returns
    -------
    list of (int, float)
        Groups per class in training, accuracy over all test rows.

    Examples
    --------
    >>> y, groups = np.repeat([0, 1], 18), np.arange(36) // 6
    >>> x = np.random.default_rng(0).normal(size=(36, 2)) + 9 * y[:, np.newaxis]
    >>> learning_curve(x, y, groups, groups % 3, model="logistic")
    [(1, 1.0), (2, 1.0)]
    """
    table, classes = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.int64)
    members = np.asarray(groups, dtype=np.int64)
    of_group, splits = classes_of_groups(classes, members), _splits(folds)
    ranks = [_ranks(np.unique(members[train]), of_group, seed) for train, _ in splits]
    curve = []
    for n_groups in curve_sizes(classes, members, folds):
        right, tested = 0, 0
        for (train, test), rank in zip(splits, ranks, strict=True):
            taken = train[[rank[int(group)] < n_groups for group in members[train]]]
            try:
                pipeline = pipeline_for(
                    model,
                    classes[taken],
                    members[taken],
                    seed=seed,
                    top_k=top_k,
                    parameters=parameters,
                )
            except VibrationError:  # too few rows to calibrate on
                pipeline = None
            if pipeline is not None:
                with threadpool_limits(1):
                    pipeline.fit(table[taken], classes[taken])
                    said = pipeline.classes_[pipeline.predict_proba(table[test]).argmax(axis=1)]
                right, tested = right + int((said == classes[test]).sum()), tested + test.size
            if on_fit is not None:
                on_fit()
        if tested == sum(test.size for _, test in splits):
            curve.append((n_groups, right / tested))
    return curve


def curve_sizes(y: npt.ArrayLike, groups: npt.ArrayLike, folds: npt.ArrayLike) -> list[int]:
    """Numbers of groups per class at which a learning curve is measured.

    Parameters
    ----------
    y, groups : array_like of int, shape (n,)
        Class and group of each row.
    folds : array_like of int, shape (n,) or (R, n)
        Fold in which each row is tested, a line a repeat.

    Returns
    -------
    list of int
        One up to the most that every class has in training, eight at most.

    Examples
    --------
    >>> groups = np.arange(200)
    >>> curve_sizes(groups // 100, groups, groups % 5)
    [1, 2, 3, 7, 12, 23, 43, 80]
    """
    classes, members = np.asarray(y, dtype=np.int64), np.asarray(groups, dtype=np.int64)
    of_group = classes_of_groups(classes, members)
    most = min(
        int(np.unique(of_group[np.unique(members[train])], return_counts=True)[1].min())
        for train, _ in _splits(folds)
    )
    if most <= MOST_POINTS:
        return list(range(1, most + 1))
    return [int(n) for n in np.unique(np.geomspace(1, most, MOST_POINTS).round())]


def _ranks(groups: Numbers, of_group: Numbers, seed: int) -> dict[int, int]:
    """Return the place of each group in the order of its class."""
    ranks: dict[int, int] = {}
    for number in np.unique(of_group[groups]).tolist():
        order = np.random.default_rng([seed, number]).permutation(
            groups[of_group[groups] == number]
        )
        ranks |= {group: place for place, group in enumerate(order.tolist())}
    return ranks
