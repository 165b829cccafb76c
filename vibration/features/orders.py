"""Bearing-order features: how far the lines of a bearing stand out of the envelope's spectrum.

They say nothing of level, resonance or record length, so they carry over to bearings that a model
has not seen. Untuned: places and tolerance follow from geometry and speed alone.
"""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.features.registry import NO_UNIT, Feature
from vibration.machines.bearings import BearingOrders
from vibration.spectra.envelope import band_envelope_spectrum
from vibration.spectra.samples import FloatArray, as_samples, as_sampling_rate

GROUP: Final = "bearing_orders"
GROUP_TITLE: Final = "Bearing orders"
BAND_HZ: Final = (2000.0, 5000.0)
TOLERANCE: Final = 0.015
FLOOR_HZ: Final = (10.0, 600.0)
COARSEST_DF_HZ: Final = 1.0
_HARMONICS: Final = (1, 2, 3)
# Name, what people call it, multiples of (1, BPFI, BPFO, BSF, FTF) whose peaks are averaged
_Places = tuple[tuple[float, float, float, float, float], ...]
_LINES: Final[tuple[tuple[str, str, _Places], ...]] = (
    ("1x", "1X", ((1, 0, 0, 0, 0),)),
    ("2x", "2X", ((2, 0, 0, 0, 0),)),
    *((f"bpfi_{k}", f"{k}×BPFI", ((0, k, 0, 0, 0),)) for k in _HARMONICS),
    ("bpfi_sidebands", "BPFI ± 1X", ((-1, 1, 0, 0, 0), (1, 1, 0, 0, 0))),
    *((f"bpfo_{k}", f"{k}×BPFO", ((0, 0, k, 0, 0),)) for k in _HARMONICS),
    *((f"bsf2_{k}", f"{2 * k}×BSF", ((0, 0, 0, 2 * k, 0),)) for k in _HARMONICS),
    ("bsf2_sidebands", "2×BSF ± FTF", ((0, 0, 0, 2, -1), (0, 0, 0, 2, 1))),
)
_BANDS: Final = (("full", "envelope", None), ("2_5k", "envelope 2–5 kHz", BAND_HZ))


def _described() -> Iterator[Feature]:
    for code, words, _ in _BANDS:
        for line, title, places in _LINES:
            yield Feature(
                f"order_{code}_{line}",
                f"{title}, {words}",
                NO_UNIT,
                GROUP,
                f"How far {title} stands out of the {words} spectrum; 0 is the middle of the noise",
                "ln(mean of both peaks within ±1.5 %/median of 10–600 Hz)"
                if len(places) > 1
                else "ln(peak within ±1.5 %/median of 10–600 Hz)",
            )


ORDER_FEATURES: Final = tuple(_described())
ORDER_FEATURE_NAMES: Final = tuple(feature.name for feature in ORDER_FEATURES)


