"""The envelope of a vibration and its spectrum: where bearing faults show their frequency."""

import numpy as np
import numpy.typing as npt
import scipy.fft

from vibration.spectra import ComplexArray, FloatArray, amplitude_spectrum, as_samples


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
    samples = as_samples(x)
    centred = samples - samples.mean(dtype=float).astype(samples.dtype)
    return envelope_of(centred, scipy.fft.rfft(centred))


def envelope_of(centred: FloatArray, spectrum: ComplexArray) -> FloatArray:
    """Hilbert envelope of a record without mean whose unwindowed rfft is at hand.

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
