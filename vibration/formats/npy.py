"""NumPy's ``.npy``: one array; its rate only where a column of times proves it."""

import tokenize
from pathlib import Path

import numpy as np

from vibration.errors import VibrationError
from vibration.formats.recording import Channel, Recording, checked_samples, split_channels
from vibration.formats.timeaxis import split_off_axis

_MAGIC = b"\x93NUMPY"
# What numpy's reader was seen to raise on damaged headers.
_DAMAGE = (
    ValueError,
    TypeError,
    KeyError,
    EOFError,
    SyntaxError,
    OverflowError,
    MemoryError,
    RecursionError,
    tokenize.TokenError,
)


def read_npy(path: Path, name: str) -> Recording:
    """Read an NPY file: (N,), (N, channels) or (channels, N); the longer axis is time."""
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise VibrationError(f"{name} is not a NumPy file.")
    try:
        # Mapped, so that a header which promises more than the file holds costs nothing.
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except _DAMAGE as error:
        raise VibrationError(
            f"{name} is not a readable NumPy file of numbers: it is damaged, cut short, "
            "empty or holds Python objects."
        ) from error
    fs_hz, columns = split_off_axis(split_channels(array, "signal"))
    channels = [
        Channel(title, checked_samples(values, f"{name}: {title}"), fs_hz=fs_hz)
        for title, values in columns
    ]
    return Recording("npy", tuple(channels))
