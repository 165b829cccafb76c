"""How far a row lies from those that a model was trained on."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.learning.groups import Numbers, Values
from vibration.statistics.scales import scales_of

NEIGHBOURS: Final = 5
UNUSUAL, UNLIKE = 0.95, 0.99  # quantiles of the distances among training groups
MOST_REFERENCES: Final = 2_000
_BLOCK_CELLS: Final = 4_000_000


@dataclass(frozen=True, eq=False)
class Familiarity:
    """Training rows as distances are measured in them.

    Attributes
    ----------
    medians, means, scales : ndarray, shape (m,)
        What stands for a missing value, and what a feature is standardised with.
    rows : ndarray, shape (n, m)
        Imputed and standardised.
    unusual, unlike : float
        The 0.95 and 0.99 quantile of the distances of each training group to the other groups.
    """

    medians: Values
    means: Values
    scales: Values
    rows: Values
    unusual: float
    unlike: float

    def nearest(
        self, row: npt.ArrayLike, *, allowed: npt.NDArray[np.bool_] | None = None
    ) -> tuple[Numbers, Values]:
        """Return the five nearest training rows and their distances, the nearest first.

        `allowed` leaves rows out, (n,): those of its own group for a row that was trained on.
        """
        x = _imputed(np.asarray(row, dtype=np.float64)[np.newaxis], self.medians)
        distances = np.sqrt(((self.rows - (x - self.means) / self.scales) ** 2).sum(axis=1))
        if allowed is not None:
            distances = np.where(allowed, distances, np.inf)
        order = np.argsort(distances, kind="stable")[:NEIGHBOURS].astype(np.int64)
        kept = order[np.isfinite(distances[order])]
        return kept, distances[kept]

    def word(self, distance: float) -> str:
        """Say a distance to the fifth nearest: ``familiar``, ``unusual`` or ``unlike``."""
        if distance > self.unlike:
            return "unlike"
        return "unusual" if distance > self.unusual else "familiar"


def familiarity_of(x: npt.ArrayLike, groups: npt.ArrayLike) -> Familiarity:
    """Measure how far training groups lie from each other: what a new row is held against.

    d is the Euclidean distance to the fifth nearest row of another group, of features imputed by
    their medians and standardised. Of more than 2 000 rows a random 2 000 are measured, against
    all.

    References
    ----------
    S. Ramaswamy, R. Rastogi, K. Shim, "Efficient algorithms for mining outliers from large data
    sets", SIGMOD 2000.

    Parameters
    ----------
    x : array_like, shape (n, m)
        Features; NaN where one is missing.
    groups : array_like of int, shape (n,)
        Group of each row.

    Returns
    -------
    Familiarity

    Raises
    ------
    VibrationError
        For a single group.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> known = familiarity_of(rng.normal(size=(60, 3)), np.arange(60) // 6)
    >>> known.word(known.nearest([0, 0, 0])[1][-1]), known.word(known.nearest([9, 9, 9])[1][-1])
    ('familiar', 'unlike')
    """
    table = np.asarray(x, dtype=np.float64)
    members = np.asarray(groups, dtype=np.int64)
    if np.unique(members).size < 2:
        raise VibrationError("Distances are measured among two groups or more.", field="groups")
    known = ~np.isnan(table)
    medians = np.array(
        [np.median(table[own, j]) if own.any() else 0.0 for j, own in enumerate(known.T)]
    )
    filled = _imputed(table, medians)
    means, spread = filled.mean(axis=0), filled.std(axis=0)
    scales = scales_of(means, spread)
    rows = (filled - means) / scales
    reference = _among_groups(rows, members)
    return Familiarity(
        medians,
        means,
        scales,
        rows,
        *(float(np.quantile(reference, share)) for share in (UNUSUAL, UNLIKE)),
    )


def _imputed(x: Values, medians: Values) -> Values:
    return np.where(np.isnan(x), medians, x)


def _among_groups(rows: Values, members: Numbers) -> Values:
    """Return the distance of rows to the fifth nearest of other groups."""
    n = len(rows)
    measured = np.sort(np.random.default_rng(0).permutation(n)[:MOST_REFERENCES])
    squares = (rows**2).sum(axis=1)
    found = []
    for first in range(0, measured.size, max(1, _BLOCK_CELLS // n)):
        block = measured[first : first + max(1, _BLOCK_CELLS // n)]
        squared = squares[block, np.newaxis] - 2 * rows[block] @ rows.T + squares
        squared[members[block, np.newaxis] == members] = np.inf
        ordered = np.partition(squared, min(NEIGHBOURS, n) - 1, axis=1)[:, :NEIGHBOURS]
        ordered.sort(axis=1)
        last = np.isfinite(ordered).sum(axis=1) - 1  # fewer than five stand in other groups
        found.append(ordered[np.arange(block.size), last])
    distances: Values = np.sqrt(np.maximum(np.concatenate(found), 0.0))
    return distances
