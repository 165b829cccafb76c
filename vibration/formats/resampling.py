"""Samples at uneven times, brought to an even rate in parts."""

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.formats.gathering import gathered
from vibration.formats.steps import Steps

_FACTOR: Final = 8
_AT_ONCE: Final = 1 << 18
_MOST_TIMES: Final = 8  # the mean rate: beyond it a file of few samples only fills the memory
_MARGIN: Final = 64  # beyond it neither spline nor filter feels what a part leaves out

Floats = npt.NDArray[np.float64]


def resampled(samples: npt.NDArray[Any], times_s: Floats, fs_hz: float) -> Floats:
    """Return samples of uneven times at an even rate, antialiased.

    The samples are interpolated by a cubic at eight times the rate, and decimated by an FIR filter
    that takes away what the rate cannot carry.

    Parameters
    ----------
    samples : ndarray, (N,)
    times_s : ndarray, (N,)
        Never going back; of samples at one time the first counts.
    fs_hz : float
        The rate wanted, usually the mean one.

    Returns
    -------
    ndarray, (M,)
        M = ⌊span·fs⌋ + 1 samples from the first time on.

    Raises
    ------
    VibrationError
        For times with a gap, over which the cubic makes up samples of any size, and for more than
        eight times their mean rate.

    Examples
    --------
    >>> t = np.sort(np.linspace(0, 1, 1000) + 1e-5 * np.sin(np.arange(1000)))
    >>> len(resampled(np.sin(2 * np.pi * 5 * t), t, 500.0))
    500
    """
    _prove_resampled(times_s, fs_hz)
    n = math.floor((times_s[-1] - times_s[0]) * fs_hz + 1e-9) + 1
    parts = (
        _part(samples, times_s, fs_hz, first, min(first + _AT_ONCE, n), n)
        for first in range(0, n, _AT_ONCE)
    )
    return gathered(parts, n, np.float64)


def _prove_resampled(times_s: Floats, fs_hz: float) -> None:
    gap = Steps(times_s).gap()
    if gap is not None:
        longest_s, after = gap
        raise VibrationError(
            f"The times have a gap of {longest_s:.6g} s after sample {after}: cut the file there.",
            field="times_s",
        )
    span_s = float(times_s[-1] - times_s[0])
    if span_s * fs_hz > _MOST_TIMES * times_s.size:
        mean_hz = (times_s.size - 1) / span_s
        raise VibrationError(
            f"Uneven times of a mean rate of {mean_hz:.6g} Hz can be resampled to at most "
            f"{_MOST_TIMES} times that, not to {fs_hz:.6g} Hz; enter a rate near the mean.",
            field="fs_hz",
        )


def _part(
    samples: npt.NDArray[Any], times_s: Floats, fs_hz: float, first: int, last: int, n: int
) -> Floats:
    from scipy.interpolate import CubicSpline
    from scipy.signal import resample_poly

    before, behind = max(0, first - _MARGIN), min(n, last + _MARGIN)
    fine_s = times_s[0] + np.arange(before * _FACTOR, behind * _FACTOR) / (_FACTOR * fs_hz)
    begin, end = np.searchsorted(times_s, [fine_s[0], fine_s[-1]])
    near = slice(max(0, int(begin) - _MARGIN), int(end) + _MARGIN)
    there_s, there = times_s[near], samples[near].astype(np.float64)
    grows = np.concatenate([[True], np.diff(there_s) > 0])
    spline = CubicSpline(there_s[grows], there[grows])
    fine = spline(np.minimum(fine_s, there_s[-1]))
    even: Floats = resample_poly(fine, 1, _FACTOR, padtype="line")
    return even[first - before : last - before]
