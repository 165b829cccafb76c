"""What a file of any layout becomes: a recording with its channels."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError

Samples = npt.NDArray[np.float32] | npt.NDArray[np.float64]

_MAX_CHANNELS = 64


@dataclass(frozen=True, eq=False)
class Channel:
    """One measured quantity over time.

    Attributes
    ----------
    name : str
        As in the file where it names its channels.
    samples : ndarray, (N,), float32 or float64
        Finite values, as stored.
    fs_hz, unit, rpm
        Sampling rate, unit and shaft speed where the file or its layout says them, else None.
    is_vibration : bool
        False for a temperature, a tachometer and the like.
    """

    name: str
    samples: Samples
    fs_hz: float | None = None
    unit: str | None = None
    rpm: float | None = None
    is_vibration: bool = True


@dataclass(frozen=True, eq=False)
class Recording:
    """The channels of one file.

    Attributes
    ----------
    format : str
        The layout it was recognised by, for example ``mat/cwru``.
    channels : tuple of Channel
        In the file's order.
    facts : mapping
        What else the file says; kept for the reader, never needed to compute.
    """

    format: str
    channels: tuple[Channel, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def channel(self, name: str | None = None) -> Channel:
        """Return the channel of that name, or the first vibration channel when none is given."""
        if name is None:
            return self._first_vibration()
        for channel in self.channels:
            if channel.name == name:
                return channel
        raise VibrationError(f"There is no channel {name!r} in this file; it has {self._names()}.")

    def _first_vibration(self) -> Channel:
        for channel in self.channels:
            if channel.is_vibration:
                return channel
        raise VibrationError(
            f"This file has no vibration channel, only {self._names()}; "
            "name the one to use with --channel if that is meant."
        )

    def _names(self) -> str:
        names = [channel.name for channel in self.channels]
        more = f" and {len(names) - 12} more" if len(names) > 12 else ""
        return ", ".join(names[:12]) + more


def checked_samples(values: npt.NDArray[Any], name: str) -> Samples:
    """Return `values` as a float vector, or refuse what is no finite real signal."""
    if values.size == 0:
        raise VibrationError(f"{name} is empty.")
    if values.dtype.kind == "c":
        raise VibrationError(f"{name} holds complex numbers, not a signal over time.")
    if values.dtype.kind not in "fiu":
        raise VibrationError(f"{name} holds values of type {values.dtype}, not numbers.")
    flat, single = values.reshape(-1), values.dtype in (np.float16, np.float32)
    samples: Samples = (
        np.ascontiguousarray(flat, dtype=np.float32)
        if single
        else np.ascontiguousarray(flat, dtype=np.float64)
    )
    finite = np.isfinite(samples)
    if not finite.all():
        raise VibrationError(
            f"{name} has {np.count_nonzero(~finite)} of {finite.size} samples not finite, "
            f"the first at sample {int(np.argmin(finite))}; repair or cut them out first."
        )
    return samples


def split_channels(values: npt.NDArray[Any], name: str) -> list[tuple[str, npt.NDArray[Any]]]:
    """Split an array into named channels along its shorter axis: time is the longer one.

    A square array, or one with more than 64 channels, does not say which axis is time.
    """
    if values.ndim == 0 or values.size == 0:
        raise VibrationError(f"{name} is empty or a single number; a signal needs an axis of time.")
    if values.ndim == 1 or (values.ndim == 2 and 1 in values.shape):
        return [(name, values.reshape(-1))]
    if values.ndim > 2:
        raise VibrationError(
            f"{name} has {values.ndim} axes; a signal has one, or one per channel."
        )
    rows, columns = values.shape
    if rows == columns or min(rows, columns) > _MAX_CHANNELS:
        raise VibrationError(
            f"{name} has shape {rows} × {columns}, which does not say which axis is time; "
            f"the longer axis is read as time, the shorter as at most {_MAX_CHANNELS} channels."
        )
    by_channel = values.T if rows > columns else values
    return [(f"{name} {number}", row) for number, row in enumerate(by_channel, start=1)]


def positive(value: float, meaning: str) -> float:
    """Return a rate or speed read from a file, or refuse one that cannot be."""
    if not math.isfinite(value) or value <= 0:
        raise VibrationError(f"The file gives {value} as its {meaning}; it must be positive.")
    return value
