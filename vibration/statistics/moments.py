"""Level and shape of a record or a part of it: mean, RMS, peak, crest factor, kurtosis.

The mean is removed before all but itself, as for the 36 features, so that a sensor's offset is no
vibration. Sums are kept in float64 whatever the type of the samples.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.features.temporal import central_moments
from vibration.spectra.samples import FloatArray, as_samples

_READ_AT_ONCE: Final = 1 << 20
_ROUNDING_STEPS: Final = 8  # a record that varies by less than this many roundings is constant
# Fourth powers beyond these leave the range of float64; no vibration comes near.
_LARGEST: Final = 1e75
_SMALLEST: Final = 1e-75

Read = Callable[[int, int], npt.NDArray[Any]]


@dataclass(frozen=True)
class SpanStatistics:
    """Statistics of a run of samples.

    Attributes
    ----------
    n : int
        Samples.
    mean : float
        In the unit of the samples.
    rms, peak : float
        Root mean square and highest magnitude about the mean, in the unit of the samples.
    crest : float
        peak/rms; NaN for a constant run.
    kurtosis : float
        Fourth moment about the mean over the squared variance (3 for Gaussian noise); NaN for a
        constant run.
    """

    n: int
    mean: float
    rms: float
    peak: float
    crest: float
    kurtosis: float


def span_statistics(x: npt.ArrayLike) -> SpanStatistics:
    """Statistics of a run of samples, its mean removed.

    rms = √(Σ(x − m)²/N), peak = max|x − m|, crest = peak/rms, kurtosis = Σ(x − m)⁴/(N·rms⁴).

    References
    ----------
    R. B. Randall, *Vibration-based Condition Monitoring*, 2nd ed., Wiley 2021, ch. 2.

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples, N ≥ 1.

    Returns
    -------
    SpanStatistics

    Raises
    ------
    VibrationError
        For what is no channel of finite samples.

    Examples
    --------
    >>> found = span_statistics(5 + np.sqrt(2) * np.sin(2 * np.pi * np.arange(400) / 400))
    >>> round(found.mean, 6), round(found.rms, 6), round(found.crest, 3), round(found.kurtosis, 6)
    (5.0, 1.0, 1.414, 1.5)
    """
    samples = as_samples(x, min_samples=1)
    return statistics_of(lambda first, last: samples[first:last], samples.size)


def statistics_of(read: Read, n_samples: int) -> SpanStatistics:
    """Statistics of a record too long to be loaded, in one pass of a million samples at a time.

    The moments of the parts are joined by Pébay's formulas, which lose no digits to the mean.

    References
    ----------
    P. Pébay, "Formulas for robust, one-pass parallel computation of covariances and arbitrary-
    order statistical moments", Sandia report SAND2008-6212.

    Parameters
    ----------
    read : callable
        ``read(first, last)`` returns the samples from `first` up to, not including, `last`.
    n_samples : int
        Length of the record, ≥ 1.

    Returns
    -------
    SpanStatistics

    Raises
    ------
    VibrationError
        For an empty record, samples that are not finite, and more or fewer than asked for.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0, -1.0, 1.0])
    >>> statistics_of(lambda first, last: x[first:last], 4)
    SpanStatistics(n=4, mean=0.0, rms=1.0, peak=1.0, crest=1.0, kurtosis=1.0)
    """
    if n_samples < 1:
        raise VibrationError(
            "A record of no samples has no statistics: choose a longer part.", field="n_samples"
        )
    parts = (
        _Moments.of(_samples_of(read, first, min(first + _READ_AT_ONCE, n_samples)))
        for first in range(0, n_samples, _READ_AT_ONCE)
    )
    return reduce(_Moments.joined, parts).statistics()


@dataclass(frozen=True)
class _Moments:
    """Count, mean, sums of powers about the mean, extremes and the step of rounding."""

    n: int
    mean: float
    second: float
    third: float
    fourth: float
    low: float
    high: float
    epsilon: float

    @classmethod
    def of(cls, samples: FloatArray) -> "_Moments":
        low, high = float(samples.min()), float(samples.max())
        if max(-low, high) > _LARGEST:
            raise VibrationError(
                f"A sample is {max(low, high, key=abs):g}, beyond {_LARGEST:g}: "
                "check the unit and the file.",
                field="samples",
            )
        n, mean = samples.size, float(samples.mean(dtype=float))
        second, third, fourth = (n * moment for moment in central_moments(samples))
        return cls(n, mean, second, third, fourth, low, high, float(np.finfo(samples.dtype).eps))

    def joined(self, other: "_Moments") -> "_Moments":
        a, b = self.n, other.n
        n, step = a + b, other.mean - self.mean
        return _Moments(
            n,
            self.mean + step * b / n,
            self.second + other.second + step**2 * a * b / n,
            self.third
            + other.third
            + step**3 * a * b * (a - b) / n**2
            + 3 * step * (a * other.second - b * self.second) / n,
            self.fourth
            + other.fourth
            + step**4 * a * b * (a * a - a * b + b * b) / n**3
            + 6 * step**2 * (a * a * other.second + b * b * self.second) / n**2
            + 4 * step * (a * other.third - b * self.third) / n,
            min(self.low, other.low),
            max(self.high, other.high),
            max(self.epsilon, other.epsilon),
        )

    def statistics(self) -> SpanStatistics:
        rounding = _ROUNDING_STEPS * self.epsilon * max(abs(self.low), abs(self.high))
        if self.high - self.low <= max(rounding, _SMALLEST):
            return SpanStatistics(self.n, self.mean, 0.0, 0.0, math.nan, math.nan)
        variance = self.second / self.n
        rms, peak = math.sqrt(variance), max(self.high - self.mean, self.mean - self.low)
        return SpanStatistics(
            self.n, self.mean, rms, peak, peak / rms, self.fourth / self.n / variance**2
        )


def _samples_of(read: Read, first: int, last: int) -> FloatArray:
    samples = as_samples(read(first, last), min_samples=1)
    if samples.size != last - first:
        raise VibrationError(
            f"{last - first} samples were asked for at {first} and {samples.size} came.",
            field="read",
        )
    return samples
