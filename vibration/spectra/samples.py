"""One channel's samples and its rate, as every function here takes them.

float32 samples are analysed and answered in float32, every other real type in float64.
"""

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError

FloatArray = npt.NDArray[np.floating[Any]]
ComplexArray = npt.NDArray[np.complexfloating[Any, Any]]

MIN_SAMPLES: Final = 8


def as_samples(x: npt.ArrayLike, *, min_samples: int = MIN_SAMPLES) -> FloatArray:
    """One channel as float32 (if it came so) or float64; refuses what cannot be analysed.

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples in any unit.
    min_samples : int
        How many there are at least.

    Returns
    -------
    ndarray, shape (N,)
        float32 or float64; the array itself where nothing changes.

    Raises
    ------
    VibrationError
        For another shape, a type that is no real number, too few samples, NaN and infinity.

    Examples
    --------
    >>> as_samples([1, 2, 3], min_samples=3).dtype
    dtype('float64')
    """
    array = np.asarray(x)
    if array.ndim != 1:
        raise VibrationError(
            f"The samples have shape {array.shape}: pass one channel, a one-dimensional array.",
            field="x",
        )
    if array.dtype.kind not in "fiub":
        raise VibrationError(
            f"The samples are of type {array.dtype}: pass real numbers.", field="x"
        )
    if array.size < min_samples:
        raise VibrationError(
            f"The record has {array.size} samples: at least {min_samples} are needed.", field="x"
        )
    samples: FloatArray = array.astype(
        np.float32 if array.dtype == np.float32 else np.float64, copy=False
    )
    finite = np.isfinite(samples)
    if not finite.all():
        bad = finite.size - np.count_nonzero(finite)
        raise VibrationError(
            f"{bad} of {samples.size} samples are not finite (NaN or infinity): "
            "cut them out or interpolate them first.",
            field="x",
        )
    return samples


def as_sampling_rate(fs_hz: float) -> float:
    """Return the sampling rate in Hz as a float; refuses what is no positive, finite number.

    Parameters
    ----------
    fs_hz : float
        Sampling rate in Hz.

    Returns
    -------
    float
        In Hz.

    Raises
    ------
    VibrationError
        For what is no positive, finite number.

    Examples
    --------
    >>> as_sampling_rate(20_480)
    20480.0
    """
    if not (math.isfinite(fs_hz) and fs_hz > 0):
        raise VibrationError(
            f"The sampling rate is {fs_hz} Hz: pass a positive, finite number.", field="fs_hz"
        )
    return float(fs_hz)