def order_features(
    x: npt.ArrayLike,
    fs_hz: float,
    shaft_hz: float | None,
    orders: BearingOrders | None,
    *,
    band_hz: tuple[float, float] = BAND_HZ,
) -> npt.NDArray[np.float64]:
    """Measure the 26 bearing-order features of one channel.

    ln(A/M) at each line: A is the highest amplitude within ±1.5 % of it in the Hann spectrum of
    the whole record's Hilbert envelope (its mean removed), M the median amplitude from 10 to
    600 Hz. Of a pair of side-bands A is the mean. 13 lines of the whole record's envelope, then the
    same 13 of the envelope in a band: 1X, 2X, three harmonics of BPFI and its side-bands at ±1X,
    three of BPFO, three of 2·BSF and its side-bands at ±FTF.

    Without speed or geometry all are NaN, as where the resolution fs/N is coarser than both 1 Hz
    and 1.5 % of the shaft's line. A line that the spectrum does not reach, or within whose
    tolerance no bin lies, is NaN alone. The band ends at Nyquist where that is lower; where less
    than 600 Hz of it remain it carries none of the lines.

    References
    ----------
    R. B. Randall and J. Antoni, "Rolling element bearing diagnostics: a tutorial", Mechanical
    Systems and Signal Processing 25 (2011).

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples in any unit, N ≥ 8: the features do not depend on their scale.
    fs_hz : float
        Sampling rate in Hz.
    shaft_hz : float, optional
        Shaft speed in Hz; None, NaN or 0 when it is not known.
    orders : BearingOrders, optional
        Of the bearing; None when its geometry is not known.
    band_hz : (float, float)
        Of the second half, in Hz.

    Returns
    -------
    ndarray, shape (26,)
        Values in the order of `ORDER_FEATURES`; NaN where one is missing.

    Raises
    ------
    VibrationError
        For samples or a rate that cannot be used.

    Examples
    --------
    >>> orders = BearingOrders(bpfo=3.5848, bpfi=5.4152, bsf=2.3567, ftf=0.3983)
    >>> t_s = np.arange(20_000) / 10_000
    >>> ringing = (1 + 0.5 * np.cos(2 * np.pi * 3.5848 * 30 * t_s)) * np.cos(2 * np.pi * 3e3 * t_s)
    >>> noise = 0.1 * np.random.default_rng(0).standard_normal(20_000)
    >>> values = order_features(ringing + noise, 10_000.0, 30.0, orders)
    >>> ORDER_FEATURE_NAMES[int(np.nanargmax(values[:13]))]
    'order_full_bpfo_1'
    """
    samples, fs_hz = as_samples(x), as_sampling_rate(fs_hz)
    values = np.full(len(ORDER_FEATURES), np.nan)
    if not shaft_hz or not math.isfinite(shaft_hz) or orders is None:
        return values
    df_hz = fs_hz / samples.size
    if df_hz > max(COARSEST_DF_HZ, TOLERANCE * shaft_hz) or fs_hz / 2 < FLOOR_HZ[1]:
        return values
    places_hz = [_places_hz(places, shaft_hz, orders) for _, _, places in _LINES]
    values[: len(_LINES)] = _heights(*band_envelope_spectrum(samples, fs_hz), places_hz)
    low_hz, high_hz = band_hz[0], min(band_hz[1], fs_hz / 2)
    if high_hz - low_hz >= FLOOR_HZ[1]:
        spectrum = band_envelope_spectrum(samples, fs_hz, (low_hz, high_hz))
        values[len(_LINES) :] = _heights(*spectrum, places_hz)
    return values


def _places_hz(places: _Places, shaft_hz: float, orders: BearingOrders) -> list[float]:
    bases = (1.0, orders.bpfi, orders.bpfo, orders.bsf, orders.ftf)
    return [
        shaft_hz * sum(times * base for times, base in zip(multiples, bases, strict=True))
        for multiples in places
    ]


def _heights(
    f_hz: FloatArray, amplitude: FloatArray, places_hz: list[list[float]]
) -> npt.NDArray[np.float64]:
    floor = float(np.median(amplitude[(f_hz >= FLOOR_HZ[0]) & (f_hz <= FLOOR_HZ[1])]))
    if not floor > 0:
        return np.full(len(places_hz), np.nan)
    peaks = np.array([np.mean([_peak(f_hz, amplitude, f) for f in each]) for each in places_hz])
    with np.errstate(divide="ignore"):
        heights: npt.NDArray[np.float64] = np.log(peaks / floor)
    return np.where(np.isfinite(heights), heights, np.nan)


def _peak(f_hz: FloatArray, amplitude: FloatArray, place_hz: float) -> float:
    """Return the highest amplitude near a line, NaN where no bin is near or the spectrum ends."""
    low_hz, high_hz = (1 - TOLERANCE) * place_hz, (1 + TOLERANCE) * place_hz
    first = int(np.searchsorted(f_hz, low_hz, side="left"))
    last = int(np.searchsorted(f_hz, high_hz, side="right"))
    if low_hz <= 0 or first >= last or high_hz > f_hz[-1]:
        return math.nan
    return float(amplitude[first:last].max())
