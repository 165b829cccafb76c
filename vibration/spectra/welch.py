"""Spectra of one channel: Welch's PSD, the whole-record amplitude spectrum and its peaks.

Both are `averaged_spectrum` with the choices that features, references and measurements share.
"""

import math

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.spectra.averaging import averaged_spectrum
from vibration.spectra.samples import ComplexArray, FloatArray, as_samples


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
    spectrum = averaged_spectrum(x, fs_hz, segment=segment)
    return spectrum.f_hz, spectrum.values


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
    window : {"hann", "hamming", "blackman", "flattop", "boxcar"}
        Periodic window.

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
    samples = as_samples(x)
    spectrum = averaged_spectrum(
        samples,
        fs_hz,
        quantity="amplitude",
        segment=samples.size,
        window=window,
        averaging="linear",
    )
    return spectrum.f_hz, spectrum.values


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

    Returns
    -------
    ndarray, shape (last − first + 1,)
        Amplitudes in the unit of the record.

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

    Raises
    ------
    VibrationError
        Where frequencies and amplitudes differ in number, or are more than a line.

    Examples
    --------
    >>> spectrum_peaks([0, 1, 2, 3, 4, 5, 6], [9, 0, 3, 2, 2.5, 0, 1], separation_hz=3)
    [(2.0, 3.0), (6.0, 1.0)]
    """
    frequencies, heights = np.asarray(f_hz, dtype=float), np.asarray(amplitude, dtype=float)
    if frequencies.shape != heights.shape or frequencies.ndim != 1:
        raise VibrationError(
            "A spectrum needs as many frequencies as amplitudes, in one dimension.",
            field="amplitude",
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


# scipy.signal takes 0.6 s to import, which every process of the portal would pay at its start.
def _local_maxima(heights: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    from scipy.signal import find_peaks

    tops: npt.NDArray[np.intp] = find_peaks(heights)[0]
    return tops
