"""Features of the wavelet decomposition and of the real cepstrum."""

import math

import numpy as np
import pywt

from vibration.features.temporal import pearson_kurtosis
from vibration.features.waveform import Waveform
from vibration.spectra.cepstrum import cepstrum_of

WAVELET = "db4"
LEVELS = 5
SHORTEST_QUEFRENCY_S = 1e-3
_BIN_ROUNDING = 1e-6


def wavelet_cepstral_features(waveform: Waveform) -> tuple[float, ...]:
    """Wavelet energies and kurtosis, then the cepstrum's, in the registry's order.

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
    >>> len(wavelet_cepstral_features(prepare(x, 8000.0, None)))
    7
    """
    return *_wavelet(waveform), *_cepstrum(waveform)


def _wavelet(waveform: Waveform) -> tuple[float, ...]:
    approximation, *falling = pywt.wavedec(
        waveform.samples, WAVELET, mode="symmetric", level=LEVELS
    )
    details = falling[::-1]
    energies = [float(np.dot(detail, detail)) for detail in details]
    total = sum(energies) + float(np.dot(approximation, approximation))
    return (
        sum(energies) / total,
        sum(pearson_kurtosis(detail) for detail in details) / LEVELS,
        *(energies[level - 1] / total for level in (1, 3, 5)),
    )


def _cepstrum(waveform: Waveform) -> tuple[float, float]:
    first = math.ceil(SHORTEST_QUEFRENCY_S * waveform.fs_hz - _BIN_ROUNDING)
    last = waveform.n // 2
    if first > last:
        return math.nan, math.nan
    cepstrum = cepstrum_of(waveform.spectrum, waveform.n)
    height = np.abs(cepstrum[first : last + 1])
    total = float(height.sum(dtype=float))
    if not total:
        return math.nan, math.nan
    centroid = float(np.dot(np.arange(first, last + 1), height)) / total
    return float(height.max()) * height.size / total, 1e3 * centroid / waveform.fs_hz
