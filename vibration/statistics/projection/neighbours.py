"""The nearest rows of each row of a table, exactly, by scikit-learn."""

from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError

METRICS: Final = ("euclidean", "manhattan", "cosine")

Table = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]


def nearest_rows(x: Table, n_neighbours: int, metric: str = "euclidean") -> tuple[Indices, Table]:
    """Rows nearest to each row and their distances, in rising order; a row is not its own.

    d(a, b) = √Σ(aᵢ − bᵢ)², Σ|aᵢ − bᵢ| or 1 − a·b/(|a||b|). All distances are computed, which for
    the 36 features and 20 000 rows is quicker than a tree.

    References
    ----------
    C. D. Manning et al., *Introduction to Information Retrieval*, Cambridge 2008, ch. 14.

    Parameters
    ----------
    x : ndarray, shape (n, k)
        Rows, float32, finite.
    n_neighbours : int
        How many, 1 to n − 1.
    metric : {'euclidean', 'manhattan', 'cosine'}
        Which distance.

    Returns
    -------
    (ndarray, ndarray), shape (n, n_neighbours)
        Indices and distances.

    Raises
    ------
    VibrationError
        For an unknown metric or more neighbours than there are.

    Examples
    --------
    >>> rows, distances = nearest_rows(np.array([[0], [1], [3]], np.float32), 1)
    >>> rows.ravel().tolist(), distances.ravel().tolist()
    ([1, 0, 1], [1.0, 1.0, 2.0])
    """
    if metric not in METRICS:
        raise VibrationError(
            f"There is no metric “{metric}”: choose {', '.join(METRICS)}.", field="metric"
        )
    if not 1 <= n_neighbours < len(x):
        raise VibrationError(
            f"{len(x)} rows have 1 to {len(x) - 1} neighbours each, not {n_neighbours}.",
            field="n_neighbours",
        )
    from sklearn.neighbors import NearestNeighbors  # its import would slow every process's start

    # The cosine distance of rows of length 1 is half the square of the euclidean one, which is
    # searched for in a third of the time.
    is_cosine = metric == "cosine"
    rows = _unit_rows(x) if is_cosine else x
    search = NearestNeighbors(
        n_neighbors=n_neighbours, metric="euclidean" if is_cosine else metric, algorithm="brute"
    )
    distances, nearest = search.fit(rows).kneighbors()
    distances = distances.astype(np.float32)
    return nearest.astype(np.int64), np.square(distances) / 2 if is_cosine else distances


def _unit_rows(x: Table) -> Table:
    lengths = np.linalg.norm(x, axis=1, keepdims=True)
    return (x / np.where(lengths > 0, lengths, 1)).astype(np.float32)
