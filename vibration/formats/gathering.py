"""Vectors and tables gathered from parts, in memory or in a file, as the reading has room."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from vibration.formats.blocks import BLOCK_BYTES, blocks
from vibration.formats.room import Spool, current_room

Array = npt.NDArray[Any]


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
