"""A UMAP-like method: a fuzzy graph of neighbours, drawn by attraction and sampled repulsion.

It differs from UMAP as published in when its edges step, see `umap_like_points`.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.statistics.projection.neighbours import Indices, Table, nearest_rows
from vibration.statistics.projection.repulsion import Points

N_EPOCHS_FEW: Final = 500
N_EPOCHS_MANY: Final = 200  # beyond 10 000 points, as the authors do
_MANY: Final = 10_000
_PARTS: Final = 4  # of an epoch: the points move between them
_NEGATIVES: Final = 5
_CLIP: Final = 4.0
_START_SPAN: Final = 10.0
_BISECTIONS: Final = 64
_SPREAD: Final = 1.0

Report = Callable[[int, int], None]


def umap_like_points(
    x: Table,
    start: Points,
    *,
    n_neighbours: int = 15,
    min_dist: float = 0.1,
    metric: str = "euclidean",
    seed: int = 0,
    report: Report | None = None,
) -> Points:
    """Points in the plane by a method like uniform manifold approximation and projection.

    Edges weigh μ(i, j) = exp(−(d − ρᵢ)/σᵢ), ρ being the distance of the nearest and Σⱼ μ = log₂ k,
    joined as μ + μᵀ − μ∘μᵀ. The cross-entropy against 1/(1 + a d^2b) is lowered by gradient steps:
    an edge is drawn as often as it weighs, and each time pushes five chance points away. All edges
    drawn in a quarter of an epoch step at once, where the authors' program takes them one by one.

    References
    ----------
    L. McInnes, J. Healy, J. Melville, "UMAP: Uniform Manifold Approximation and Projection for
    Dimension Reduction", arXiv:1802.03426 (2018).

    Parameters
    ----------
    x : ndarray, shape (n, k)
        Rows, float32, finite.
    start : ndarray, shape (n, 2)
        Where the points begin, such as principal components; its scale does not matter.
    n_neighbours : int
        How many neighbours make the graph, 2 to n − 1: few show detail, many the whole.
    min_dist : float
        How close points may lie, 0 to 1.
    metric : {'euclidean', 'manhattan', 'cosine'}
        Which distance makes neighbours.
    seed : int
        Of the chance points.
    report : callable, optional
        Called with epochs done and in all; an exception it raises ends the work.

    Returns
    -------
    ndarray, shape (n, 2)
        Points, float32.

    Raises
    ------
    VibrationError
        For parameters that these rows cannot have.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(30, 5)).astype(np.float32)
    >>> umap_like_points(x, x[:, :2], n_neighbours=5).shape
    (30, 2)
    """
    prove_graph(n_neighbours, min_dist, len(x))
    heads, tails, weights = _graph(*nearest_rows(x, n_neighbours, metric))
    n_epochs = N_EPOCHS_FEW if len(x) <= _MANY else N_EPOCHS_MANY
    random = np.random.default_rng(seed)
    span = float(np.ptp(start, axis=0).max()) or 1.0
    y = start.astype(np.float32) * np.float32(_START_SPAN / span)
    y += random.normal(scale=1e-4, size=y.shape).astype(np.float32)
    place = np.ascontiguousarray(y).view(np.complex64)[:, 0]
    descent = _Descent(place, *fitted_curve(min_dist), random)
    kept = weights >= weights.max() / n_epochs  # a weaker edge would never be drawn
    heads, tails, share = heads[kept], tails[kept], weights[kept] / weights.max()
    due = np.zeros(len(share))
    for done in range(n_epochs):
        rate = np.float32(1 - done / n_epochs)
        due += share
        drawn = np.flatnonzero(due >= 1)
        due[drawn] -= 1
        for part in range(_PARTS):
            edges = drawn[part::_PARTS]
            descent.step(heads[edges], tails[edges], rate)
        if report is not None:
            report(done + 1, n_epochs)
    found = descent.place.view(np.float32).reshape(-1, 2)
    centred: Points = found - found.mean(axis=0)
    return centred


def prove_graph(n_neighbours: int, min_dist: float, n: int) -> None:
    """Refuse parameters that n rows cannot have; see `umap_like_points`.

    Parameters
    ----------
    n_neighbours : int
        Neighbours of a row.
    min_dist : float
        Least distance of two points of the picture.
    n : int
        Number of rows.

    Raises
    ------
    VibrationError
        For a distance outside 0 to 1, and fewer than 2 neighbours or as many as rows.

    Examples
    --------
    >>> prove_graph(15, 0.1, 500)
    """
    if not 0 <= min_dist <= 1:
        raise VibrationError(
            f"UMAP-like needs a least distance from 0 to 1, not {min_dist:g}.", field="min_dist"
        )
    if not 2 <= n_neighbours < n:
        raise VibrationError(
            f"UMAP-like needs 2 to {n - 1} neighbours for {n} signals, not {n_neighbours}.",
            field="n_neighbours",
        )


def fitted_curve(min_dist: float) -> tuple[float, float]:
    """Return a and b of 1/(1 + a d^2b), nearest to 1 up to `min_dist` and exp(min_dist − d) beyond.

    References
    ----------
    L. McInnes et al., arXiv:1802.03426, definition 11.

    Parameters
    ----------
    min_dist : float
        How close points may lie, 0 to 1.

    Returns
    -------
    (float, float)

    Examples
    --------
    >>> [round(value, 3) for value in fitted_curve(0.1)]
    [1.577, 0.895]
    """
    from scipy.optimize import curve_fit

    d = np.linspace(0, 3 * _SPREAD, 300)
    wanted = np.where(d < min_dist, 1.0, np.exp(-(d - min_dist) / _SPREAD))
    (a, b), _ = curve_fit(lambda d, a, b: 1 / (1 + a * d ** (2 * b)), d, wanted)
    return float(a), float(b)


class _Descent:
    """The points, each one complex number, and one step of some edges at once."""

    def __init__(
        self, place: npt.NDArray[np.complex64], a: float, b: float, random: np.random.Generator
    ) -> None:
        self.place, self._random = place.copy(), random
        self._a, self._b = np.float32(a), np.float32(b)

    def step(self, heads: Indices, tails: Indices, rate: np.float32) -> None:
        if not heads.size:
            return
        a, b, n = self._a, self._b, len(self.place)
        apart = self.place[heads] - self.place[tails]
        squared = np.maximum(apart.real**2 + apart.imag**2, np.float32(1e-12))
        power = squared**b
        pull = _clipped(apart * (-2 * a * b * power / squared / (1 + a * power)))
        pushers = np.repeat(heads, _NEGATIVES)
        pushed = self._random.integers(0, n, pushers.size)
        apart = self.place[pushers] - self.place[pushed]
        squared = apart.real**2 + apart.imag**2
        factor = 2 * b / ((np.float32(0.001) + squared) * (1 + a * squared**b))
        push = _clipped(apart * factor)
        where = np.concatenate([heads, tails, pushers])
        moves = np.concatenate([pull, -pull, push])
        self.place.real += rate * np.bincount(where, moves.real, n).astype(np.float32)
        self.place.imag += rate * np.bincount(where, moves.imag, n).astype(np.float32)


def _clipped(moves: npt.NDArray[np.complex64]) -> npt.NDArray[np.complex64]:
    numbers = moves.view(np.float32)
    np.clip(numbers, -_CLIP, _CLIP, out=numbers)
    return moves


def _graph(nearest: Indices, distances: Table) -> tuple[Indices, Indices, npt.NDArray[Any]]:
    from scipy.sparse import coo_array

    n, k = nearest.shape
    weights = _membership(distances.astype(float), float(np.log2(k)))
    rows = np.repeat(np.arange(n), k)
    directed = coo_array((weights.ravel(), (rows, nearest.ravel())), shape=(n, n)).tocsr()
    mirrored = directed.T.tocsr()
    joined = (directed + mirrored - directed.multiply(mirrored)).tocoo()
    heads, tails = (axis.astype(np.int64) for axis in joined.coords)
    return heads, tails, joined.data


def _membership(distances: npt.NDArray[Any], wanted: float) -> npt.NDArray[Any]:
    """Return exp(−(d − ρ)/σ) with σ such that each row adds up to `wanted`, by bisection."""
    beyond = np.maximum(distances - distances[:, :1], 0)
    low, high = np.zeros((len(beyond), 1)), np.full((len(beyond), 1), np.inf)
    sigma = np.ones_like(low)
    for _ in range(_BISECTIONS):
        too_wide = np.exp(-beyond / sigma).sum(axis=1, keepdims=True) > wanted
        low, high = np.where(too_wide, low, sigma), np.where(too_wide, sigma, high)
        sigma = np.where(np.isinf(high), 2 * sigma, (low + high) / 2)
        sigma = np.maximum(sigma, 1e-3 * distances.mean() + 1e-30)
    weights: npt.NDArray[Any] = np.exp(-beyond / sigma)
    return weights
