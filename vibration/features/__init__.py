"""The 36 features of a vibration record: one registry, one function.

Everything that names, explains or draws a feature is built from `FEATURES`.
"""

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from threadpoolctl import ThreadpoolController

from vibration.features.demodulated import demodulated_features
from vibration.features.higher_order import higher_order_features
from vibration.features.registry import BANDS_HZ, FEATURE_NAMES, FEATURES, GROUPS, Feature
from vibration.features.spectral import empty_band, spectral_features
from vibration.features.temporal import temporal_features
from vibration.features.waveform import MIN_FEATURE_SAMPLES, Waveform, prepare
from vibration.features.wavelet_cepstral import wavelet_cepstral_features

__all__ = ["FEATURES", "FEATURE_NAMES", "GROUPS", "MIN_FEATURE_SAMPLES", "Feature", "extract"]

EXTRACTORS = {
    "time": temporal_features,
    "frequency": spectral_features,
    "envelope": demodulated_features,
    "wavelet_cepstrum": wavelet_cepstral_features,
    "higher_order": higher_order_features,
}
_ZERO_WHEN_CONSTANT = ("rms", "envelope_rms", "envelope_peak")


def extract(
    x: npt.ArrayLike, fs_hz: float, shaft_hz: float | None = None
) -> npt.NDArray[np.float64]:
    """Measure all 36 features of one channel.

    The mean is subtracted once, first. A feature that its input does not define (no shaft speed,
    a band wholly above Nyquist) is NaN, never 0. For a constant signal the levels and energies
    are 0 and all else is NaN.

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples in g, N ≥ 1024. float32 is analysed in float32 where the result allows, every
        other real type in float64.
    fs_hz : float
        Sampling rate in Hz.
    shaft_hz : float, optional
        Shaft speed in Hz; None, NaN or 0 when it is not known.

    Returns
    -------
    ndarray, shape (36,)
        Values in the order of `FEATURES`.

    Raises
    ------
    VibrationError
        When there are fewer than 1024 samples or any of them is not finite.

    Examples
    --------
    >>> x = 2 * np.sin(2 * np.pi * 60 * np.arange(20480) / 20480)
    >>> features = dict(zip(FEATURE_NAMES, extract(x, 20480.0, 60.0), strict=True))
    >>> [round(float(features[name]), 4) for name in ("rms", "kurtosis", "crest_factor")]
    [1.4142, 1.5, 1.4142]
    """
    waveform = prepare(x, fs_hz, shaft_hz)
    if not waveform.scale:
        return _constant_features(waveform)
    with _blas().limit(limits=1):
        return np.array([value for group in GROUPS for value in EXTRACTORS[group](waveform)])


@lru_cache(maxsize=1)
def _blas() -> ThreadpoolController:
    """Return the handle on BLAS's threads: one, else they cost more than they give.

    Their number would also change the order of sums, and so the last digits of a feature.
    """
    return ThreadpoolController().select(user_api="blas")


def _constant_features(waveform: Waveform) -> npt.NDArray[np.float64]:
    values = dict.fromkeys(FEATURE_NAMES, math.nan) | dict.fromkeys(_ZERO_WHEN_CONSTANT, 0.0)
    for low_hz, high_hz in BANDS_HZ:
        if not empty_band(low_hz, waveform.fs_hz):
            values[f"band_energy_{low_hz}_{high_hz}"] = 0.0
    return np.array(list(values.values()))
