"""The envelope of a vibration and its spectrum: where bearing faults show their frequency."""

import math

import numpy as np
import numpy.typing as npt
import scipy

from vibration.errors import VibrationError
from vibration.spectra.samples import ComplexArray, FloatArray, as_samples, as_sampling_rate
from vibration.spectra.welch import amplitude_spectrum

_EDGE_SHARE = 0.1
_ROUNDING = 1e-9


def envelope(x: npt.ArrayLike) -> FloatArray:
    """Hilbert envelope of a record, its mean removed first.

    e = |x + i·H(x)|, where H turns the phase of every positive frequency by −90°. Any N will do,
    primes too: the transform then goes through a convolution (Bluestein) of order N log N.

    References
    ----------
    R. B. Randall, *Vibration-based Condition Monitoring*, 2nd ed., Wiley 2021, ch. 5.

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples, N ≥ 8.

    Returns
    -------
    ndarray, shape (N,)
        Envelope in the unit of `x`, never negative.

    Examples
    --------
    >>> t_s = np.arange(4000) / 4000
    >>> carrier = np.sin(2 * np.pi * 500 * t_s)
    >>> e = envelope((1 + 0.5 * np.cos(2 * np.pi * 10 * t_s)) * carrier)
    >>> round(float(e.max()), 3), round(float(e.min()), 3)
    (1.5, 0.5)
    """
    centred, exponent = _near_one(as_samples(x))
    return np.ldexp(envelope_of(centred, scipy.fft.rfft(centred)), exponent)


def _near_one(samples: FloatArray) -> tuple[FloatArray, int]:
    """Return the samples without mean over a power of 2, which is exact, and its exponent.

    Their peak is ½ to 1, so that whatever the unit no square is too large or small for the type.
    """
    centred: FloatArray = samples - samples.mean(dtype=float).astype(samples.dtype)
    exponent = math.frexp(max(float(centred.max()), -float(centred.min())))[1]
    return np.ldexp(centred, -exponent), exponent


