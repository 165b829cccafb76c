"""Room for the samples of one reading: memory while they are few, files of their own beyond.

A recording may be larger than the memory that its reader is granted. Its samples then lie in files,
mapped for reading, and are walked in blocks; what was walked is let go of again, so that neither
the limit nor the resident size of a process grows with the recording.
"""

import errno
import mmap
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import FormatError

BLOCK_BYTES: Final = 8 << 20
_MEMORY_BYTES: Final = 64 << 20
_FEWEST: Final = 1 << 12
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
        if self.folder is None:
            return Spool(tempfile.TemporaryFile(buffering=0))
        self._number += 1
        path = samples_path(self.folder, self._number)
        return Spool(path.open("x+b", buffering=0), path, self._number)


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
            if error.errno in _FULL:
                raise FormatError(
                    "The disk has no room for the samples while they are read; make some and try "
                    "again."
                ) from error
            if error.errno == errno.EFBIG:
                raise FormatError(
                    "The file unpacks to more than can be kept; cut it into shorter recordings."
                ) from error
            raise
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
            found = SampleMap(self._file.fileno(), self.n_bytes, access=mmap.ACCESS_READ)
        found.number = self._number
        return np.frombuffer(found, dtype=dtype, count=count)


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


def map_of(values: Array) -> mmap.mmap | None:
    """Return the mapping that an array is a view of, None where it lies in memory.

    Parameters
    ----------
    values : ndarray

    Returns
    -------
    mmap or None

    Examples
    --------
    >>> map_of(np.zeros(3)) is None
    True
    """
    base: Any = values
    while not isinstance(base, mmap.mmap):
        if isinstance(base, memoryview):
            base = base.obj
        elif isinstance(base, np.ndarray):
            base = base.base
        else:
            return None
    return base


def let_go(values: Array) -> None:
    """Let go of the pages of a mapped array: they stay in the file, and come back when read.

    Parameters
    ----------
    values : ndarray
        Nothing happens to one in memory, or in a mapping that can be written to.

    Examples
    --------
    >>> let_go(np.zeros(3))
    """
    if values.flags.writeable:
        return
    mapping = map_of(values)
    if mapping is not None:
        mapping.madvise(mmap.MADV_DONTNEED)


