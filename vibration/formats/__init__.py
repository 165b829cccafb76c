"""Files of vibration data, one module a layout, all read into a `Reading`.

Nothing is guessed: a rate, unit or speed that the file or its layout does not state is None, every
fact carries its source, and what is open is a question with a proposal.
"""

import os
from pathlib import Path

from vibration.errors import FormatError, VibrationError
from vibration.formats.files import KEPT_BYTES, SourceFile
from vibration.formats.recording import (
    Channel,
    LeftOut,
    Origin,
    Question,
    Reading,
    Recording,
    Source,
    Statement,
)
from vibration.formats.registry import SUFFIXES, read_file
from vibration.formats.room import room_of

__all__ = [
    "SUFFIXES",
    "Channel",
    "FormatError",
    "LeftOut",
    "Origin",
    "Question",
    "Reading",
    "Recording",
    "Source",
    "Statement",
    "read_recording",
]


def read_recording(
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    folders: tuple[str, ...] = (),
    kept_bytes: int = KEPT_BYTES,
    folder: Path | None = None,
) -> Reading:
    """Read a file of vibration data, in this process.

    What people bring in is read by `sandbox.read`, which does the same in a child of bounded
    memory and time.

    Parameters
    ----------
    path : path-like
        The file.
    name : str, optional
        What the file is called where its path does not say, as for an upload. Without it the
        side-cars beside the path are read too, and its folders count.
    folders : tuple of str
        The folders above the file where `name` is given, the nearest last.
    kept_bytes : int
        The most bytes of samples that may be kept; counted before anything is unpacked.
    folder : Path, optional
        Where samples that memory does not hold are laid in files; without it these have no name.

    Returns
    -------
    Reading

    Raises
    ------
    FormatError
        In one sentence: why the file cannot be read as vibration data.

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("comments.csv") as file:
    ...     reading = read_recording(file.path)
    >>> channel = reading.channel()
    >>> channel.fs_hz, channel.unit, channel.source_of("fs_hz")
    (20000.0, 'm/s²', 'in the file')
    """
    file = Path(path)
    title = name or file.name
    if not file.is_file():
        raise FormatError(f"{title} does not exist or is not a file.")
    if file.stat().st_size == 0:
        raise FormatError(f"{title} is empty.")
    if name is None:
        folders = folders or tuple(part for part in file.absolute().parts[1:-1])
    source = SourceFile(file, title, folders, kept_bytes, has_neighbours=name is None)
    try:
        with room_of(folder):
            return read_file(source)
    except PermissionError as error:
        raise FormatError(f"{title} may not be read; check its permissions.") from error
    except FormatError:
        raise
    except VibrationError as error:
        raise FormatError(str(error)) from error
