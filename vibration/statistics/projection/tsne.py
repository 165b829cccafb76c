"""t-SNE: points that are neighbours in the features are neighbours in the plane."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.statistics.projection.neighbours import Indices, Table, nearest_rows
from vibration.statistics.projection.repulsion import Points, exact_repulsion, grid_repulsion

MOST_EXACT: Final = 3_000
N_ITERATIONS: Final = 500
_EXAGGERATION: Final = 12.0
_START_SCALE: Final = 1e-4
_BISECTIONS: Final = 50
_LEAST_GAIN: Final = 0.01

Report = Callable[[int, int], None]


def tsne_points(
    x: Table,
    start: Points,
    *,
    perplexity: float = 30.0,
    metric: str = "euclidean",
    n_iterations: int = N_ITERATIONS,
    report: Report | None = None,
) -> Points:
    """Points in the plane by t-distributed stochastic neighbour embedding.

    Minimises KL(P‖Q) = Σ p ln(p/q), q(i, j) ∝ 1/(1 + |yᵢ − yⱼ|²), where p is Gaussian about each
    row with a width of the wanted perplexity, kept for the 3·perplexity nearest rows and made
    symmetric. Gradient descent with momentum and gains; for the first third p is 12 times as
    large; the step is n/12.

    References
    ----------
    L. van der Maaten, G. Hinton, JMLR 9 (2008); A. C. Belkina et al., Nature Communications 10
    (2019), 5415, on exaggeration and step; D. Kobak, P. Berens, ibid. 5416, on the start.

    Parameters
    ----------
    x : ndarray, shape (n, k)
        Rows, float32, finite.
    start : ndarray, shape (n, 2)
        Where the points begin, such as principal components; its scale does not matter.
    perplexity : float
        How many neighbours a row counts, 2 to (n − 1)/3.
    metric : {'euclidean', 'manhattan', 'cosine'}
        Which distance makes neighbours.
    n_iterations : int
        Steps.
    report : callable, optional
        Called with steps done and in all; an exception it raises ends the work.

    Returns
    -------
    ndarray, shape (n, 2)
        Points, float32.

    Raises
    ------
    VibrationError
        For a perplexity that these rows cannot have.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
    >>> tsne_points(x, x[:, :2], perplexity=5, n_iterations=50).shape
    (40, 2)
    """
    n = len(x)
    prove_perplexity(perplexity, n)
    attraction = _Attraction(*_affinities(x, perplexity, metric))
    repulsion = exact_repulsion if n <= MOST_EXACT else grid_repulsion
    y = (start / (start[:, 0].std() or 1) * _START_SCALE).astype(np.float32)
    velocity, gains = np.zeros_like(y), np.ones_like(y)
    step = np.float32(max(n / _EXAGGERATION, 50))
    n_early = n_iterations // 3
    for done in range(n_iterations):
        early = done < n_early
        push, z = repulsion(y)
        gradient = attraction(y) * np.float32(_EXAGGERATION if early else 1) - push / np.float32(z)
        _learn(gains, gradient, velocity)
        velocity *= np.float32(0.5 if early else 0.8)
        velocity -= step * 4 * gains * gradient
        y += velocity
        if report is not None:
            report(done + 1, n_iterations)
    centred: Points = y - y.mean(axis=0)
    return centred


def prove_perplexity(perplexity: float, n: int) -> None:
    """Refuse a perplexity that n rows cannot have; see `tsne_points`.

    Parameters
    ----------
    perplexity : float
        Neighbours that count, so to speak.
    n : int
        Number of rows.

    Raises
    ------
    VibrationError
        For less than 2 or more than a third of the rows.

    Examples
    --------
    >>> prove_perplexity(30.0, 500)
    """
    if not 2 <= perplexity <= (n - 1) / 3:
        raise VibrationError(
            f"t-SNE needs a perplexity of 2 to {max((n - 1) // 3, 2)} for {n} signals, "
            f"not {perplexity:g}.",
            field="perplexity",
        )


def _learn(gains: Points, gradient: Points, velocity: Points) -> None:
    """Lengthen the step of a coordinate that goes on in its direction, shorten it else."""
    turned = (gradient > 0) == (velocity > 0)
    np.maximum(np.where(turned, gains * 0.8, gains + 0.2), _LEAST_GAIN, out=gains)


class _Attraction:
    """Σⱼ p(i, j) k(i, j) (yᵢ − yⱼ) over the pairs that are neighbours.

    A point is one complex number, so that a pair is gathered once and not for each coordinate.
    """

    def __init__(self, rows: Indices, columns: Indices, p: Points, n: int) -> None:
        from scipy.sparse import csr_array

        pairs = csr_array((p, (rows, columns)), shape=(n, n))  # adds up what is named twice
        self._first, self._p = pairs.indptr[:-1], pairs.data
        self._rows = np.repeat(np.arange(n), np.diff(pairs.indptr))
        self._columns = pairs.indices.astype(np.int64)

    def __call__(self, y: Points) -> Points:
        place = np.ascontiguousarray(y).view(np.complex64)[:, 0]
        apart = place.take(self._rows)
        apart -= place.take(self._columns)
        apart *= self._p / (apart.real**2 + apart.imag**2 + 1)
        return np.add.reduceat(apart, self._first).view(np.float32).reshape(-1, 2)


def _affinities(x: Table, perplexity: float, metric: str) -> tuple[Indices, Indices, Points, int]:
    n = len(x)
    nearest, distances = nearest_rows(x, min(n - 1, int(3 * perplexity)), metric)
    p = _conditional(distances.astype(float) ** 2, perplexity)
    rows = np.repeat(np.arange(n), nearest.shape[1])
    columns = nearest.ravel()
    values = (p.ravel() / (2 * n)).astype(np.float32)
    # Each pair both ways; where both are neighbours of each other the two halves are added.
    return np.r_[rows, columns], np.r_[columns, rows], np.r_[values, values], n


def _conditional(squared: npt.NDArray[Any], perplexity: float) -> npt.NDArray[Any]:
    """Return p(j|i): Gaussian weights whose entropy is ln(perplexity), by bisection of all rows."""
    squared = squared - squared[:, :1]
    mean = squared.mean(axis=1, keepdims=True)
    beta = 1 / np.where(mean > 0, mean, 1)
    low, high = np.zeros_like(beta), np.full_like(beta, np.inf)
    wanted = np.log(perplexity)
    for _ in range(_BISECTIONS):
        weights = np.exp(-squared * beta)
        total = weights.sum(axis=1, keepdims=True)
        entropy = np.log(total) + beta * (squared * weights).sum(axis=1, keepdims=True) / total
        too_wide = entropy > wanted
        low, high = np.where(too_wide, beta, low), np.where(too_wide, high, beta)
        beta = np.where(np.isinf(high), 2 * beta, (low + high) / 2)
    weights = np.exp(-squared * beta)
    normalised: npt.NDArray[Any] = weights / weights.sum(axis=1, keepdims=True)
    return normalised
