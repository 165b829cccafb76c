"""How features go together: their correlations, and an order in which the like lie side by side."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.statistics.scales import standardised

KINDS: Final = ("pearson", "spearman")
FEWEST_PAIRS: Final = 3

Values = npt.NDArray[np.float64]


def correlation_matrix(x: npt.ArrayLike, kind: str = "spearman") -> Values:
    """Correlation of each two columns over the rows in which both are known.

    Pearson's r = Σ(a − ā)(b − b̄)/√(Σ(a − ā)² Σ(b − b̄)²); Spearman's is Pearson's of the ranks,
    equal values sharing the mean rank.

    References
    ----------
    W. H. Press et al., *Numerical Recipes*, 3rd ed., Cambridge 2007, §14.5 and §14.6.

    Parameters
    ----------
    x : array_like, shape (n, k)
        Features, NaN where missing.
    kind : {'spearman', 'pearson'}
        Of ranks: any rising relation counts, and single extremes hardly. Of values: a straight one.

    Returns
    -------
    ndarray, shape (k, k)
        −1 to 1; NaN with fewer than 3 common rows and for columns that do not vary in them.

    Raises
    ------
    VibrationError
        For an unknown kind or what is no table.

    Examples
    --------
    >>> correlation_matrix([[1, 1], [2, 4], [3, 9], [4, 16]], "spearman")[0].tolist()
    [1.0, 1.0]
    """
    table = np.asarray(x, dtype=float)
    if kind not in KINDS:
        raise VibrationError(
            f"There is no correlation “{kind}”: choose {' or '.join(KINDS)}.", field="kind"
        )
    if table.ndim != 2 or not table.size:
        raise VibrationError("Correlations need a table of features; widen the filter.", field="x")
    if kind == "pearson":
        return _pearson(table)
    found = _pearson(_ranks(table))
    _repair(found, table)
    return found


def similarity_order(correlations: npt.ArrayLike) -> list[int]:
    """Order of the columns in which correlated ones, of either sign, lie side by side.

    Hierarchical clustering by average linkage of 1 − |r|, its leaves turned so that the sum of
    the distances between neighbours is least. An unknown correlation counts as none.

    References
    ----------
    Z. Bar-Joseph, D. K. Gifford, T. S. Jaakkola, "Fast optimal leaf ordering for hierarchical
    clustering", Bioinformatics 17 (2001), S22.

    Parameters
    ----------
    correlations : array_like, shape (k, k)
        As of `correlation_matrix`.

    Returns
    -------
    list of int
        Every column once.

    Examples
    --------
    >>> similarity_order([[1, 0, 0.9], [0, 1, 0], [0.9, 0, 1]]) in ([1, 0, 2], [1, 2, 0])
    True
    """
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering

    matrix = np.abs(np.nan_to_num(np.asarray(correlations, dtype=float)))
    k = len(matrix)
    if k < 3:
        return list(range(k))
    distances = np.clip(1 - (matrix + matrix.T) / 2, 0, 1)[np.triu_indices(k, 1)]
    tree = optimal_leaf_ordering(linkage(distances, "average"), distances)
    return [int(leaf) for leaf in leaves_list(tree)]


def _pearson(table: Values) -> Values:
    """Sums over common rows are products of matrices in which a missing value is 0."""
    known = ~np.isnan(table)
    filled = standardised(table)
    mask = known.astype(float)
    n = mask.T @ mask
    sums = filled.T @ mask  # of column i over the rows it has in common with j
    squares = (filled**2).T @ mask
    with np.errstate(divide="ignore", invalid="ignore"):
        covariance = filled.T @ filled - sums * sums.T / n
        variance = squares - sums**2 / n
        r: Values = covariance / np.sqrt(variance * variance.T)
    r[(n < FEWEST_PAIRS) | (variance <= 1e-12 * n) | (1e-12 * n >= variance.T)] = np.nan
    clipped: Values = np.clip(r, -1, 1)
    return clipped


def _ranks(table: Values) -> Values:
    from scipy.stats import rankdata

    ranks: Values = rankdata(table, axis=0, nan_policy="omit")
    return ranks


def _repair(found: Values, table: Values) -> None:
    """Rank two columns anew where one lacks rows of the other: the ranks are of common rows."""
    known = ~np.isnan(table)
    holed = np.flatnonzero(~known.all(axis=0))
    for i in holed:
        for j in range(table.shape[1]):
            both: npt.NDArray[Any] = known[:, i] & known[:, j]
            if i != j and (both.sum() < known[:, i].sum() or both.sum() < known[:, j].sum()):
                pair = _pearson(_ranks(table[both][:, [i, j]])) if both.any() else None
                found[i, j] = found[j, i] = np.nan if pair is None else pair[0, 1]
