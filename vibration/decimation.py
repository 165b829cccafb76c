"""Fewer points for the same picture: the lowest and the highest sample of each bucket."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError


def bucket_size(n_samples: int, n_buckets: int) -> int:
    """Samples per bucket: 1 where two points a bucket would not be fewer than the samples.

    Parameters
    ----------
    n_samples : int
        Length of the line.
    n_buckets : int
        Runs wanted, 1 or more.

    Returns
    -------
    int
        Samples per run; 1 where all of them fit into two a run.

    Raises
    ------
    VibrationError
        For less than one run.

    Examples
    --------
    >>> bucket_size(102_400, 1024), bucket_size(2048, 1024), bucket_size(2049, 1024)
    (100, 1, 3)
    """
    if n_buckets < 1:
        raise VibrationError(
            f"{n_buckets} buckets hold nothing: pass at least 1.", field="n_buckets"
        )
    return 1 if n_samples <= 2 * n_buckets else math.ceil(n_samples / n_buckets)


def min_max(x: npt.NDArray[Any], n_buckets: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[Any]]:
    """Keep the extremes of each of at most `n_buckets` runs of samples, in order of time.

    No extreme is lost: the lowest and highest values of the result are those of `x`. A run whose
    lowest and highest sample are one (it is constant, or one sample long) keeps that one.

    Parameters
    ----------
    x : ndarray, shape (N,)
        Samples, any N.
    n_buckets : int
        Runs to form, usually the width of the figure in pixels.

    Returns
    -------
    positions, values : ndarray, shape (M,)
        Rising positions in `x` and the samples there, M ≤ max(2·n_buckets, 0) or all of `x`.

    Examples
    --------
    >>> positions, values = min_max(np.array([0.0, 5.0, -3.0, 1.0, 2.0, 2.0]), 2)
    >>> positions.tolist(), values.tolist()
    ([1, 2, 3, 4], [5.0, -3.0, 1.0, 2.0])
    """
    size = bucket_size(x.size, n_buckets)
    if size == 1:
        return np.arange(x.size), x
    n_whole = x.size // size
    whole = x[: n_whole * size].reshape(n_whole, size)
    starts = np.arange(n_whole) * size
    pairs = np.stack([starts + whole.argmin(axis=1), starts + whole.argmax(axis=1)])
    rest = x[n_whole * size :]
    if rest.size:
        last = n_whole * size + np.array([[rest.argmin()], [rest.argmax()]])
        pairs = np.concatenate([pairs, last], axis=1)
    positions = np.unique(pairs)
    return positions, x[positions]
