"""Files of vibration data, one module per layout, all read into a `Recording`.

Nothing is guessed: a rate, unit or speed that the file or its layout does not state is None.
"""

import os
from collections.abc import Callable
from pathlib import Path

from vibration.errors import VibrationError
from vibration.formats.csv import read_csv
from vibration.formats.mat import read_mat
from vibration.formats.npy import read_npy
from vibration.formats.recording import Channel, Recording

__all__ = ["SUFFIXES", "Channel", "Recording", "read_recording"]

_READERS: dict[str, Callable[[Path, str], Recording]] = {
    ".csv": read_csv,
    ".mat": read_mat,
    ".npy": read_npy,
}
SUFFIXES = tuple(_READERS)


def read_recording(path: str | os.PathLike[str], *, name: str | None = None) -> Recording:
    """Read a file of vibration data.

    Parameters
    ----------
    path : path-like
        The file.
    name : str, optional
        What the file is called where its path does not say, as for an upload; the suffix
        chooses the reader.

    Returns
    -------
    Recording

    Raises
    ------
    VibrationError
        In one sentence: why the file cannot be read as vibration data.
    """
    file = Path(path)
    title = name or file.name
    reader = _READERS.get(Path(title).suffix.lower())
    if reader is None:
        raise VibrationError(f"{title} cannot be read; the formats are {', '.join(SUFFIXES)}.")
    if not file.is_file():
        raise VibrationError(f"{title} does not exist or is not a file.")
    if file.stat().st_size == 0:
        raise VibrationError(f"{title} is empty.")
    try:
        return reader(file, title)
    except PermissionError as error:
        raise VibrationError(f"{title} may not be read; check its permissions.") from error
