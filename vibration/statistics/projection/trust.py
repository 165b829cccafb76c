"""How far the neighbours that a projection shows are neighbours among the features too."""

from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.statistics.projection.neighbours import Table

N_NEIGHBOURS: Final = 10
MOST_ASKED: Final = 2_000  # rows whose neighbours are looked at, spread over all
_FEWEST_ASKED: Final = 200
_MOST_PAIRS: Final = 6_000_000  # of an asked row with another one
_BLOCK_VALUES: Final = 1 << 20


def n_rows_asked(n: int) -> int:
    """Return of how many of n rows `trustworthiness` is: of all, or of a fair sample.

    min(n, 2000, max(200, 6·10⁶/n)), since each is compared with all n.

    Parameters
    ----------
    n : int
        Rows.

    Returns
    -------
    int

    Examples
    --------
    >>> n_rows_asked(1430), n_rows_asked(20_000)
    (1430, 300)
    """
    return min(n, MOST_ASKED, max(_FEWEST_ASKED, _MOST_PAIRS // max(n, 1)))


def trustworthiness(
    z: Table, points: npt.NDArray[np.floating], n_neighbours: int = N_NEIGHBOURS
) -> float:
    """Say how far neighbours in the plane are neighbours among the features, 0 to 1.

    T(k) = 1 − 2/(n k (2n − 3k − 1)) · ΣΣ max(0, r(i, j) − k), where j runs over the k nearest
    points of i in the plane and r(i, j) is its rank by Euclidean distance among the features, the
    nearest being 1. Of many rows `n_rows_asked` are asked for their neighbours among all, the same
    ones each time. Near 0.5 the neighbours are chance.

    References
    ----------
    J. Venna, S. Kaski, "Neighborhood preservation in nonlinear projection methods: an experimental
    study", ICANN 2001, LNCS 2130, 485–491.

    Parameters
    ----------
    z : ndarray, shape (n, k)
        Features, standardised, finite.
    points : ndarray, shape (n, 2)
        Of the projection.
    n_neighbours : int
        Fewer than half of n.

    Returns
    -------
    float

    Raises
    ------
    VibrationError
        For lengths that differ and too many neighbours.

    Examples
    --------
    >>> z = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    >>> trustworthiness(z, 3 * z)
    1.0
    """
    n = len(z)
    if len(points) != n:
        raise VibrationError("Features and points differ in length; give one point for each row.")
    if not 1 <= n_neighbours < n / 2:
        raise VibrationError(
            f"Trustworthiness of {n} points needs 1 to {max((n - 1) // 2, 1)} neighbours, "
            f"not {n_neighbours}."
        )
    # By chance: rows at even steps are all of one kind where kinds take turns.
    asked = np.sort(np.random.default_rng(0).choice(n, n_rows_asked(n), replace=False))
    near = _nearest_points(points, asked, n_neighbours)
    step = max(1, _BLOCK_VALUES // n)
    double = z.astype(np.float64)
    penalty = sum(
        _ranks_beyond(double, asked[first : first + step], near[first : first + step], n_neighbours)
        for first in range(0, asked.size, step)
    )
    scale = 2 / (asked.size * n_neighbours * (2 * n - 3 * n_neighbours - 1))
    return float(1 - scale * penalty)


def _nearest_points(
    points: npt.NDArray[np.floating], asked: npt.NDArray[np.intp], n_neighbours: int
) -> npt.NDArray[np.intp]:
    """Return the points nearest to each of some points, which is none of its own neighbours."""
    from scipy.spatial import cKDTree

    near = np.asarray(cKDTree(points).query(points[asked], k=n_neighbours + 1)[1])
    own = near == asked[:, None]
    own[~own.any(axis=1), -1] = True  # more than k points at the very same place
    kept: npt.NDArray[np.intp] = near[~own].reshape(-1, n_neighbours)
    return kept


def _ranks_beyond(
    z: npt.NDArray[np.float64],
    rows: npt.NDArray[np.intp],
    near: npt.NDArray[np.intp],
    n_neighbours: int,
) -> float:
    """Return by how much the ranks of some rows' neighbours are too large, in sum."""
    # |b − a|² without |a|², which is the same for all that a row is compared with.
    distances = np.einsum("ij,ij->i", z, z) - 2 * z[rows] @ z.T
    distances[np.arange(rows.size), rows] = -np.inf  # a row itself is nearer than any other
    beyond = 0.0
    for neighbour in near.T:
        reach = distances[np.arange(rows.size), neighbour]
        ranks = (distances < reach[:, None]).sum(axis=1)
        beyond += float(np.maximum(ranks - n_neighbours, 0).sum())
    return beyond
