"""Features of the power spectral density, and of the shaft's lines in the amplitude spectrum."""

import math

import numpy as np
import numpy.typing as npt
import scipy

from vibration.features.registry import BANDS_HZ
from vibration.features.waveform import Waveform
from vibration.spectra.welch import hann_amplitude, welch_psd

LOWEST_LINE_HZ = 1.0
HARMONIC_TOLERANCE = 0.02
SUBSYNCHRONOUS_ORDERS = (0.40, 0.49)
_BIN_ROUNDING = 1e-6


def spectral_features(waveform: Waveform) -> tuple[float, ...]:
    """Shape of the PSD, band energies and shaft ratios of one record, in the registry's order.

    References
    ----------
    P. D. Welch, IEEE Trans. Audio Electroacoust. 15 (1967), by `welch_psd`.

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
    >>> len(spectral_features(prepare(x, 8000.0, None)))
    12
    """
    f_hz, density = welch_psd(waveform.samples, waveform.fs_hz)
    power = density.astype(float)
    return (
        strongest_frequency(f_hz, power),
        *_shape(np.asarray(f_hz, dtype=float), power),
        *(
            waveform.scale * waveform.scale * energy
            for energy in _band_energies(f_hz, power, waveform.fs_hz)
        ),
        *_shaft_ratios(waveform),
    )


def strongest_frequency(f_hz: npt.ArrayLike, power: npt.ArrayLike) -> float:
    """Frequency of the highest bin from 1 Hz up; NaN where there is no such bin.

    Parameters
    ----------
    f_hz, power : array_like, shape (M,)
        A spectrum over rising frequencies in Hz.

    Returns
    -------
    float
        In Hz.

    Examples
    --------
    >>> strongest_frequency([0.0, 0.5, 1.0, 1.5], [9.0, 9.0, 2.0, 3.0])
    1.5
    """
    frequencies = np.asarray(f_hz)
    first = int(np.searchsorted(frequencies, LOWEST_LINE_HZ - 1e-9))
    heights = np.asarray(power)[first:]
    return float(frequencies[first + int(np.argmax(heights))]) if heights.size else math.nan


def empty_band(low_hz: float, fs_hz: float) -> bool:
    """Whether a band that begins at `low_hz` lies wholly above Nyquist.

    Parameters
    ----------
    low_hz : float
        Lower end of the band in Hz.
    fs_hz : float
        Sampling rate in Hz.

    Returns
    -------
    bool

    Examples
    --------
    >>> empty_band(500.0, 1000.0), empty_band(499.0, 1000.0)
    (True, False)
    """
    return low_hz >= fs_hz / 2


def _shape(f_hz: npt.NDArray[np.float64], power: npt.NDArray[np.float64]) -> tuple[float, ...]:
    share = power / power.sum()
    centroid_hz = float(np.dot(f_hz, share))
    spread_hz = math.sqrt(float(np.dot(np.square(f_hz - centroid_hz), share)))
    entropy = float(scipy.special.entr(share).sum()) / math.log(share.size)
    with np.errstate(divide="ignore"):  # one empty bin makes the geometric mean 0
        flatness = math.exp(float(np.log(power).mean())) / float(power.mean())
    return centroid_hz, spread_hz, entropy, flatness


def _band_energies(
    f_hz: npt.ArrayLike, power: npt.NDArray[np.float64], fs_hz: float
) -> list[float]:
    frequencies = np.asarray(f_hz)
    edges = [np.searchsorted(frequencies, band) for band in BANDS_HZ]
    return [
        math.nan if empty_band(low_hz, fs_hz) else float(power[first:end].sum() * frequencies[1])
        for (low_hz, _), (first, end) in zip(BANDS_HZ, edges, strict=True)
    ]


def _shaft_ratios(waveform: Waveform) -> tuple[float, float, float]:
    if waveform.shaft_hz is None:
        return math.nan, math.nan, math.nan

    def peak(low_order: float, high_order: float) -> float:
        bins_per_order = (waveform.shaft_hz or 0.0) * waveform.n / waveform.fs_hz
        first = max(math.ceil(low_order * bins_per_order - _BIN_ROUNDING), 1)
        last = min(math.floor(high_order * bins_per_order + _BIN_ROUNDING), waveform.n // 2)
        if first > last:
            return math.nan
        return float(hann_amplitude(waveform.spectrum, waveform.n, first, last).max())

    near, far = 1 - HARMONIC_TOLERANCE, 1 + HARMONIC_TOLERANCE
    once = peak(near, far) or math.nan
    return (
        peak(2 * near, 2 * far) / once,
        peak(3 * near, 3 * far) / once,
        peak(*SUBSYNCHRONOUS_ORDERS) / once,
    )
