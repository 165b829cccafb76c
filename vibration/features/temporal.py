"""Features of the waveform itself."""

import math

import numpy as np

from vibration.features.waveform import Waveform
from vibration.spectra.samples import FloatArray

_AT_ONCE = 16_384  # float64 copies of this many samples stay in the cache


def temporal_features(waveform: Waveform) -> tuple[float, ...]:
    """RMS, kurtosis, skewness and the peak factors of one record, in the registry's order.

    Parameters
    ----------
    waveform : Waveform
        A record as `prepare` returns it.

    Returns
    -------
    tuple of float
        One value for each feature of the group; NaN where it is not defined.

    Examples
    --------
    >>> from vibration.features.waveform import prepare
    >>> x = np.random.default_rng(1).standard_normal(4096)
    >>> len(temporal_features(prepare(x, 8000.0, None)))
    7
    """
    variance, third, fourth = central_moments(waveform.recorded, waveform.scale)
    rms, magnitude = math.sqrt(variance), np.abs(waveform.samples)
    mean_magnitude = float(magnitude.mean())
    mean_root = float(np.sqrt(magnitude, out=magnitude).mean())
    return (
        waveform.scale * rms,
        fourth / variance**2,
        third / rms**3,
        1 / rms,
        rms / mean_magnitude,
        1 / mean_magnitude,
        1 / mean_root**2,
    )


def central_moments(values: FloatArray, scale: float = 1.0) -> tuple[float, float, float]:
    """Second to fourth central moment of values/scale, in float64 whatever their type.

    Parameters
    ----------
    values : ndarray, shape (N,)
        In any unit.
    scale : float
        What they are divided by, in the same unit.

    Returns
    -------
    second, third, fourth : float
        E[(v − mean)²], E[(v − mean)³] and E[(v − mean)⁴] of v = values/scale.

    Examples
    --------
    >>> central_moments(np.array([0.0, 0.0, 0.0, 4.0]))
    (3.0, 6.0, 21.0)
    """
    mean, sums = values.mean(dtype=float), np.zeros(3)
    for first in range(0, values.size, _AT_ONCE):
        part = (values[first : first + _AT_ONCE] - mean) / scale
        squares = np.square(part)
        sums += (np.dot(part, part), np.dot(squares, part), np.dot(squares, squares))
    second, third, fourth = (sums / values.size).tolist()
    return second, third, fourth


def pearson_kurtosis(values: FloatArray) -> float:
    """Fourth central moment over the squared variance; NaN when nothing varies.

    Parameters
    ----------
    values : ndarray, shape (N,)
        In any unit.

    Returns
    -------
    float
        Dimensionless; 3 for Gaussian noise.

    Examples
    --------
    >>> pearson_kurtosis(np.array([-1.0, 1.0, -1.0, 1.0]))
    1.0
    """
    variance, _, fourth = central_moments(values)
    return fourth / variance**2 if variance else math.nan
