"""The lines of one bearing judged together: they share one slip, and harmonics need a family."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.machines.bearings import Line
from vibration.machines.lines import TOLERANCE, FoundLine, find_lines

SHARED: Final = 0.003
FAMILY: Final = 2
_PLACES: Final = 120
_GOLDEN: Final = (math.sqrt(5) - 1) / 2

FOUND, DOUBTFUL, ABSENT = "found", "doubtful", "absent"


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A line with what was found of it, and what that is worth.

    `verdict` is "found", "doubtful" or "absent"; `why` says in words what a doubtful line lacks.
    """

    found: FoundLine
    verdict: str
    why: str = ""


@dataclass(frozen=True)
class Judgement:
    """The lines of a bearing, judged together.

    Attributes
    ----------
    lines : list of JudgedLine
        In the order asked for.
    slip : float
        Shared deviation from the nominal frequencies as a share: −0.014 is 1.4 % below; NaN where
        nothing was found.
    n_by_chance : float
        How many of the lines random places of this spectrum would yield.
    """

    lines: list[JudgedLine]
    slip: float
    n_by_chance: float

    @property
    def n_found(self) -> int:
        """Lines that count."""
        return sum(one.verdict == FOUND for one in self.lines)


def judge_lines(
    f_hz: npt.ArrayLike,
    amplitude: npt.ArrayLike,
    lines: Iterable[Line],
    *,
    shaft_hz: float | None = None,
    tolerance: float = TOLERANCE,
) -> Judgement:
    """Find the lines of one bearing at the slip that they share.

    Slip of the elements and an inexact speed move all lines of a bearing by one share s. Each line
    is looked for within ±tolerance; s is the deviation on which the found lines agree best, each
    weighing the logarithm of its height over the median, a harmonic half of it. Then each line is
    looked for again at (1 + s)·f, within ±0.3 % or one bin. What stands only elsewhere within the
    tolerance is doubtful, and so are a harmonic without its fundamental and without a second
    harmonic beside it, and a line that falls on a harmonic of the shaft. Chance is measured: the
    same search at 120 places between the lines, where nothing is expected.

    References
    ----------
    R. B. Randall and J. Antoni, "Rolling element bearing diagnostics: a tutorial", Mechanical
    Systems and Signal Processing 25 (2011), on slips of 1 to 2 %.

    Parameters
    ----------
    f_hz, amplitude : array_like, shape (M,)
        An amplitude spectrum over equidistant frequencies in Hz, usually that of the envelope.
    lines : iterable of Line
        Lines of one bearing, as `bearing_lines` lists them.
    shaft_hz : float, optional
        Speed of the shaft in Hz; without it no line is compared with the shaft's harmonics.
    tolerance : float
        Largest relative deviation, 0 to below 1.

    Returns
    -------
    Judgement

    Raises
    ------
    VibrationError
        As `find_lines`.

    Examples
    --------
    >>> t_s = np.arange(80_000) / 8000
    >>> x = sum(np.sin(2 * np.pi * k * 80 * t_s) / k for k in (1, 2))
    >>> x += 0.01 * np.random.default_rng(1).standard_normal(t_s.size)
    >>> from vibration.spectra.welch import amplitude_spectrum
    >>> lines = [Line("BPFO", k, 3.245 * k, 81.0 * k) for k in (1, 2, 3)]
    >>> judged = judge_lines(*amplitude_spectrum(x, 8000.0), lines)
    >>> [one.verdict for one in judged.lines], round(100 * judged.slip, 2)
    (['found', 'found', 'absent'], -1.23)
    """
    asked = list(lines)
    frequencies = np.asarray(f_hz, dtype=float)
    first_look = each_peak_once(find_lines(f_hz, amplitude, asked, tolerance=tolerance))
    df_hz = float(frequencies[1] - frequencies[0])
    slip = _shared_slip([one for one in first_look if one.is_found], df_hz)
    if math.isnan(slip):
        absent = [JudgedLine(one, ABSENT) for one in first_look]
        return Judgement(absent, slip, len(asked) * _chance(f_hz, amplitude, asked))
    moved = [replace(line, f_hz=line.f_hz * (1 + slip)) for line in asked]
    second_look = each_peak_once(find_lines(f_hz, amplitude, moved, tolerance=SHARED))
    chance = _chance(f_hz, amplitude, moved)
    judged = [
        _judged(line, first, second, shaft_hz and shaft_hz * (1 + slip), df_hz)
        for line, first, second in zip(asked, first_look, second_look, strict=True)
    ]
    return Judgement(_with_families(judged), slip, len(asked) * chance)


