"""Spectra of one channel: Welch's PSD, the whole-record amplitude spectrum and its peaks.

float32 samples are analysed and answered in float32, every other real type in float64.
"""

import math
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.fft

from vibration.errors import VibrationError

FloatArray = npt.NDArray[np.floating[Any]]
ComplexArray = npt.NDArray[np.complexfloating[Any, Any]]

WELCH_MAX_DF_HZ = 1.25
MIN_SAMPLES = 8
_SEGMENTS_AT_ONCE = 32  # bounds the memory of long recordings


def welch_segment(n_samples: int, fs_hz: float, *, max_df_hz: float = WELCH_MAX_DF_HZ) -> int:
    """Length of a Welch segment: the smallest power of two with df ≤ `max_df_hz`, else all.

    Parameters
    ----------
    n_samples : int
        Length of the record.
    fs_hz : float
        Sampling rate in Hz.
    max_df_hz : float
        Coarsest allowed distance of two bins in Hz.

    Examples
    --------
    >>> welch_segment(102_400, 20_480.0)
    16384
    >>> welch_segment(5_000, 20_480.0)
    5000
    """
    segment = 1
    while fs_hz / segment > max_df_hz and segment < n_samples:
        segment *= 2
    return min(segment, n_samples)


def welch_psd(
    x: npt.ArrayLike, fs_hz: float, *, segment: int | None = None
) -> tuple[FloatArray, FloatArray]:
    """One-sided power spectral density by Welch's method.

    P(f) = mean over segments of 2·|rfft(w·(x − mean))|² / (fs·Σw²), with the periodic Hann window
    w, 50 % overlap and the mean of each segment removed; the bins at 0 Hz and at Nyquist are not
    doubled, so that ΣP·df is the mean square.

    References
    ----------
    P. D. Welch, "The use of fast Fourier transform for the estimation of power spectra",
    IEEE Trans. Audio Electroacoust. 15 (1967).

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples, N ≥ 8.
    fs_hz : float
        Sampling rate in Hz.
    segment : int, optional
        Samples per segment, 8 to N; by default that of `welch_segment`.

    Returns
    -------
    f_hz, psd : ndarray, shape (segment // 2 + 1,)
        Frequencies in Hz and the density in unit²/Hz.

    Examples
    --------
    >>> x = np.sin(2 * np.pi * 100 * np.arange(8000) / 8000)
    >>> f_hz, psd = welch_psd(x, 8000.0, segment=2000)
    >>> float(f_hz[np.argmax(psd)]), round(float(psd.sum() * f_hz[1]), 6)
    (100.0, 0.5)
    """
    samples, fs_hz = as_samples(x), as_sampling_rate(fs_hz)
    n = welch_segment(samples.size, fs_hz) if segment is None else segment
    if not MIN_SAMPLES <= n <= samples.size:
        raise VibrationError(
            f"A Welch segment of {n} samples does not fit: choose {MIN_SAMPLES} to {samples.size}."
        )
    window = window_of("hann", n, samples.dtype.char)
    frames = np.lib.stride_tricks.sliding_window_view(samples, n)[:: n - n // 2]
    power = np.zeros(n // 2 + 1)
    for first in range(0, len(frames), _SEGMENTS_AT_ONCE):
        block = frames[first : first + _SEGMENTS_AT_ONCE]
        windowed = (block - block.mean(axis=1, keepdims=True)) * window
        spectra = scipy.fft.rfft(windowed, axis=1, overwrite_x=True)
        power += (np.square(spectra.real) + np.square(spectra.imag)).sum(axis=0)
    power *= 1 / (len(frames) * fs_hz * float(np.dot(window, window)))
    _double_inner_bins(power, n)
    return _frequencies(n, fs_hz), power.astype(samples.dtype)


def amplitude_spectrum(
    x: npt.ArrayLike, fs_hz: float, *, window: str = "hann"
) -> tuple[FloatArray, FloatArray]:
    """One-sided amplitude spectrum of the whole record, its mean removed.

    A(f) = 2·|rfft(w·x)|/Σw, so a sine of 1 g in the middle of a bin reads 1 g; the bins at 0 Hz
    and at Nyquist are not doubled.

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples, N ≥ 8.
    fs_hz : float
        Sampling rate in Hz.
    window : str
        Any window name of `scipy.signal.get_window` that takes no parameter.

    Returns
    -------
    f_hz, amplitude : ndarray, shape (N // 2 + 1,)
        Frequencies in Hz and amplitudes in the unit of `x`.

    Examples
    --------
    >>> x = np.sin(2 * np.pi * 100 * np.arange(8000) / 8000)
    >>> f_hz, amplitude = amplitude_spectrum(x, 8000.0)
    >>> float(f_hz[100]), round(float(amplitude[100]), 6)
    (100.0, 1.0)
    """
    samples, fs_hz = as_samples(x), as_sampling_rate(fs_hz)
    weights = window_of(window, samples.size, samples.dtype.char)
    spectrum = scipy.fft.rfft((samples - samples.mean()) * weights, overwrite_x=True)
    amplitude = np.abs(spectrum) / weights.sum()
    _double_inner_bins(amplitude, samples.size)
    return _frequencies(samples.size, fs_hz), amplitude


def hann_amplitude(spectrum: ComplexArray, n_samples: int, first: int, last: int) -> FloatArray:
    """Hann amplitudes of the bins `first`..`last` from the unwindowed rfft of a record.

    The periodic Hann window is three lines in frequency, so W·X = X/2 − (X₋₁ + X₊₁)/4 exactly:
    a few bins are read without another transform.

    Parameters
    ----------
    spectrum : ndarray, shape (n_samples // 2 + 1,)
        rfft of the record.
    n_samples : int
        Length of the record.
    first, last : int
        Bins, both included, inside the spectrum.

    Examples
    --------
    >>> x = np.sin(2 * np.pi * 100 * np.arange(8000) / 8000)
    >>> hann_amplitude(np.fft.rfft(x), 8000, 99, 101).round(6).tolist()
    [0.5, 1.0, 0.5]
    """
    bins = np.arange(first - 1, last + 2)
    folded = np.where(bins < 0, -bins, np.where(2 * bins > n_samples, n_samples - bins, bins))
    near = np.where(folded == bins, spectrum[folded], spectrum[folded].conj())
    amplitude = np.abs(near[1:-1] / 2 - (near[:-2] + near[2:]) / 4) * (4 / n_samples)
    own = bins[1:-1]
    return np.where((own == 0) | (2 * own == n_samples), amplitude / 2, amplitude)


def spectrum_peaks(
    f_hz: npt.ArrayLike,
    amplitude: npt.ArrayLike,
    *,
    n: int = 20,
    min_hz: float = 1.0,
    max_hz: float = math.inf,
    separation_hz: float = 2.0,
) -> list[tuple[float, float]]:
    """Return the `n` highest local maxima, at least `separation_hz` apart, highest first.

    Parameters
    ----------
    f_hz, amplitude : array_like, shape (M,)
        A spectrum over rising frequencies in Hz.
    n : int
        How many peaks at most.
    min_hz, max_hz : float
        Range searched, both ends included, in Hz.
    separation_hz : float
        A lower peak nearer than this to a higher one is left out, in Hz.

    Returns
    -------
    list of (float, float)
        Frequency in Hz and amplitude of each peak.

    Examples
    --------
    >>> spectrum_peaks([0, 1, 2, 3, 4, 5, 6], [9, 0, 3, 2, 2.5, 0, 1], separation_hz=3)
    [(2.0, 3.0), (6.0, 1.0)]
    """
    frequencies, heights = np.asarray(f_hz, dtype=float), np.asarray(amplitude, dtype=float)
    if frequencies.shape != heights.shape or frequencies.ndim != 1:
        raise VibrationError(
            "A spectrum needs as many frequencies as amplitudes, in one dimension."
        )
    # the ends of the spectrum can be peaks too: a tone at Nyquist has no right-hand neighbour
    tops = _local_maxima(np.pad(heights, 1, constant_values=-math.inf)) - 1
    in_range = (frequencies[tops] >= min_hz) & (frequencies[tops] <= max_hz) & (heights[tops] > 0)
    tops = tops[in_range]
    chosen: list[tuple[float, float]] = []
    for top in tops[np.argsort(-heights[tops], kind="stable")]:
        if len(chosen) >= n:
            break
        if all(abs(frequencies[top] - f) >= separation_hz for f, _ in chosen):
            chosen.append((float(frequencies[top]), float(heights[top])))
    return chosen


def as_samples(x: npt.ArrayLike, *, min_samples: int = MIN_SAMPLES) -> FloatArray:
    """One channel as float32 (if it came so) or float64; refuses what cannot be analysed.

    Examples
    --------
    >>> as_samples([1, 2, 3], min_samples=3).dtype
    dtype('float64')
    """
    array = np.asarray(x)
    if array.ndim != 1:
        raise VibrationError(
            f"The samples have shape {array.shape}: pass one channel, a one-dimensional array."
        )
    if array.dtype.kind not in "fiub":
        raise VibrationError(f"The samples are of type {array.dtype}: pass real numbers.")
    if array.size < min_samples:
        raise VibrationError(
            f"The record has {array.size} samples: at least {min_samples} are needed."
        )
    samples: FloatArray = array.astype(
        np.float32 if array.dtype == np.float32 else np.float64, copy=False
    )
    finite = np.isfinite(samples)
    if not finite.all():
        bad = finite.size - np.count_nonzero(finite)
        raise VibrationError(
            f"{bad} of {samples.size} samples are not finite (NaN or infinity): "
            "cut them out or interpolate them first."
        )
    return samples


def as_sampling_rate(fs_hz: float) -> float:
    """Return the sampling rate in Hz as a float; refuses what is no positive, finite number."""
    if not (math.isfinite(fs_hz) and fs_hz > 0):
        raise VibrationError(f"The sampling rate is {fs_hz} Hz: pass a positive, finite number.")
    return float(fs_hz)


@lru_cache(maxsize=8)
def window_of(name: str, n_samples: int, dtype_char: str) -> FloatArray:
    """Periodic window of `scipy.signal.get_window`, read-only because it is shared."""
    samples = np.hanning(n_samples + 1)[:-1] if name == "hann" else _scipy_window(name, n_samples)
    window: FloatArray = samples.astype(np.dtype(dtype_char))
    window.flags.writeable = False
    return window


# scipy.signal takes 0.6 s to import, which every process of the portal would pay at its start.
def _scipy_window(name: str, n_samples: int) -> npt.NDArray[np.float64]:
    from scipy.signal import get_window

    try:
        window: npt.NDArray[np.float64] = get_window(name, n_samples)
    except ValueError as error:
        raise VibrationError(
            f"There is no window {name!r} without parameters: take hann, flattop or boxcar."
        ) from error
    return window


def _local_maxima(heights: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    from scipy.signal import find_peaks

    tops: npt.NDArray[np.intp] = find_peaks(heights)[0]
    return tops


def _double_inner_bins(one_sided: FloatArray, n_samples: int) -> None:
    one_sided[1 : -1 if n_samples % 2 == 0 else None] *= 2


def _frequencies(n_samples: int, fs_hz: float) -> FloatArray:
    return np.arange(n_samples // 2 + 1) * (fs_hz / n_samples)
