"""Any other MATLAB file: each numeric vector or narrow matrix is a signal."""

from typing import Any

import numpy as np
import numpy.typing as npt

from vibration.formats.recording import Channel, Recording, checked_samples, split_channels
from vibration.formats.timeaxis import increases, is_time_name, uniform_rate_hz


def vectors_recording(variables: dict[str, Any], name: str) -> Recording | None:
    """Return a channel for each numeric array of more than one value; None if there is none.

    A variable whose name says time and which only grows is the time axis of the others.
    """
    arrays = {key: value for key, value in variables.items() if _is_numeric(value)}
    axis = next((key for key, value in arrays.items() if _is_time(key, value)), None)
    fs_hz = None
    if axis is not None and len(arrays) > 1:
        fs_hz = uniform_rate_hz(arrays.pop(axis).reshape(-1).astype(np.float64))
    channels = [
        Channel(title, checked_samples(values, f"{name}: {title}"), fs_hz=fs_hz)
        for key, array in arrays.items()
        for title, values in split_channels(array, key)
    ]
    return Recording("mat", tuple(channels)) if channels else None


def _is_numeric(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "fiu" and value.size > 1


def _is_time(key: str, value: npt.NDArray[Any]) -> bool:
    return is_time_name(key) and 1 in value.shape and increases(value.reshape(-1))
