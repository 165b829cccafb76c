"""Expected lines in a measured spectrum: which of them stand there, and how high."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.machines.bearings import Line

TOLERANCE: Final = 0.02
MIN_OVER_MEDIAN: Final = 10.0
_NEIGHBOURHOOD: Final = 0.25
_MIN_NEIGHBOURS: Final = 25

Float64Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FoundLine:
    """What a spectrum holds where a line is expected.

    `measured_hz` is the interpolated frequency of the highest local maximum near the line,
    `amplitude` the spectrum's value at that maximum, `over_median` that value over the median of
    its neighbourhood. Where there is no local maximum near the line, or it lies outside the
    spectrum, these are NaN and `is_found` is false.
    """

    line: Line
    measured_hz: float
    amplitude: float
    deviation_percent: float
    over_median: float
    is_found: bool


def find_lines(
    f_hz: npt.ArrayLike,
    amplitude: npt.ArrayLike,
    lines: Iterable[Line],
    *,
    tolerance: float = TOLERANCE,
    min_over_median: float = MIN_OVER_MEDIAN,
) -> list[FoundLine]:
    """Look for each line at the highest local maximum near it.

    The range searched is ±tolerance of the line and at least one bin to each side, widened to whole
    bins: a bin stands for half a bin on either side of it. The maximum's frequency is refined by a
    parabola through the logarithms of its three bins. A line is found where its maximum is at least
    `min_over_median` times the median amplitude within ±25 % of the line, at least 25 bins to each
    side, 0 Hz left out. In Hann-windowed Gaussian noise the highest of K bins comes to about
    √(log₂K) medians, so 10 is never chance. What it must also keep out is the real but small
    modulation of sound machines: in published recordings of healthy bearings the four basic lines
    stay below 8, in those of damaged races theirs exceeds 40. A line that falls on a harmonic of
    the shaft cannot be told from it by height.

    References
    ----------
    R. B. Randall, *Vibration-based Condition Monitoring*, 2nd ed., Wiley 2021, ch. 5;
    M. Gasior and J. L. Gonzalez, "Improving FFT frequency measurement resolution by parabolic
    and Gaussian spectrum interpolation", AIP Conf. Proc. 732 (2004).

    Parameters
    ----------
    f_hz, amplitude : array_like, shape (M,)
        An amplitude spectrum over equidistant frequencies in Hz, usually that of the envelope.
    lines : iterable of Line
        What to look for.
    tolerance : float
        Largest relative deviation, 0 to below 1.
    min_over_median : float
        Height from which a line counts as found, in medians of its neighbourhood.

    Returns
    -------
    list of FoundLine
        One for each line, in their order.

    Raises
    ------
    VibrationError
        For a spectrum without matching, equidistant, rising frequencies, or a useless tolerance.

    Examples
    --------
    >>> from vibration.spectra.welch import amplitude_spectrum
    >>> x = np.sin(2 * np.pi * 81 * np.arange(8000) / 8000)
    >>> x += 0.01 * np.random.default_rng(1).standard_normal(8000)
    >>> found = find_lines(*amplitude_spectrum(x, 8000.0), [Line("BPFO", 1, 3.245, 80.0)])[0]
    >>> found.is_found, round(found.measured_hz, 2), round(found.deviation_percent, 2)
    (True, 81.0, 1.25)
    """
    frequencies, heights = np.asarray(f_hz, dtype=float), np.asarray(amplitude, dtype=float)
    df_hz = _bin_width_hz(frequencies, heights)
    if not 0.0 <= tolerance < 1.0:
        raise VibrationError(f"The tolerance is {tolerance}: pass a share from 0 to below 1.")
    return [
        _looked_up(frequencies, heights, df_hz, line, tolerance, min_over_median) for line in lines
    ]


def _bin_width_hz(frequencies: Float64Array, heights: Float64Array) -> float:
    if frequencies.ndim != 1 or frequencies.shape != heights.shape or frequencies.size < 3:
        raise VibrationError(
            "A spectrum needs as many frequencies as amplitudes, three or more, in one dimension."
        )
    steps = np.diff(frequencies)
    df_hz = float(frequencies[-1] - frequencies[0]) / steps.size
    if not df_hz > 0 or np.abs(steps - df_hz).max() > 1e-3 * df_hz:
        raise VibrationError("The frequencies of a spectrum rise in equal steps; these do not.")
    return df_hz


def _looked_up(
    frequencies: Float64Array,
    heights: Float64Array,
    df_hz: float,
    line: Line,
    tolerance: float,
    min_over_median: float,
) -> FoundLine:
    place = (line.f_hz - frequencies[0]) / df_hz
    reach = max(tolerance * line.f_hz / df_hz, 1.0)
    top = _highest_maximum(heights, place - reach, place + reach)
    if top is None:
        return FoundLine(line, math.nan, math.nan, math.nan, math.nan, False)
    half = max(_NEIGHBOURHOOD * line.f_hz / df_hz, float(_MIN_NEIGHBOURS))
    median = _median_around(frequencies, heights, place, half)
    height = float(heights[top])
    over_median = height / median if median > 0 else math.inf
    measured_hz = float(frequencies[top]) + _offset_bins(heights, top) * df_hz
    return FoundLine(
        line=line,
        measured_hz=measured_hz,
        amplitude=height,
        deviation_percent=100.0 * (measured_hz / line.f_hz - 1.0),
        over_median=over_median,
        is_found=over_median >= min_over_median,
    )


def _highest_maximum(heights: Float64Array, low: float, high: float) -> int | None:
    """Return the bin of the highest local maximum in a range of bins; the ends are slopes."""
    # A tone between two bins has its maximum at the nearer one, which may lie beyond the range.
    first, last = max(math.ceil(low - 0.5), 1), min(math.floor(high + 0.5), heights.size - 2)
    if first > last:
        return None
    own = heights[first : last + 1]
    before, after = heights[first - 1 : last], heights[first + 1 : last + 2]
    is_top = (own > before) & (own >= after)
    if not is_top.any():
        return None
    return first + int(np.argmax(np.where(is_top, own, -math.inf)))


def _median_around(
    frequencies: Float64Array, heights: Float64Array, place: float, half: float
) -> float:
    lowest = 1 if frequencies[0] == 0 else 0  # 0 Hz holds what is left of the mean
    near = heights[max(math.ceil(place - half), lowest) : math.floor(place + half) + 1]
    return float(np.median(near))


def _offset_bins(heights: Float64Array, top: int) -> float:
    """Bins from a local maximum to the top of the parabola through its logarithms."""
    three = heights[top - 1 : top + 2]
    if three.min() <= 0:
        return 0.0
    before, own, after = np.log(three).tolist()
    curvature = before - 2.0 * own + after
    return float(0.5 * (before - after) / curvature) if curvature < 0 else 0.0