def each_peak_once(found: list[FoundLine]) -> list[FoundLine]:
    """Give a peak that lies within the tolerance of several lines to the nearest of them.

    Parameters
    ----------
    found : list of FoundLine
        As `find_lines` returns them.

    Returns
    -------
    list of FoundLine
        In the same order; the others of a peak are no longer found.

    Examples
    --------
    >>> near = FoundLine(Line("BPFO", 1, 3.0, 100.0), 101.0, 1.0, 1.0, 20.0, True)
    >>> far = FoundLine(Line("BSF", 1, 2.9, 103.0), 101.0, 1.0, -1.9, 20.0, True)
    >>> [one.is_found for one in each_peak_once([near, far])]
    [True, False]
    """
    nearest: dict[float, float] = {}
    for one in found:
        if one.is_found:
            peak = round(one.measured_hz, 6)
            nearest[peak] = min(nearest.get(peak, math.inf), abs(one.deviation_percent))
    return [
        replace(one, is_found=False)
        if one.is_found and abs(one.deviation_percent) > nearest[round(one.measured_hz, 6)]
        else one
        for one in found
    ]


def _shared_slip(found: list[FoundLine], df_hz: float) -> float:
    """Return the deviation on which the found lines agree best, NaN without any."""
    if not found:
        return math.nan
    deviations = np.array([one.deviation_percent / 100 for one in found])
    weights = np.array(
        [math.log(one.over_median) * (1.0 if one.line.harmonic == 1 else 0.5) for one in found]
    )
    reach = np.array([max(SHARED, df_hz / (2 * one.line.f_hz)) for one in found])
    agrees = np.abs(deviations[:, None] - deviations[None, :]) <= reach[None, :]
    best = int(np.argmax(agrees @ weights))
    # a line of higher frequency tells the slip the finer
    finer = weights * np.array([one.line.f_hz for one in found]) * agrees[best]
    return float(np.average(deviations, weights=finer))


def _judged(
    line: Line, first: FoundLine, second: FoundLine, shaft_hz: float | None, df_hz: float
) -> JudgedLine:
    # a bin reaches half a bin beyond itself, a peak interpolated within it does not
    reach_hz = max(SHARED * second.line.f_hz, df_hz)
    if not (second.is_found and abs(second.measured_hz - second.line.f_hz) <= reach_hz):
        why = "not at the slip of the others"
        return JudgedLine(first, DOUBTFUL, why) if first.is_found else JudgedLine(first, ABSENT)
    deviation = 100 * (second.measured_hz / line.f_hz - 1)
    found = replace(second, line=line, deviation_percent=deviation)
    if shaft_hz:
        turn = round(second.measured_hz / shaft_hz)
        distance_hz = abs(second.measured_hz - turn * shaft_hz)
        if turn >= 1 and distance_hz <= max(df_hz, SHARED * second.measured_hz):
            return JudgedLine(found, DOUBTFUL, f"on {turn}X of the shaft")
    return JudgedLine(found, FOUND)


def _with_families(judged: list[JudgedLine]) -> list[JudgedLine]:
    """Let a harmonic count only with its fundamental, or with a second harmonic beside it."""
    found = [one.found.line for one in judged if one.verdict == FOUND]

    def stands(line: Line) -> bool:
        family = [other.harmonic for other in found if other.name == line.name]
        return 1 in family or len(set(family)) >= FAMILY

    why = "a harmonic without its fundamental"
    return [
        one
        if one.verdict != FOUND or stands(one.found.line)
        else replace(one, verdict=DOUBTFUL, why=why)
        for one in judged
    ]


def _chance(f_hz: npt.ArrayLike, amplitude: npt.ArrayLike, lines: list[Line]) -> float:
    """Return the share of places between the lines at which the same search finds something."""
    if not lines:
        return 0.0
    expected = np.array([line.f_hz for line in lines])
    low, high = expected.min() * 0.9, expected.max() * 1.1
    spread = low * (high / low) ** (np.arange(1, _PLACES + 1) * _GOLDEN % 1.0)
    is_apart = np.abs(spread[:, None] / expected[None, :] - 1).min(axis=1) > 2 * SHARED
    places = [Line("", 1, 0.0, float(place)) for place in spread[is_apart]]
    if not places:
        return 0.0
    found = find_lines(f_hz, amplitude, places, tolerance=SHARED)
    return sum(one.is_found for one in found) / len(found)
