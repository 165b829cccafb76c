"""One checked record on its way through the extractors, with the transform they share."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy

from vibration.errors import VibrationError
from vibration.spectra.samples import ComplexArray, FloatArray, as_samples, as_sampling_rate

MIN_FEATURE_SAMPLES = 1024
_ROUNDING_STEPS = 8


@dataclass(frozen=True)
class Waveform:
    """A record without its mean, divided by `scale` so that its highest peak is 1.

    Unit peak keeps every power and product inside float32's range, whatever the unit of the
    samples. `scale` is 0 for a constant record; `recorded` are the samples as they came.
    """

    recorded: FloatArray
    samples: FloatArray
    scale: float
    fs_hz: float
    shaft_hz: float | None

    @property
    def n(self) -> int:
        """Number of samples."""
        return self.samples.size

    @cached_property
    def spectrum(self) -> ComplexArray:
        """Rfft of the whole record, unwindowed; its bin at 0 Hz is 0 as the mean is."""
        spectrum = scipy.fft.rfft(self.samples)
        spectrum[0] = 0
        return spectrum


def prepare(x: npt.ArrayLike, fs_hz: float, shaft_hz: float | None) -> Waveform:
    """Check the input, remove its mean and bring it to unit peak.

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples, N ≥ 1024.
    fs_hz : float
        Sampling rate in Hz.
    shaft_hz : float or None
        Speed of the shaft in Hz; None, 0 or NaN where it is unknown.

    Returns
    -------
    Waveform
        The record without mean and with a peak of 1, and what it was divided by.

    Raises
    ------
    VibrationError
        For samples, a rate or a speed that cannot be used.

    Examples
    --------
    >>> waveform = prepare(np.tile(np.float32([1, 5]), 512), 1000.0, None)
    >>> round(waveform.scale, 6), waveform.samples[:2].round(6).tolist()
    (2.0, [-1.0, 1.0])
    """
    given = as_samples(x, min_samples=MIN_FEATURE_SAMPLES)
    fs_hz, shaft_hz = as_sampling_rate(fs_hz), _as_shaft_speed(shaft_hz)
    highest, lowest = float(given.max()), float(given.min())
    rounding = _ROUNDING_STEPS * float(np.finfo(given.dtype).eps) * max(abs(highest), abs(lowest))
    if highest - lowest <= rounding:
        return Waveform(given, np.zeros_like(given), 0.0, fs_hz, shaft_hz)
    samples = given / given.dtype.type(max(abs(highest), abs(lowest)))  # no overflow from here on
    samples -= samples.dtype.type(samples.mean(dtype=float))
    samples -= samples.mean()  # what rounding the mean left behind a large offset
    peak = max(samples.max(), -samples.min())
    samples /= peak
    return Waveform(given, samples, float(peak) * max(abs(highest), abs(lowest)), fs_hz, shaft_hz)


def _as_shaft_speed(shaft_hz: float | None) -> float | None:
    if shaft_hz is None or math.isnan(shaft_hz) or shaft_hz == 0:
        return None
    if not (math.isfinite(shaft_hz) and shaft_hz > 0):
        raise VibrationError(
            f"The shaft speed is {shaft_hz} Hz: pass a positive number, or none if it is unknown.",
            field="shaft_hz",
        )
    return float(shaft_hz)
