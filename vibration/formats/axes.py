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
from vibration.formats.words import is_counter_name, is_frequency_name, is_time_name, unit_in_name
from vibration.quantities import Unit, find_unit

MIN_POINTS: Final = 16
_TOLERANCE: Final = 0.05  # of a step
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
_MOST_PLACES: Final = 1000
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
    steps = _Steps(values)
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


class _Steps:
    """The steps of a column, free of the size of its numbers."""

    def __init__(self, values: npt.NDArray[Any]) -> None:
        first = values[0]
        if values.dtype.kind in "iu":
            wide = values.astype(np.int64) if values.dtype != np.uint64 else values
            self.rest = (wide - wide[0]).astype(np.float64)
        else:
            self.rest = values.astype(np.float64) - float(first)
        self.first = float(first)
        self.steps = np.diff(self.rest)
        self.n = len(values)
        is_finite = bool(np.isfinite(self.rest).all())
        self.span = float(self.rest[-1]) if is_finite else math.nan
        self.mean = self.span / (self.n - 1)
        self.resolution = _resolution(values, self.first, self.span) if is_finite else 0.0
        ups = np.count_nonzero(self.steps > 0) if is_finite else 0
        self.grows = is_finite and self.span > 0 and ups == self.n - 1
        if is_finite and not self.grows and self.span > 0:
            # Rounded times repeat; they never go back.
            rounded = bool(np.all(self.steps >= 0)) and self.mean >= 0.5 * self.resolution
            self.grows = rounded and ups >= 0.5 * (self.n - 1)
        line = self.mean * np.arange(self.n)
        self.deviation = float(np.abs(self.rest - line).max()) if is_finite else math.nan

    @property
    def is_even(self) -> bool:
        allowed = _TOLERANCE * self.mean
        # Rounded times waver where the step is no multiple of their last digit; else none may.
        whole_steps = self.mean / self.resolution if self.resolution else 0.0
        if abs(whole_steps - round(whole_steps)) * (self.n - 1) >= 0.5:
            allowed = max(allowed, 1.01 * self.resolution)
        return self.grows and self.deviation <= allowed

    @property
    def counts_one(self) -> bool:
        return bool(np.all(self.steps == 1.0))

    @property
    def is_whole(self) -> bool:
        return bool(np.all(self.rest == np.floor(self.rest))) and self.first == math.floor(
            self.first
        )

    def rate_hz(self, unit_s: float) -> float:
        """Return the shortest decimal rate that the rounding of the times allows."""
        fs_hz = 1.0 / (self.mean * unit_s)
        doubt = fs_hz * (2.0 * max(self.deviation, self.resolution / 2) / self.span + 1e-12)
        for digits in range(1, 16):
            rounded = float(f"{fs_hz:.{digits}g}")
            if abs(rounded - fs_hz) <= doubt:
                return rounded
        return fs_hz