def blocks(values: Array, *, overlap: int = 0) -> Iterator[tuple[int, Array]]:
    """Give a vector in parts that follow each other, each let go of when the next is asked for.

    Parameters
    ----------
    values : ndarray, (N, …)
        Parted along its first axis.
    overlap : int
        How many of the next part each part shows too.

    Yields
    ------
    (int, ndarray)
        Where the part begins, and the part.

    Examples
    --------
    >>> [(first, part.size) for first, part in blocks(np.zeros(3_000_000))]
    [(0, 1048576), (1048576, 1048576), (2097152, 902848)]
    """
    stride = max(abs(values.strides[0]), values[:1].nbytes, 1)
    length = max(_FEWEST, BLOCK_BYTES // stride)
    is_long = len(values) > length
    for first in range(0, len(values), length):
        yield first, values[first : first + length + overlap]
        if is_long:
            let_go(values)


def gathered(parts: Iterable[Array], n: int, dtype: "npt.DTypeLike") -> Array:
    """Return a vector of parts that follow each other, in the room of the reading.

    Parameters
    ----------
    parts : iterable of ndarray
        In all n values.
    n : int
    dtype : data type

    Returns
    -------
    ndarray, (n,)

    Examples
    --------
    >>> gathered([np.ones(2), np.zeros(1)], 3, "f4").tolist()
    [1.0, 1.0, 0.0]
    """
    kind = np.dtype(dtype)
    room = current_room()
    if room.holds(n * kind.itemsize):
        whole, at = np.empty(n, kind), 0
        for part in parts:
            whole[at : at + len(part)] = part
            at += len(part)
        return whole
    spool = room.spool()
    for part in parts:
        spool.append(part.astype(kind, copy=False))
    return spool.mapped(kind)


Tile = tuple[int, int, Array]


def gathered_columns(
    tiles: Iterable[Tile], n_rows: int, n_columns: int, dtype: "npt.DTypeLike"
) -> Array:
    """Return a table with each column in one piece, from tiles of it.

    Parameters
    ----------
    tiles : iterable of (int, int, ndarray)
        First row, first column, and the values (rows, columns) from there on.
    n_rows, n_columns : int
    dtype : data type

    Returns
    -------
    ndarray, (n_columns, n_rows)

    Examples
    --------
    >>> table = np.arange(6.0).reshape(3, 2)
    >>> gathered_columns([(0, 0, table[:2]), (2, 0, table[2:])], 3, 2, "f8").tolist()
    [[0.0, 2.0, 4.0], [1.0, 3.0, 5.0]]
    """
    kind = np.dtype(dtype)
    room = current_room()
    if room.holds(n_rows * n_columns * kind.itemsize):
        whole = np.empty((n_columns, n_rows), kind)
        for row, column, part in tiles:
            whole[column : column + part.shape[1], row : row + part.shape[0]] = part.T
        return whole
    spool = room.spool()
    for row, column, part in tiles:
        for place in range(part.shape[1]):
            at = ((column + place) * n_rows + row) * kind.itemsize
            spool.write(part[:, place].astype(kind, copy=False), at)
    return spool.mapped(kind, n_rows * n_columns).reshape(n_columns, n_rows)


def by_column(values: Array) -> Array:
    """Return a large table that is stored row by row with each column in one piece.

    Parameters
    ----------
    values : ndarray
        Of any shape; only a table with more rows than columns is moved.

    Returns
    -------
    ndarray
        Of the same shape and type.

    Examples
    --------
    >>> by_column(np.zeros((8, 2))).shape
    (8, 2)
    """
    is_table = values.ndim == 2 and values.shape[0] > values.shape[1] > 1
    if not is_table or values.nbytes <= BLOCK_BYTES or values.strides[0] < values.strides[1]:
        return values
    tiles = ((first, 0, part) for first, part in blocks(values))
    n_rows, n_columns = values.shape
    return gathered_columns(tiles, n_rows, n_columns, values.dtype.newbyteorder("=")).T


class Columns:
    """A table whose number of rows is known when it ends: in memory, then in a file that grows.

    Parameters
    ----------
    n_columns : int
        Of every part.
    """

    def __init__(self, n_columns: int) -> None:
        self.n_rows = 0
        self._n_columns = n_columns
        self._room = current_room()
        self._parts: list[Array] = []
        self._spool: Spool | None = None
        self._capacity = 0

    def append(self, part: Array, *, expected_rows: int = 0) -> None:
        """Append rows of float64, (rows, columns), of about `expected_rows` in all."""
        if self._spool is None and self._room.holds(part.nbytes):
            self._parts.append(part)
        else:
            self._reserve(len(part), expected_rows)
            self._write(part, self.n_rows)
        self.n_rows += len(part)

    def whole(self) -> Array:
        """Return all rows, (rows, columns); in a file each column is in one piece."""
        if self._spool is not None:
            return self._mapped(self._spool)
        if not self._parts:
            return np.empty((0, self._n_columns))
        return np.concatenate(self._parts) if len(self._parts) > 1 else self._parts[0]

    def _mapped(self, spool: Spool) -> Array:
        spool.stretch(8 * self._capacity * self._n_columns)
        found = spool.mapped(np.float64).reshape(self._n_columns, self._capacity)
        return found[:, : self.n_rows].T

    def _write(self, part: Array, row: int) -> None:
        assert self._spool is not None  # noqa: S101  (reserved before)
        for column in range(self._n_columns):
            self._spool.write(part[:, column], 8 * (column * self._capacity + row))

    def _reserve(self, n_more: int, expected_rows: int) -> None:
        """Make place for more rows: a file that is full gives way to one of twice its size."""
        if self._spool is not None and self.n_rows + n_more <= self._capacity:
            return
        full, parts = self._spool, self._parts
        if full is not None:
            parts = [self._mapped(full)]
        self._capacity = max(2 * self.n_rows + n_more, expected_rows)
        self._spool, self._parts = self._room.spool(), []
        row = 0
        for part in parts:
            for first, rows in blocks(part):
                self._write(rows, row + first)
            row += len(part)
        if full is None:
            self._room.give_back(sum(part.nbytes for part in parts))
        else:
            full.remove()
