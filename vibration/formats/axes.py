"""Axes: columns that only grow, what they count, and the sampling rate they prove.

A column that grows with even steps is an axis or a counter wherever it stands. Its rate is known
where its unit is stated, where the size of its numbers leaves no choice (seconds since 1970, days
since year 0), or where one unit alone gives a rate that vibration is sampled at; else it is asked.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.formats.facts import LOWEST_FS_HZ
from vibration.formats.steps import Steps
from vibration.formats.words import is_counter_name, is_frequency_name, is_time_name, unit_in_name
from vibration.quantities import Unit, find_unit

MIN_POINTS: Final = 16
_DAY_S: Final = 86400.0
# (lowest, highest, seconds a unit, words, start of the count)
_EPOCHS: Final = (
    (9e8, 2.6e9, 1.0, "seconds since 1970", datetime(1970, 1, 1, tzinfo=UTC)),
    (9e11, 2.6e12, 1e-3, "milliseconds since 1970", datetime(1970, 1, 1, tzinfo=UTC)),
    (9e14, 2.6e15, 1e-6, "microseconds since 1970", datetime(1970, 1, 1, tzinfo=UTC)),
    (9e17, 2.6e18, 1e-9, "nanoseconds since 1970", datetime(1970, 1, 1, tzinfo=UTC)),
    (3.2e9, 4.5e9, 1.0, "seconds since 1904", datetime(1904, 1, 1, tzinfo=UTC)),
    (1.2e17, 1.5e17, 1e-7, "steps of 100 ns since 1601", datetime(1601, 1, 1, tzinfo=UTC)),
)
_CALENDARS: Final = (
    (6.9e5, 7.9e5, "days since year 0", datetime(1, 1, 1), 367.0),
    (2.5e4, 6.5e4, "days since 1900", datetime(1899, 12, 30), 0.0),
)
_MOST_DAYS_A_STEP: Final = 1.2e-5  # about a second
_UNITS_TRIED: Final = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6))
_HIGHEST_PLAUSIBLE_HZ: Final = 1e6  # above it no vibration is recorded
_SURE_SECONDS_HZ: Final = 1000.0  # read in ms, the same steps would be beyond the highest
_USUAL_HZ: Final = 1e4
_FIRST: Final = "the first column"
_GROWING_SHARE: Final = 0.9


@dataclass(frozen=True, eq=False)
class Axis:
    """An axis beside samples.

    Attributes
    ----------
    kind : str
        ``time``, ``counter``, ``frequency`` or ``other`` (an angle, a distance).
    fs_hz : float or None
        The rate that it proves.
    words : str
        What proves it, or what the axis is.
    proposals : tuple of (str, float)
        Units of time and the rates they would mean, the best first, where the unit is open.
    uneven : str
        For times of uneven steps: mean, smallest and largest step and the first odd place.
    times_s : ndarray or None
        The times in s where they are uneven and their unit is known.
    gap : str
        What they leave out that no resampling may bridge.
    start : datetime or None
        When the first sample was taken, where the numbers say it.
    """

    kind: str
    fs_hz: float | None = None
    words: str = ""
    proposals: tuple[tuple[str, float], ...] = ()
    uneven: str = ""
    times_s: npt.NDArray[np.float64] | None = None
    start: datetime | None = None
    step: float = math.nan
    gap: str = ""


def axis_of(
    name: str, values: npt.NDArray[Any], unit: str | None = None, *, leads: bool = False
) -> Axis | None:
    """Return what axis a column is, None where it is none.

    Parameters
    ----------
    name : str
        Its title, empty where it has none.
    values : ndarray, (N,)
    unit : str, optional
        Its stated unit; the one in the title counts where this is None.
    leads : bool
        Whether it stands before all others: there even a nameless column of growing, uneven
        numbers is a time.

    Returns
    -------
    Axis or None
        With the rate that it proves, or the rates that it may mean.

    Examples
    --------
    >>> axis = axis_of("time (ms)", np.arange(0.0, 10.0, 0.1))
    >>> axis.kind, axis.fs_hz
    ('time', 10000.0)
    """
    if values.dtype.kind not in "fiu" or len(values) < 2:
        return None
    steps = Steps(values)
    if not steps.grows:
        return _broken(name, steps, unit) if is_time_name(name) else None
    stated = find_unit(unit or unit_in_name(name) or _unit_after_name(name) or "")
    is_short = len(values) < MIN_POINTS and not (is_time_name(name) or is_counter_name(name))
    quantity = stated.quantity.name if stated else ""
    if is_frequency_name(name) and quantity in ("", "frequency") and not is_time_name(name):
        return Axis("frequency", words=f"{name} counts frequencies")
    is_time = is_time_name(name) or quantity == "time" or (leads and not quantity)
    if is_short or not (steps.is_even or is_time):
        return None
    if quantity not in ("", "time"):
        return Axis("other", words=f"it grows evenly in {quantity}")
    return _time_axis(name, steps, stated)


def _unit_after_name(name: str) -> str | None:
    """Return the unit after a title's last blank, underscore or comma: ``time_ms``, ``t, s``."""
    text = name.strip().replace("_", " ").replace(",", " ").replace("/", " ").replace(".", " ")
    parts = text.split()
    return parts[-1] if len(parts) > 1 else None


