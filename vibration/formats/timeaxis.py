"""A column of times, and the sampling rate it proves."""

import re
from typing import Any

import numpy as np
import numpy.typing as npt

_SECONDS = {"s": 1.0, "sec": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6}
_TIME_NAME = re.compile(
    r"^(t|time|timestamp|zeit|seconds?)\b|^t(ime)?[ _]?(s|sec|ms|us|µs|μs)\b", re.I
)
_UNIT = re.compile(r"[\[(]\s*([^\])]+?)\s*[\])]\s*$|[ _](s|sec|ms|us|µs|μs)$")
_MIN_POINTS = 16
_TOLERANCE = 0.05  # microseconds written to six decimals at up to 100 kHz


def is_time_name(title: str) -> bool:
    """Tell whether a column's title says that it is time."""
    return bool(_TIME_NAME.match(title.strip()))


def seconds_per_unit(title: str) -> float | None:
    """Return how long the unit in a time column's title is; seconds where it names none."""
    found = _UNIT.search(title.strip())
    if found is None:
        return 1.0
    return _SECONDS.get((found.group(1) or found.group(2)).lower())


def increases(values: npt.NDArray[Any]) -> bool:
    """Tell whether a column only ever grows, as a time or a counter does and no vibration."""
    # Not np.diff: the difference of two unsigned numbers is never negative.
    return len(values) >= _MIN_POINTS and bool(np.all(values[1:] > values[:-1]))


def counts(values: npt.NDArray[Any]) -> bool:
    """Tell whether a column numbers the samples, which proves no rate."""
    return bool(np.all(np.diff(values) == 1))


def split_off_axis(
    columns: list[tuple[str, npt.NDArray[Any]]],
) -> tuple[float | None, list[tuple[str, npt.NDArray[Any]]]]:
    """Part a leading axis of times or numbers from the channels beside it.

    Returns
    -------
    fs_hz : float or None
        The rate which the times prove.
    columns : list of (name, values)
        The channels.
    """
    if len(columns) < 2:
        return None, columns
    axis = columns[0][1]
    if axis.dtype.kind not in "fiu" or not increases(axis):
        return None, columns
    fs_hz = None if counts(axis) else uniform_rate_hz(axis.astype(np.float64))
    return fs_hz, columns[1:]


def uniform_rate_hz(times_s: npt.NDArray[np.float64]) -> float | None:
    """Return the sampling rate of a uniform time axis, None where its steps differ.

    Each time must lie within 5 % of a step from its place. The rate is the shortest decimal number
    that the rounding of the written times allows: 2500, not 2500.0000000002.
    """
    n = len(times_s)
    if not increases(times_s):
        return None
    span_s = float(times_s[-1] - times_s[0])
    step_s = span_s / (n - 1)
    deviation_s = float(np.abs(times_s - times_s[0] - step_s * np.arange(n)).max())
    if deviation_s > _TOLERANCE * step_s:
        return None
    fs_hz = 1.0 / step_s
    doubt_hz = fs_hz * (2.0 * deviation_s / span_s + 1e-12)
    for digits in range(1, 16):
        rounded = float(f"{fs_hz:.{digits}g}")
        if abs(rounded - fs_hz) <= doubt_hz:
            return rounded
    return fs_hz
