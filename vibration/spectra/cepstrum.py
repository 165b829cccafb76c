"""The real cepstrum: echoes and families of harmonics, each gathered in one peak."""

import numpy as np
import numpy.typing as npt
import scipy

from vibration.errors import VibrationError
from vibration.spectra.samples import ComplexArray, FloatArray, as_samples, as_sampling_rate

CEPSTRUM_FLOOR = 1e-12


def real_cepstrum(x: npt.ArrayLike, fs_hz: float) -> tuple[FloatArray, FloatArray]:
    """One-sided real cepstrum of the whole record, its mean removed.

    c = irfft(ln max(|X|, 10⁻¹²·max|X|)) with X = rfft(x − mean), up to half the record's length.
    An echo of delay τ peaks at τ, a family of harmonics or sidebands f apart at 1/f. The gain of a
    record enters only c at quefrency 0.

    References
    ----------
    R. B. Randall, *Vibration-based Condition Monitoring*, 2nd ed., Wiley 2021, ch. 3;
    B. P. Bogert, M. J. R. Healy and J. W. Tukey, "The quefrency alanysis of time series for
    echoes", Proc. Symp. Time Series Analysis (1963).

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples, N ≥ 8.
    fs_hz : float
        Sampling rate in Hz.

    Returns
    -------
    quefrency_s, c : ndarray, shape (N // 2 + 1,)
        Quefrencies in s, from 0 to half the record, and the cepstrum, dimensionless.

    Raises
    ------
    VibrationError
        For a constant record: there is no logarithm of its spectrum.

    Examples
    --------
    >>> x = np.random.default_rng(1).standard_normal(8000)
    >>> x[500:] += 0.5 * x[:-500]
    >>> quefrency_s, c = real_cepstrum(x, 1000.0)
    >>> float(quefrency_s[100:][np.argmax(c[100:])])
    0.5
    """
    samples, fs_hz = as_samples(x), as_sampling_rate(fs_hz)
    if samples.min() == samples.max():
        raise VibrationError("The record is constant: it has no cepstrum.", field="x")
    spectrum = scipy.fft.rfft(samples - samples.mean(dtype=float).astype(samples.dtype))
    half = samples.size // 2 + 1
    return np.arange(half) / fs_hz, cepstrum_of(spectrum, samples.size)[:half]


def cepstrum_of(spectrum: ComplexArray, n_samples: int) -> FloatArray:
    """Real cepstrum, both sides, of a record without mean whose unwindowed rfft is at hand.

    Parameters
    ----------
    spectrum : ndarray, shape (n_samples // 2 + 1,)
        rfft of the record.
    n_samples : int
        Length of the record.

    Returns
    -------
    ndarray, shape (n_samples,)
        Dimensionless, over quefrencies in samples.

    Examples
    --------
    >>> cepstrum_of(np.full(33, 2.0), 64).round(6)[:3].tolist()
    [0.693147, 0.0, 0.0]
    """
    magnitude = np.abs(spectrum)
    floor = magnitude.dtype.type(CEPSTRUM_FLOOR) * magnitude.max()
    c: FloatArray = scipy.fft.irfft(np.log(np.maximum(magnitude, floor)), n=n_samples)
    return c