def envelope_of(centred: FloatArray, spectrum: ComplexArray) -> FloatArray:
    """Hilbert envelope of a record without mean whose unwindowed rfft is at hand.

    Parameters
    ----------
    centred : ndarray, shape (N,)
        The record without its mean.
    spectrum : ndarray, shape (N // 2 + 1,)
        Its rfft.

    Returns
    -------
    ndarray, shape (N,)
        In the unit of the record, never negative.

    Examples
    --------
    >>> x = np.cos(2 * np.pi * np.arange(64) / 8)
    >>> envelope_of(x, np.fft.rfft(x)).round(6)[:4].tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    quadrature = scipy.fft.irfft(-1j * spectrum, n=centred.size)
    np.square(quadrature, out=quadrature)
    quadrature += np.square(centred)
    return np.sqrt(quadrature, out=quadrature)


def envelope_spectrum(x: npt.ArrayLike, fs_hz: float) -> tuple[FloatArray, FloatArray]:
    """One-sided Hann amplitude spectrum of the whole record's envelope, its mean removed.

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples, N ≥ 8.
    fs_hz : float
        Sampling rate in Hz.

    Returns
    -------
    f_hz, amplitude : ndarray, shape (N // 2 + 1,)
        Frequencies in Hz and amplitudes in the unit of `x`.

    Examples
    --------
    >>> t_s = np.arange(4000) / 4000
    >>> x = (1 + 0.5 * np.cos(2 * np.pi * 10 * t_s)) * np.sin(2 * np.pi * 500 * t_s)
    >>> f_hz, amplitude = envelope_spectrum(x, 4000.0)
    >>> float(f_hz[np.argmax(amplitude)]), round(float(amplitude.max()), 3)
    (10.0, 0.5)
    """
    return amplitude_spectrum(envelope(x), fs_hz)


def band_envelope(
    x: npt.ArrayLike, fs_hz: float, band_hz: tuple[float, float] | None = None
) -> FloatArray:
    """Envelope of a record band-passed to `band_hz`, its mean removed first.

    e = |ifft(2·G·X)|: filter and analytic signal are made in one go from the rfft bins X of the
    whole record, the negative frequencies left out, without phase shift. G is 1 inside the band
    and goes to 0 along a half cosine that is 10 % of the band wide and centred on its edge, where
    G = ½; the gains of neighbouring bands of one width add up to 1. An edge at 0 Hz or at Nyquist
    is the spectrum's own and stays sharp, so that (0, fs/2) is the whole record. Nothing is
    padded: any N is exact, primes too. The filter takes the record as periodic, so within about
    10/bandwidth seconds of its ends it sees the other end.

    References
    ----------
    R. B. Randall, *Vibration-based Condition Monitoring*, 2nd ed., Wiley 2021, ch. 5.

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples, N ≥ 8.
    fs_hz : float
        Sampling rate in Hz.
    band_hz : (float, float), optional
        Lower and upper edge in Hz, 0 ≤ low < high ≤ fs/2, at least two bins (2·fs/N) apart. None
        is the whole record, as in `envelope`.

    Returns
    -------
    ndarray, shape (N,)
        Envelope in the unit of `x`, never negative.

    Raises
    ------
    VibrationError
        For a band that the record cannot hold.

    Examples
    --------
    >>> t_s = np.arange(4000) / 4000
    >>> ringing = (1 + 0.5 * np.cos(2 * np.pi * 10 * t_s)) * np.cos(2 * np.pi * 1500 * t_s)
    >>> e = band_envelope(ringing + 7 * np.sin(2 * np.pi * 50 * t_s), 4000.0, (1400.0, 1600.0))
    >>> round(float(e.max()), 3), round(float(e.min()), 3)
    (1.5, 0.5)
    """
    if band_hz is None:
        return envelope(x)
    samples, fs_hz = as_samples(x), as_sampling_rate(fs_hz)
    band = _checked_band(band_hz, samples.size, fs_hz)
    centred, exponent = _near_one(samples)
    spectrum = scipy.fft.rfft(centred)
    first, gain = _band_gain(samples.size, fs_hz, *band)
    analytic = np.zeros(samples.size, dtype=spectrum.dtype)
    bins = slice(first, first + gain.size)
    analytic[bins] = spectrum[bins] * gain.astype(samples.dtype)
    e: FloatArray = np.abs(scipy.fft.ifft(analytic, overwrite_x=True))
    return np.ldexp(e, exponent)


def band_envelope_spectrum(
    x: npt.ArrayLike, fs_hz: float, band_hz: tuple[float, float] | None = None
) -> tuple[FloatArray, FloatArray]:
    """One-sided Hann amplitude spectrum of the envelope in a band, its mean removed.

    References
    ----------
    R. B. Randall and J. Antoni, "Rolling element bearing diagnostics: a tutorial", Mechanical
    Systems and Signal Processing 25 (2011).

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples, N ≥ 8.
    fs_hz : float
        Sampling rate in Hz.
    band_hz : (float, float), optional
        As in `band_envelope`; None is the whole record.

    Returns
    -------
    f_hz, amplitude : ndarray, shape (N // 2 + 1,)
        Frequencies in Hz and amplitudes in the unit of `x`.

    Raises
    ------
    VibrationError
        For a band that the record cannot hold.

    Examples
    --------
    >>> t_s = np.arange(4000) / 4000
    >>> ringing = (1 + 0.5 * np.cos(2 * np.pi * 10 * t_s)) * np.cos(2 * np.pi * 1500 * t_s)
    >>> x = ringing + 7 * np.sin(2 * np.pi * 50 * t_s)
    >>> f_hz, amplitude = band_envelope_spectrum(x, 4000.0, (1400.0, 1600.0))
    >>> float(f_hz[np.argmax(amplitude)]), round(float(amplitude.max()), 3)
    (10.0, 0.5)
    """
    return amplitude_spectrum(band_envelope(x, fs_hz, band_hz), fs_hz)


def _checked_band(
    band_hz: tuple[float, float], n_samples: int, fs_hz: float
) -> tuple[float, float]:
    low_hz, high_hz = (float(edge) for edge in band_hz)
    nyquist_hz, narrowest_hz = fs_hz / 2, 2 * fs_hz / n_samples
    # an edge computed elsewhere may miss the Nyquist frequency by its rounding
    if not 0.0 <= low_hz < high_hz <= nyquist_hz * (1 + _ROUNDING):
        raise VibrationError(
            f"The band {low_hz:g}-{high_hz:g} Hz does not lie within 0-{nyquist_hz:g} Hz, "
            "half the sampling rate: pass its lower and its upper edge.",
            field="band_hz",
        )
    if high_hz - low_hz < narrowest_hz:
        raise VibrationError(
            f"The band {low_hz:g}-{high_hz:g} Hz is too narrow for this record: "
            f"make it {narrowest_hz:g} Hz wide or wider.",
            field="band_hz",
        )
    return low_hz, min(high_hz, nyquist_hz)


def _band_gain(
    n_samples: int, fs_hz: float, low_hz: float, high_hz: float
) -> tuple[int, npt.NDArray[np.float64]]:
    """First bin of a band with its edges, and what makes its rfft bins those of an analytic signal.

    Positive frequencies count twice; 0 Hz and Nyquist are their own mirror images.
    """
    half_edge_hz = _EDGE_SHARE * (high_hz - low_hz) / 2
    lower, upper = low_hz > 0, high_hz < fs_hz / 2
    last = n_samples // 2
    first = max(math.ceil((low_hz - half_edge_hz) * n_samples / fs_hz), 0) if lower else 0
    if upper:
        last = min(math.floor((high_hz + half_edge_hz) * n_samples / fs_hz), last)
    bins = np.arange(first, last + 1)
    f_hz = np.asarray(bins * (fs_hz / n_samples), dtype=np.float64)
    gain: npt.NDArray[np.float64] = np.where((bins == 0) | (2 * bins == n_samples), 1.0, 2.0)
    if lower:
        gain *= _half_cosine((f_hz - low_hz) / half_edge_hz)
    if upper:
        gain *= _half_cosine((high_hz - f_hz) / half_edge_hz)
    return first, gain


def _half_cosine(distance: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Rise from 0 at −1 to 1 at +1, ½ at 0."""
    rise: npt.NDArray[np.float64] = 0.5 + 0.5 * np.sin(0.5 * np.pi * np.clip(distance, -1.0, 1.0))
    return rise
