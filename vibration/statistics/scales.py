"""What a column is divided by to be comparable with others."""

from typing import Final

import numpy as np
import numpy.typing as npt

_ROUNDING: Final = 1e-12  # of the mean

Values = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def varies(means: npt.ArrayLike, deviations: npt.ArrayLike) -> Bools:
    """Tell which columns vary by more than rounding.

    The mean of a constant is rounded, so its deviation is 0 or not as its digits happen to be.

    Parameters
    ----------
    means, deviations : array_like, shape (k,)
        Of the columns.

    Returns
    -------
    ndarray, shape (k,)

    Examples
    --------
    >>> varies([0.1, 5.0], [1.4e-17, 2.5]).tolist()
    [False, True]
    """
    least = _ROUNDING * np.maximum(np.abs(np.asarray(means)), 1e-300)
    return np.asarray(np.asarray(deviations) > least)


def scales_of(means: npt.ArrayLike, deviations: npt.ArrayLike) -> Values:
    """Return the deviation of each column, and 1 where it varies by rounding at most.

    Parameters
    ----------
    means, deviations : array_like, shape (k,)
        Of the columns.

    Returns
    -------
    ndarray, shape (k,)
        Above 0.

    Examples
    --------
    >>> scales_of([0.1, 5.0], [1.4e-17, 2.5]).tolist()
    [1.0, 2.5]
    """
    return np.where(varies(means, deviations), deviations, 1.0)


def standardised(table: Values) -> Values:
    """Return each column about its mean, in deviations; 0 where it is missing or does not vary.

    The mean is taken twice: the sum of a million equal values is rounded a million times.

    Parameters
    ----------
    table : ndarray, shape (n, k)
        NaN where a value is missing.

    Returns
    -------
    ndarray, shape (n, k)

    Examples
    --------
    >>> standardised(np.array([[1.0, 0.1], [3.0, 0.1], [np.nan, 0.1]])).tolist()
    [[-1.0, 0.0], [1.0, 0.0], [0.0, 0.0]]
    """
    known = ~np.isnan(table)
    n_known = np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, table, 0)
    mean = centred.sum(axis=0) / n_known
    centred = np.where(known, centred - mean, 0)
    centred = np.where(known, centred - centred.sum(axis=0) / n_known, 0)
    deviation = np.sqrt((centred**2).sum(axis=0) / n_known)
    scaled: Values = centred / np.where(varies(mean, deviation), deviation, np.inf)
    return scaled