def _time_axis(name: str, steps: Steps, unit: Unit | None) -> Axis:
    title = name.strip() or _FIRST
    start = None
    unit_s = unit.scale if unit is not None else math.nan
    if unit is not None:
        words = f"{title} in {unit.name}, steps of {_written(steps.mean)}"
        start = _start(steps.first * unit_s, 1.0)
    else:
        sized = _by_size(steps)
        if sized is None:
            return _open_axis(title, name, steps)
        unit_s, meaning, start = sized
        words = f"{title} counts {meaning}, steps of {_written(steps.mean)}"
    if not steps.is_even:
        return _uneven(words, steps, unit_s, start)
    return Axis("time", steps.rate_hz(unit_s), words, start=start, step=steps.mean)


def _start(first_s: float, unit_s: float) -> datetime | None:
    if 9e8 < first_s * unit_s < 2.6e9:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=first_s * unit_s)
    return None


def _by_size(steps: Steps) -> tuple[float, str, datetime] | None:
    for lowest, highest, unit_s, meaning, zero in _EPOCHS:
        if lowest <= steps.first <= highest:
            return unit_s, meaning, zero + timedelta(seconds=steps.first * unit_s)
    for lowest, highest, meaning, day_zero, offset in _CALENDARS:
        if lowest <= steps.first <= highest and steps.mean < _MOST_DAYS_A_STEP:
            start = day_zero + timedelta(days=steps.first - offset)
            return _DAY_S, meaning, start.replace(microsecond=start.microsecond // 1000 * 1000)
    return None


def _open_axis(title: str, name: str, steps: Steps) -> Axis:
    """Return an axis without a unit: a rate where only seconds make sense, else proposals."""
    if steps.is_even and steps.counts_one and not is_time_name(name):
        return Axis("counter", words=f"{title} numbers the samples", step=1.0)
    if not steps.is_even and steps.is_whole and not is_time_name(name):
        return Axis("counter", words=f"{title} numbers the samples unevenly", step=steps.mean)
    in_seconds_hz = steps.rate_hz(1.0)
    sure = _SURE_SECONDS_HZ <= in_seconds_hz < _HIGHEST_PLAUSIBLE_HZ
    speaks_of_time = is_time_name(name) or not name.strip()
    if sure and speaks_of_time:
        words = f"{title} steps by {_written(steps.mean)}, which only in seconds is a usual rate"
        if not steps.is_even:
            return _uneven(words, steps, 1.0, None)
        return Axis("time", in_seconds_hz, words, step=steps.mean)
    rates = [(unit, steps.rate_hz(unit_s)) for unit, unit_s in _UNITS_TRIED]
    likely = [each for each in rates if LOWEST_FS_HZ <= each[1] <= _HIGHEST_PLAUSIBLE_HZ]
    likely.sort(key=lambda each: abs(math.log10(each[1] / _USUAL_HZ)))
    uneven = "" if steps.is_even else steps.unevenness(1.0, "")
    kind = "time" if speaks_of_time else "counter" if steps.is_whole else "other"
    return Axis(kind, words=title, proposals=tuple(likely), uneven=uneven, step=steps.mean)


def _broken(name: str, steps: Steps, unit: str | None) -> Axis | None:
    """Return a column that is named time and does not grow: one that repeats or goes back."""
    if not steps.is_finite or steps.span <= 0:
        return None
    if steps.goes_back and steps.ups < _GROWING_SHARE * (steps.n - 1):
        return None
    stated = find_unit(unit or unit_in_name(name) or _unit_after_name(name) or "")
    is_time = stated is not None and stated.quantity.name == "time"
    sized = _by_size(steps)
    unit_s = stated.scale if is_time and stated else sized[0] if sized else 1.0
    known = is_time or sized is not None or 1 / steps.mean >= _SURE_SECONDS_HZ
    words = name.strip()
    uneven = steps.unevenness(unit_s, "s" if known else "")
    return Axis("time", words=words, uneven=uneven, step=steps.mean)


def _uneven(words: str, steps: Steps, unit_s: float, start: datetime | None) -> Axis:
    gap = steps.gap()
    return Axis(
        "time",
        words=words,
        uneven=steps.unevenness(unit_s, "s"),
        proposals=() if gap else (("mean", 1.0 / (steps.mean * unit_s)),),
        times_s=steps.times_s(unit_s),
        start=start,
        step=steps.mean,
        gap=f"a gap of {gap[0] * unit_s:.6g} s after sample {gap[1]}" if gap else "",
    )


def _written(step: float) -> str:
    return f"{step:.6g}"
