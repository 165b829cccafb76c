"""Read a dataset's file that lies on another machine: what is asked for is fetched, nothing else.

Where each array begins is said by ``metadata.json``, so that a record is one request of its own
bytes. HDF5 would ask a dozen times for its own structures, and hold its lock while it waits.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, BinaryIO, Final, Protocol, Self

import h5py
import numpy as np
import numpy.typing as npt

from vibration.store.byte_layout import Layout, Place
from vibration.store.errors import DamagedStoreError
from vibration.store.layout import METADATA_FILE, SIGNALS_FILE

_BLOCK_BYTES: Final = 1 << 16
_KEPT_LAYOUTS: Final = 256
_SINGLE: Final = np.dtype("<f4")


class StoredFile(Protocol):
    """A file or folder that may lie elsewhere than on this machine."""

    @property
    def key(self) -> str:
        """Its name in the storage, with slashes."""

    @property
    def name(self) -> str:
        """The last part of that."""

    @property
    def version(self) -> str:
        """What tells its content from another of the same name; empty where that is unknown."""

    @property
    def path(self) -> Any:
        """Where it lies on this machine; None where it does not."""

    @property
    def parent(self) -> Self:
        """The folder it is in."""

    def __truediv__(self, name: object) -> Self:
        """A file in this folder."""

    def open(self) -> BinaryIO:
        """Open it for reading."""

    def read_bytes(self) -> bytes:
        """Return all of it."""

    def read_range(self, offset: int, n_bytes: int) -> bytes:
        """Return so many bytes from `offset` on."""

    def size_bytes(self) -> int:
        """Return its size."""


class Elsewhere:
    """The arrays of a ``signals.h5`` on another machine.

    Parameters
    ----------
    file : StoredFile
        The file.

    Raises
    ------
    DamagedStoreError
        Where it is missing, or is no dataset of the portal.
    """

    def __init__(self, file: StoredFile) -> None:
        self.file = file
        try:
            self.metadata, self.layout = (
                _described_once(_Known(file)) if file.version else _described(file)
            )
        except FileNotFoundError as error:
            raise DamagedStoreError(f"{file.key} does not exist.") from error

    def samples(self, row: int, first: int, last: int) -> npt.NDArray[np.float32]:
        """Return samples of one record."""
        at = self.layout.offset(row) + _SINGLE.itemsize * first
        return self._values(at, last - first, _SINGLE)

    def features(self, start: int, stop: int) -> npt.NDArray[np.float32]:
        """Return features of some records."""
        width, place = len(self.layout.feature_names), self.layout.features
        return self._of_place(place, start * width, stop * width).reshape(-1, width)

    def column(self, name: str, start: int, stop: int) -> npt.NDArray[Any]:
        """Return a column of the index for some records."""
        return self._of_place(self.layout.index[name], start, stop)

    def _of_place(self, place: Place, start: int, stop: int) -> npt.NDArray[Any]:
        dtype = np.dtype(place.dtype)
        return self._values(place.offset + start * dtype.itemsize, stop - start, dtype)

    def _values(self, at: int, count: int, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        try:
            content = self.file.read_range(at, count * dtype.itemsize)
        except FileNotFoundError as error:
            raise DamagedStoreError(f"{self.file.key} does not exist.") from error
        if len(content) != count * dtype.itemsize:
            raise DamagedStoreError(f"{self.file.name} is cut short.")
        return np.frombuffer(content, dtype)


@dataclass(frozen=True)
class _Known:
    """A file of known content: equal where name and version are."""

    file: StoredFile

    def __hash__(self) -> int:
        return hash((self.file.key, self.file.version))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and (
            (self.file.key, self.file.version) == (other.file.key, other.file.version)
        )


@lru_cache(maxsize=_KEPT_LAYOUTS)
def _described_once(known: _Known) -> tuple[dict[str, Any], Layout]:
    return _described(known.file)


def _described(file: StoredFile) -> tuple[dict[str, Any], Layout]:
    try:
        metadata = json.loads((file.parent / METADATA_FILE).read_bytes())
        shape = (int(metadata["n"]), int(metadata["n_samples"]))
        if "layout" in metadata:
            return metadata, Layout.from_json(metadata["layout"], shape)
        return metadata, _layout_of(file)
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedStoreError(f"{METADATA_FILE} beside {file.key} is damaged.") from error


def _layout_of(file: StoredFile) -> Layout:
    """Ask HDF5: the file is of before its layout was written down."""
    try:
        with h5py.File(BlockFile(file), "r", rdcc_nbytes=0) as opened:
            return Layout.of_file(opened)
    except (OSError, RuntimeError) as error:
        raise DamagedStoreError(
            f"{file.name} is not a readable HDF5 dataset; it is damaged or cut short."
        ) from error


class BlockFile(io.RawIOBase):
    """A file elsewhere, read in blocks that are kept, as HDF5 wants it.

    Parameters
    ----------
    file : StoredFile
        The file.
    """

    def __init__(self, file: StoredFile) -> None:
        super().__init__()
        self._file, self._at, self._size = file, 0, file.size_bytes()
        self._blocks: dict[int, bytes] = {}

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = begin + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        last = min(self._at + len(view), self._size)
        done = 0
        for piece in self._pieces(self._at, last):
            view[done : done + len(piece)] = piece
            done += len(piece)
        self._at += done
        return done

    def _pieces(self, first: int, last: int) -> Iterator[bytes]:
        for number in range(first // _BLOCK_BYTES, -(-last // _BLOCK_BYTES)):
            begin = number * _BLOCK_BYTES
            if number not in self._blocks:
                n_bytes = min(_BLOCK_BYTES, self._size - begin)
                self._blocks[number] = self._file.read_range(begin, n_bytes)
            yield self._blocks[number][max(0, first - begin) : last - begin]


def file_of(given: StoredFile) -> StoredFile:
    """Return the file of waveforms, of the file itself or of the folder that holds it.

    Parameters
    ----------
    given : StoredFile
        Either.

    Returns
    -------
    StoredFile

    Examples
    --------
    >>> class File:
    ...     name = "signals.h5"
    >>> file_of(File()).name
    'signals.h5'
    """
    return given if given.name.endswith(".h5") else given / SIGNALS_FILE
