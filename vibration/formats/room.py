"""Room for the samples of one reading: memory while they are few, files of their own beyond.

A recording may be larger than the memory that its reader is granted. Its samples then lie in files,
mapped for reading, and are walked in blocks; what was walked is let go of again, so that neither
the limit nor the resident size of a process grows with the recording.
"""

import errno
import mmap
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import FormatError

_MEMORY_BYTES: Final = 64 << 20
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)

Array = npt.NDArray[Any]


class SampleMap(mmap.mmap):
    """The mapping of a file of samples; `number` is that of the file in its room's folder."""

    number: int | None = None


class Room:
    """Where one reading puts its samples.

    Parameters
    ----------
    folder : Path or None
        For files of samples, ``1.samples`` and so on; without it they have no name.
    memory_bytes : int
        What may be held in memory before files are written.
    """

    def __init__(self, folder: Path | None, memory_bytes: int) -> None:
        self.folder = folder
        self._left = memory_bytes
        self._number = 0

    def holds(self, n_bytes: int) -> bool:
        """Tell whether so much may still be held in memory, and take it where it may."""
        if n_bytes > self._left:
            return False
        self._left -= n_bytes
        return True

    def give_back(self, n_bytes: int) -> None:
        """Take back memory that is not held any more."""
        self._left += n_bytes

    def spool(self) -> "Spool":
        """Return a new file for samples."""
        try:
            if self.folder is None:
                return Spool(tempfile.TemporaryFile(buffering=0))
            self._number += 1
            path = samples_path(self.folder, self._number)
            return Spool(path.open("x+b", buffering=0), path, self._number)
        except OSError as error:
            raise _said(error) from error


class Spool:
    """A file of samples while it is written; `mapped` gives it as an array and ends that."""

    def __init__(
        self, file: IO[bytes], path: Path | None = None, number: int | None = None
    ) -> None:
        self._file, self._path, self._number = file, path, number
        self.n_bytes = 0

    def append(self, content: "Array | bytes") -> None:
        """Write at the end."""
        self.write(content, self.n_bytes)

    def write(self, content: "Array | bytes", at: int) -> None:
        """Write at a place; what was left out before it reads as zeros."""
        view = memoryview(b"")
        if isinstance(content, np.ndarray):
            view = np.ascontiguousarray(content).data.cast("B") if content.size else view
        else:
            view = memoryview(content)
        try:
            while view:
                done = os.pwrite(self._file.fileno(), view, at)
                view, at = view[done:], at + done
        except OSError as error:
            raise _said(error) from error
        self.n_bytes = max(self.n_bytes, at)

    def stretch(self, n_bytes: int) -> None:
        """Let the file end there; what was never written reads as zeros."""
        os.ftruncate(self._file.fileno(), n_bytes)
        self.n_bytes = n_bytes

    def remove(self) -> None:
        """Remove its name: it goes with the last array in it."""
        if self._path is not None:
            self._path.unlink()

    def mapped(self, dtype: "npt.DTypeLike", count: int = -1) -> Array:
        """Return what was written as a vector that cannot be changed."""
        with self._file:
            if not self.n_bytes:
                return np.empty(0, dtype)
            try:
                found = SampleMap(self._file.fileno(), self.n_bytes, access=mmap.ACCESS_READ)
            except OSError as error:
                raise _said(error) from error
        found.number = self._number
        return np.frombuffer(found, dtype=dtype, count=count)


def _said(error: OSError) -> Exception:
    """Return the refusal that a full disk, a limit of size or one of open files amounts to."""
    words = {
        errno.EFBIG: "The file unpacks to more than can be kept; cut it into shorter recordings.",
        errno.EMFILE: "The file holds too many long channels; cut it into files of fewer.",
    }
    if error.errno in _FULL:
        return FormatError(
            "The disk has no room for the samples while they are read; make some and try again."
        )
    return FormatError(words[error.errno]) if error.errno in words else error


_ROOM: Final[ContextVar[Room | None]] = ContextVar("room", default=None)


@contextmanager
def room_of(folder: Path | None) -> Iterator[Room]:
    """Open the room of one reading; without it everything is held in memory.

    Parameters
    ----------
    folder : Path or None
        As for `Room`.

    Yields
    ------
    Room

    Examples
    --------
    >>> with room_of(None) as room:
    ...     room.holds(1 << 10), room.holds(1 << 40)
    (True, False)
    """
    room = Room(folder, _MEMORY_BYTES)
    token = _ROOM.set(room)
    try:
        yield room
    finally:
        _ROOM.reset(token)


def current_room() -> Room:
    """Return the room of the reading that goes on; one without end where there is none.

    Returns
    -------
    Room

    Examples
    --------
    >>> current_room().holds(1 << 40)
    True
    """
    return _ROOM.get() or Room(None, 1 << 62)


def samples_path(folder: Path, number: int) -> Path:
    """Return where a room's file lies.

    Parameters
    ----------
    folder : Path
    number : int
        From 1.

    Returns
    -------
    Path

    Examples
    --------
    >>> samples_path(Path("reading"), 3).name
    '3.samples'
    """
    return folder / f"{number}.samples"
