"""Features made comparable, and their principal components."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.statistics.projection.neighbours import Table
from vibration.statistics.projection.repulsion import Points
from vibration.statistics.scales import varies


@dataclass(frozen=True, eq=False)
class Standardised:
    """A table whose columns have mean 0 and standard deviation 1.

    Attributes
    ----------
    values : ndarray, shape (n, k)
        float32, finite.
    n_filled : int
        Values that were missing and got the median of their column.
    n_rows_filled : int
        Rows with at least one of them.
    n_idle : int
        Columns that say nothing, constant or wholly missing; they are 0.
    """

    values: Table
    n_filled: int
    n_rows_filled: int
    n_idle: int


def standardised(x: npt.ArrayLike) -> Standardised:
    """Standardise a table of features: z = (x − mean)/σ for each column.

    A missing value gets the median of its whole column, whatever its class: a class's own median
    would draw classes apart that are not.

    References
    ----------
    T. Hastie, R. Tibshirani, J. Friedman, *The Elements of Statistical Learning*, 2nd ed., Springer
    2009, §9.6 and §14.5.

    Parameters
    ----------
    x : array_like, shape (n, k)
        Features, NaN where missing.

    Returns
    -------
    Standardised

    Raises
    ------
    VibrationError
        For fewer than 3 rows, no columns, or infinite values.

    Examples
    --------
    >>> table = standardised([[1, 5], [2, 5], [np.nan, 5], [3, 5]])
    >>> table.n_filled, table.n_idle, table.values[2].tolist()
    (1, 1, [0.0, 0.0])
    """
    values = np.array(x, dtype=float)
    if values.ndim != 2 or len(values) < 3 or values.shape[1] < 1:
        raise VibrationError("A projection needs at least 3 signals; widen the filter.", field="x")
    if np.isinf(values).any():
        raise VibrationError("A feature is infinite; measure its signal again.", field="x")
    missing = np.isnan(values)
    for column in np.flatnonzero(missing.any(axis=0)):
        gap = missing[:, column]
        known = values[~gap, column]
        values[gap, column] = np.median(known) if known.size else 0.0
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    idle = ~varies(mean, deviation)
    scaled = (values - mean) / np.where(idle, 1, deviation)
    scaled[:, idle] = 0
    return Standardised(
        values=scaled.astype(np.float32),
        n_filled=int(missing.sum()),
        n_rows_filled=int(missing.any(axis=1).sum()),
        n_idle=int(idle.sum()),
    )


def principal_points(z: Table) -> tuple[Points, tuple[float, float]]:
    """Coordinates along the two directions of largest variance, and their share of it.

    Z = U S Vᵀ; the points are U₁S₁, U₂S₂ and the shares Sᵢ²/ΣS². The sign of a direction is free:
    its largest loading is made positive, so that one table always gives one picture.

    References
    ----------
    I. T. Jolliffe, *Principal Component Analysis*, 2nd ed., Springer 2002, §3.5.

    Parameters
    ----------
    z : ndarray, shape (n, k)
        Rows, finite; their mean is removed.

    Returns
    -------
    (ndarray, (float, float))
        Points, (n, 2) float32, and the share of the variance of each direction, 0 to 1.

    Examples
    --------
    >>> line = np.array([[0, 0], [1, 2], [2, 4]], np.float32)
    >>> [round(share, 6) for share in principal_points(line)[1]]
    [1.0, 0.0]
    """
    centred = z.astype(float) - z.mean(axis=0, dtype=float)
    # The small square matrix of covariances has the same directions as the long table.
    variances, directions = np.linalg.eigh(centred.T @ centred)
    order = np.argsort(variances)[::-1][:2]
    axes = directions[:, order]
    axes *= np.where(np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], 0) < 0, -1, 1)
    points = np.zeros((len(z), 2), np.float32)
    points[:, : order.size] = centred @ axes
    total = max(float(variances.sum()), 1e-300)
    shares = [max(float(value), 0.0) / total for value in variances[order]]
    return points, (shares[0], shares[1] if len(shares) > 1 else 0.0)
