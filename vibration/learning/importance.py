"""What a model lives on: features whose shuffling harms it, and how many groups it learnt from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from threadpoolctl import threadpool_limits

from vibration.learning.groups import Numbers, Values, classes_of_groups
from vibration.learning.models import pipeline_for
from vibration.learning.protocols import splits_of
from vibration.statistics.correlation import correlation_matrix

SHUFFLES: Final = 5
CUT: Final = 0.1


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
    linked = linkage(squareform(distance, checks=False), "complete")
    found: dict[int, list[int]] = {}
    for column, number in enumerate(fcluster(linked, cut, criterion="distance").tolist()):
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
    on_fold: Callable[[], None] | None = None,
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
    y, groups, folds : array_like of int, shape (n,)
        Class, group and fold of each row.
    model : str
        One of `vibration.learning.models.MODELS`.
    clusters : sequence of sequences of int, optional
        Columns that are shuffled together; by default each by itself.
    seed : int
        Of the model and the shuffles.
    on_fold : callable, optional
        Called after each fold; what it raises ends the work.

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
    for number, (train, test) in enumerate(splits_of(folds)):
        random = np.random.default_rng([seed, number])
        pipeline = pipeline_for(model, classes[train], members[train], seed=seed)
        with threadpool_limits(1):
            pipeline.fit(table[train], classes[train])
            base = _balanced(pipeline, table[test], classes[test])
            drops.append(
                [
                    base
                    - np.mean(
                        [
                            _balanced(
                                pipeline,
                                _shuffled(table[test], list(columns), random),
                                classes[test],
                            )
                            for _ in range(SHUFFLES)
                        ]
                    )
                    for columns in parts
                ]
            )
        if on_fold is not None:
            on_fold()
    lost = np.array(drops, dtype=np.float64)
    return Importance(lost.mean(axis=0), lost.std(axis=0, ddof=1 if len(lost) > 1 else 0))


def _shuffled(rows: Values, columns: list[int], random: np.random.Generator) -> Values:
    shuffled = rows.copy()
    shuffled[:, columns] = rows[random.permutation(len(rows))][:, columns]
    return shuffled


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
    on_fit: Callable[[], None] | None = None,
) -> list[tuple[int, float]]:
    """Accuracy over the number of groups of each class in training.

    More rows of the same bearing teach little; the curve says whether more bearings would. The
    groups of a class are taken in an order drawn by seed, the same for every number.

    Parameters
    ----------
    x : array_like, shape (n, m)
        Features; NaN where one is missing.
    y, groups, folds : array_like of int, shape (n,)
        Class, group and fold of each row.
    model : str
        One of `vibration.learning.models.MODELS`.
    seed : int
        Of the model and the order.
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
    of_group = classes_of_groups(classes, members)
    splits = splits_of(folds)
    ranks = [_ranks(np.unique(members[train]), of_group, seed) for train, _ in splits]
    most = min(
        int(np.unique(of_group[np.unique(members[train])], return_counts=True)[1].min())
        for train, _ in splits
    )
    curve = []
    for n_groups in range(1, most + 1):
        right, tested = 0, 0
        for (train, test), rank in zip(splits, ranks, strict=True):
            taken = train[[rank[int(group)] < n_groups for group in members[train]]]
            pipeline = pipeline_for(model, classes[taken], members[taken], seed=seed)
            with threadpool_limits(1):
                pipeline.fit(table[taken], classes[taken])
                said = pipeline.classes_[pipeline.predict_proba(table[test]).argmax(axis=1)]
            right, tested = right + int((said == classes[test]).sum()), tested + test.size
            if on_fit is not None:
                on_fit()
        curve.append((n_groups, right / tested))
    return curve


def _ranks(groups: Numbers, of_group: Numbers, seed: int) -> dict[int, int]:
    """Return the place of each group in the order of its class."""
    ranks: dict[int, int] = {}
    for number in np.unique(of_group[groups]).tolist():
        order = np.random.default_rng([seed, number]).permutation(
            groups[of_group[groups] == number]
        )
        ranks |= {group: place for place, group in enumerate(order.tolist())}
    return ranks
