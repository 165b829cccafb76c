"""Any other MATLAB file: each numeric vector or narrow matrix is a signal."""

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from vibration.formats.mat_values import scalar
from vibration.formats.recording import (
    Channel,
    Recording,
    checked_samples,
    positive,
    split_channels,
)
from vibration.formats.timeaxis import (
    increases,
    is_time_name,
    split_off_axis,
    uniform_rate_hz,
)

_RATE_NAME = re.compile(r"^(fs|sr|samp(le|ling)_?(rate|freq(uency)?))(_?hz)?$", re.I)
_SPEED_NAME = re.compile(r"^((shaft|rotation(al)?)_?)?(speed_?)?rpm$", re.I)


def vectors_recording(variables: dict[str, Any], name: str) -> Recording | None:
    """Return a channel for each numeric array of more than one value; None if there is none.

    A variable whose name says time and which only grows is the time axis of the others; so is the
    first column of a matrix, for that matrix, where it only grows. A number named `fs` or the like
    is the rate of what no time axis tells, one named `rpm` the shaft speed.
    """
    stated_hz = _stated(variables, _RATE_NAME, "sampling rate")
    rpm = _stated(variables, _SPEED_NAME, "shaft speed")
    arrays = {key: value for key, value in variables.items() if _is_numeric(value)}
    axis = next((key for key, value in arrays.items() if _is_time(key, value)), None)
    fs_hz = None
    if axis is not None and len(arrays) > 1:
        fs_hz = uniform_rate_hz(arrays.pop(axis).reshape(-1).astype(np.float64))
    channels = []
    for key, array in arrays.items():
        own_hz, columns = split_off_axis(split_channels(array, key))
        rate_hz = own_hz or fs_hz or stated_hz
        channels += [
            Channel(title, checked_samples(values, f"{name}: {title}"), fs_hz=rate_hz, rpm=rpm)
            for title, values in columns
        ]
    return Recording("mat", tuple(channels)) if channels else None


def _stated(variables: dict[str, Any], title: re.Pattern[str], meaning: str) -> float | None:
    """Return the one number so named; two that differ say nothing."""
    named = (scalar(value) for key, value in variables.items() if title.match(key))
    found = {number for number in named if number is not None}
    return positive(found.pop(), meaning) if len(found) == 1 else None


def _is_numeric(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "fiu" and value.size > 1


def _is_time(key: str, value: npt.NDArray[Any]) -> bool:
    return is_time_name(key) and 1 in value.shape and increases(value.reshape(-1))