def _resolution(values: npt.NDArray[Any], first: float, span: float) -> float:
    """Return how finely the numbers are written: 0.001 for three decimals."""
    binary = 2.0 * float(np.spacing(max(abs(first), abs(first + span))))
    if values.dtype == np.float32:
        binary = 2.0 * float(np.spacing(np.float32(max(abs(first), abs(first + span)))))
    if values.dtype.kind in "iu":
        return 1.0
    sample = values[: 2000 : max(1, len(values) // 2000) or 1].astype(np.float64)
    for decimals in range(10):
        scaled = sample * 10.0**decimals
        if np.all(np.abs(scaled - np.round(scaled)) <= 1e-6 + binary * 10.0**decimals):
            return max(10.0**-decimals, binary)
    return binary


def _unit_after_name(name: str) -> str | None:
    """Return the unit after a title's last blank, underscore or comma: ``time_ms``, ``t, s``."""
    text = name.strip().replace("_", " ").replace(",", " ").replace("/", " ").replace(".", " ")
    parts = text.split()
    return parts[-1] if len(parts) > 1 else None


def _time_axis(name: str, steps: _Steps, unit: Unit | None) -> Axis:
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


def _by_size(steps: _Steps) -> tuple[float, str, datetime] | None:
    for lowest, highest, unit_s, meaning, zero in _EPOCHS:
        if lowest <= steps.first <= highest:
            return unit_s, meaning, zero + timedelta(seconds=steps.first * unit_s)
    for lowest, highest, meaning, day_zero, offset in _CALENDARS:
        if lowest <= steps.first <= highest and steps.mean < _MOST_DAYS_A_STEP:
            start = day_zero + timedelta(days=steps.first - offset)
            return _DAY_S, meaning, start.replace(microsecond=start.microsecond // 1000 * 1000)
    return None


def _open_axis(title: str, name: str, steps: _Steps) -> Axis:
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
    uneven = "" if steps.is_even else _unevenness(steps, 1.0, "")
    kind = "time" if speaks_of_time else "counter" if steps.is_whole else "other"
    return Axis(kind, words=title, proposals=tuple(likely), uneven=uneven, step=steps.mean)


def _broken(name: str, steps: _Steps, unit: str | None) -> Axis | None:
    """Return a column that is named time and does not grow: one that repeats or goes back."""
    if not np.isfinite(steps.rest).all() or steps.span <= 0:
        return None
    if np.count_nonzero(steps.steps > 0) < _GROWING_SHARE * (steps.n - 1) and not (
        np.all(steps.steps >= 0)
    ):
        return None
    stated = find_unit(unit or unit_in_name(name) or _unit_after_name(name) or "")
    is_time = stated is not None and stated.quantity.name == "time"
    sized = _by_size(steps)
    unit_s = stated.scale if is_time and stated else sized[0] if sized else 1.0
    known = is_time or sized is not None or 1 / steps.mean >= _SURE_SECONDS_HZ
    words = name.strip()
    uneven = _unevenness(steps, unit_s, "s" if known else "")
    return Axis("time", words=words, uneven=uneven, step=steps.mean)


def _uneven(words: str, steps: _Steps, unit_s: float, start: datetime | None) -> Axis:
    return Axis(
        "time",
        words=words,
        uneven=_unevenness(steps, unit_s, "s"),
        proposals=(("mean", 1.0 / (steps.mean * unit_s)),),
        times_s=steps.rest * unit_s,
        start=start,
        step=steps.mean,
    )


def _unevenness(steps: _Steps, unit_s: float, unit: str) -> str:
    """Say mean, smallest and largest step, and whether it is jitter, a gap or a repetition."""
    every = steps.steps * unit_s
    usual = float(np.median(every))
    mean, low, high = float(every.mean()), float(every.min()), float(every.max())
    after = f" {unit}" if unit else ""
    sizes = f"mean {mean:.6g}{after}, smallest {low:.6g}{after}, largest {high:.6g}{after}"
    for is_odd, meaning in (
        (every < 0, "goes back"),
        (every == 0, "repeats"),
        (_gaps(every, usual), "has a gap"),
        (np.abs(every - usual) > _TOLERANCE * usual, "jitters"),
    ):
        places = np.flatnonzero(is_odd)
        if len(places):
            times = f"{len(places)} times" if len(places) > 1 else "once"
            return f"steps {sizes}; it {meaning} {times}, first at sample {places[0] + 2}"
    return f"steps {sizes}; it drifts"


def _gaps(steps: npt.NDArray[np.float64], usual: float) -> npt.NDArray[np.bool_]:
    """Tell gaps from jitter: after a gap all times are late, after a late sample they are not."""
    found: npt.NDArray[np.bool_] = steps > 1.5 * usual
    late = np.concatenate([[0.0], np.cumsum(steps - usual)])
    for place in np.flatnonzero(found)[:_MOST_PLACES]:
        before = np.median(late[max(0, place - 7) : place + 1])
        found[place] = np.median(late[place + 1 : place + 9]) - before > 0.75 * usual
    return found


def _written(step: float) -> str:
    return f"{step:.6g}"


def resampled(
    samples: npt.NDArray[Any], times_s: npt.NDArray[np.float64], fs_hz: float
) -> npt.NDArray[np.float64]:
    """Return samples of uneven times at an even rate, antialiased.

    The samples are interpolated by a cubic at eight times the rate, and decimated by an FIR filter
    that takes away what the rate cannot carry.

    Parameters
    ----------
    samples : ndarray, (N,)
    times_s : ndarray, (N,)
        Strictly growing.
    fs_hz : float
        The rate wanted, usually the mean one.

    Returns
    -------
    ndarray, (M,)
        M = ⌊span·fs⌋ + 1 samples from the first time on.

    Examples
    --------
    >>> t = np.sort(np.linspace(0, 1, 1000) + 1e-5 * np.sin(np.arange(1000)))
    >>> len(resampled(np.sin(2 * np.pi * 5 * t), t, 500.0))
    500
    """
    from scipy.interpolate import CubicSpline
    from scipy.signal import resample_poly

    factor = 8
    n = math.floor((times_s[-1] - times_s[0]) * fs_hz + 1e-9) + 1
    fine_s = times_s[0] + np.arange(n * factor) / (factor * fs_hz)
    fine = CubicSpline(times_s, samples.astype(np.float64))(np.minimum(fine_s, times_s[-1]))
    even: npt.NDArray[np.float64] = resample_poly(fine, 1, factor, padtype="line")
    return even[:n]
