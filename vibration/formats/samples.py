"""Arrays on their way to samples: which axis is time, and what is a finite real signal."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import FormatError
from vibration.formats.blocks import blocks, map_of
from vibration.formats.gathering import gathered
from vibration.formats.recording import Samples
from vibration.formats.room import SampleMap

MAX_CHANNELS: Final = 64


def as_samples(values: npt.NDArray[Any], name: str) -> Samples:
    """Return values as a float vector, or refuse what is no finite real signal.

    Parameters
    ----------
    values : ndarray
        Of any shape.
    name : str
        What they are called, for the refusal.

    Returns
    -------
    ndarray, (N,), float32 or float64
        In the room of the reading: what is read must not change with the file.

    Raises
    ------
    FormatError
        For what is empty, complex, no number or not finite.

    Examples
    --------
    >>> as_samples(np.array([1, 2], dtype="i2"), "DE").dtype.name
    'float32'
    """
    fault = fault_of(values)
    if fault:
        raise FormatError(f"{name} {fault}.")
    flat = values.reshape(-1)
    kind = sample_type(values.dtype)
    if flat.dtype == kind and flat.flags.c_contiguous and isinstance(map_of(flat), SampleMap):
        return flat  # laid there by this reading
    parts = (part.astype(kind, copy=False) for _, part in blocks(flat))
    return gathered(parts, flat.size, kind)


def sample_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type that numbers are kept in: float32 where it holds them, else float64.

    Parameters
    ----------
    dtype : data type
        Of real numbers.

    Returns
    -------
    data type

    Examples
    --------
    >>> sample_type(np.dtype("i2")).name, sample_type(np.dtype("i4")).name
    ('float32', 'float64')
    """
    is_small = dtype.kind == "f" and dtype.itemsize <= 4
    is_small = is_small or (dtype.kind in "iu" and dtype.itemsize <= 2)
    return np.dtype(np.float32 if is_small else np.float64)


def kept_size(values: npt.NDArray[Any]) -> int:
    """Return the bytes that an array's numbers are kept in.

    Parameters
    ----------
    values : ndarray
        Of any shape.

    Returns
    -------
    int

    Examples
    --------
    >>> kept_size(np.zeros(100, "i2"))
    400
    """
    return int(values.size) * sample_type(values.dtype).itemsize


def fault_of(values: npt.NDArray[Any]) -> str:
    """Say why values are no signal, in words that follow its name; empty where they are one.

    Parameters
    ----------
    values : ndarray
        Of any shape.

    Returns
    -------
    str

    Examples
    --------
    >>> fault_of(np.array([1.0, 2.0]))
    ''
    >>> fault_of(np.array([1.0, np.nan]))[:34]
    'has 1 of 2 samples not finite, the'
    """
    if values.size == 0:
        return "is empty"
    if values.dtype.kind == "c":
        return "holds complex numbers, not a signal over time"
    if values.dtype.kind not in "fiu":
        return f"holds values of type {values.dtype}, not numbers"
    if values.dtype.kind == "f":
        n_odd, first_odd = _not_finite(values.reshape(-1))
        if n_odd:
            return (
                f"has {n_odd} of {values.size} samples not finite, "
                f"the first at sample {first_odd}; repair or cut them out first"
            )
    return ""


def _not_finite(values: npt.NDArray[Any]) -> tuple[int, int]:
    count, first_odd = 0, -1
    for first, part in blocks(values):
        is_odd = ~np.isfinite(part)
        n_odd = int(np.count_nonzero(is_odd))
        if n_odd and not count:
            first_odd = first + int(np.argmax(is_odd))
        count += n_odd
    return count, first_odd


def split_channels(values: npt.NDArray[Any], name: str) -> list[tuple[str, npt.NDArray[Any]]]:
    """Split an array into named channels along its shorter axis: time is the longer one.

    A square array, or one with more than 64 channels, does not say which axis is time.

    Parameters
    ----------
    values : ndarray, (N,), (N, channels) or (channels, N)
    name : str
        What it is called.

    Returns
    -------
    list of (str, ndarray)

    Raises
    ------
    FormatError
        Where the shape does not say it.

    Examples
    --------
    >>> [(name, row.size) for name, row in split_channels(np.zeros((64, 2)), "vib")]
    [('vib 1', 64), ('vib 2', 64)]
    """
    if values.ndim == 0 or values.size == 0:
        raise FormatError(f"{name} is empty or a single number; a signal needs an axis of time.")
    if values.ndim == 1 or max(values.shape) == values.size:
        return [(name, values.reshape(-1))]
    if values.ndim > 2:
        raise FormatError(f"{name} has {values.ndim} axes; a signal has one, or one per channel.")
    rows, columns = values.shape
    if rows == columns or min(rows, columns) > MAX_CHANNELS:
        raise FormatError(
            f"{name} has shape {rows} × {columns}, which does not say which axis is time; "
            f"the longer axis is read as time, the shorter as at most {MAX_CHANNELS} channels."
        )
    by_channel = values.T if rows > columns else values
    return [(f"{name} {number}", row) for number, row in enumerate(by_channel, start=1)]
