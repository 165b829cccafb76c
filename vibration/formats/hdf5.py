"""HDF5 opened with care: nothing outside the file is followed, everything is counted first.

External links, external storage and virtual datasets would read other files of the machine; soft
links are followed by nobody. Each is named and left out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Final

import numpy as np

from vibration.errors import FormatError
from vibration.formats.blocks import BLOCK_BYTES
from vibration.formats.files import SourceFile
from vibration.formats.gathering import Tile, gathered_columns
from vibration.formats.samples import sample_type

SIGNATURE: Final = b"\x89HDF\r\n\x1a\n"
_MAX_OBJECTS: Final = 20_000
_MAX_DEPTH: Final = 16
_MAX_CHUNK_BYTES: Final = 1 << 27
_LAYOUT_ERRORS: Final = (
    OSError,
    RuntimeError,
    ValueError,
    KeyError,
    TypeError,
    NotImplementedError,
)


def is_hdf5(path: Path) -> bool:
    """Tell HDF5 by its signature, which a block for the user may precede.

    Parameters
    ----------
    path : Path
        A file.

    Returns
    -------
    bool

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("attributes.h5") as file:
    ...     is_hdf5(file.path)
    True
    """
    with path.open("rb") as file:
        for start in (0, 512, 1024, 2048):
            file.seek(start)
            if file.read(8) == SIGNATURE:
                return True
    return False


@dataclass(frozen=True)
class Refused:
    """Something in an HDF5 file that is not followed, with the reason."""

    reason: str


@contextmanager
def opened_hdf5(file: SourceFile) -> Iterator[Any]:
    """Open an HDF5 file for reading; whatever the library says of damage becomes one sentence.

    Parameters
    ----------
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Yields
    ------
    h5py.File

    Raises
    ------
    FormatError
        For a damaged file.

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("attributes.h5") as file, opened_hdf5(file) as opened:
    ...     list(opened)
    ['pump']
    """
    import h5py

    try:
        opened = h5py.File(file.path, "r")
    except _LAYOUT_ERRORS as error:
        raise damaged(file) from error
    with opened:
        try:
            yield opened
        except FormatError:
            raise
        except _LAYOUT_ERRORS as error:
            raise damaged(file) from error


def damaged(file: SourceFile) -> FormatError:
    """Return the refusal of a file that the library cannot read.

    Parameters
    ----------
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Returns
    -------
    FormatError

    Examples
    --------
    >>> from pathlib import Path
    >>> str(damaged(SourceFile(Path("a.h5"), "a.h5")))[:31]
    'a.h5 is a damaged HDF5 file, or'
    """
    return FormatError(f"{file.name} is a damaged HDF5 file, or was cut short; copy it once more.")


def members(group: Any) -> Iterator[tuple[str, Any]]:
    """Give the members of a group by name: groups, datasets, or `Refused` for links.

    Parameters
    ----------
    group : h5py.Group

    Yields
    ------
    (str, group, dataset or Refused)

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("attributes.h5") as file, opened_hdf5(file) as opened:
    ...     [name for name, _ in members(opened["pump"])]
    ['drive_end', 'fan_end']
    """
    import h5py

    for key in group:
        link = group.get(key, getlink=True)
        if isinstance(link, h5py.ExternalLink):
            yield key, Refused("a link to another file, which is not followed")
        elif isinstance(link, h5py.SoftLink):
            yield key, Refused("a soft link, which is not followed")
        else:
            yield key, group[key]


def storage_fault(dataset: Any) -> str:
    """Say why a dataset's samples are not read: outside the file, huge chunks, a missing filter.

    Parameters
    ----------
    dataset : h5py.Dataset

    Returns
    -------
    str
        Empty where they may be read.

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("attributes.h5") as file, opened_hdf5(file) as opened:
    ...     storage_fault(opened["pump/drive_end"])
    ''
    """
    if dataset.external:
        return "its samples lie in another file, which is not opened"
    if dataset.is_virtual:
        return "a virtual dataset over other files, which are not opened"
    if dataset.chunks and prod(dataset.chunks) * dataset.dtype.itemsize > _MAX_CHUNK_BYTES:
        return "its chunks are larger than 128 MiB"
    missing = _missing_filter(dataset) if dataset.chunks else None
    return "" if missing is None else f"it is packed by filter {missing}, which is not installed"


def _missing_filter(dataset: Any) -> int | None:
    """Return the number of a filter that packed the first chunk and is not installed here."""
    import h5py

    made = dataset.id.get_create_plist()
    for place in range(made.get_nfilters()):
        code = int(made.get_filter(place)[0])
        if h5py.h5z.filter_avail(code):
            continue
        if not dataset.id.get_num_chunks():
            return None
        if not dataset.id.get_chunk_info(0).filter_mask >> place & 1:
            return code
    return None


class Walk:
    """Counts what is visited: each object once, not too many, not too deep."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._seen: set[int] = set()
        self._kept = self._unpacked = 0

    def enter(self, node: Any, depth: int) -> bool:
        """Tell whether an object is visited for the first time."""
        import h5py

        address = int(h5py.h5o.get_info(node.id).addr)
        if address in self._seen:
            return False
        self._seen.add(address)
        if len(self._seen) > _MAX_OBJECTS or depth > _MAX_DEPTH:
            raise FormatError(
                f"{self._file.name} holds more than {_MAX_OBJECTS} objects, or nests them deeper "
                f"than {_MAX_DEPTH}; bring in a file of fewer signals."
            )
        return True

    def count_unpacked(self, dataset: Any) -> None:
        """Refuse a file by what its datasets unpack to, before one more of them is read."""
        chunks = dataset.chunks or (1,) * dataset.ndim
        whole = (
            -(-n // chunk) * chunk for n, chunk in zip(dataset.shape or (), chunks, strict=True)
        )
        self._unpacked += prod(whole) * dataset.dtype.itemsize
        self._file.prove_unpacked(self._unpacked)

    def read(self, dataset: Any) -> "np.ndarray[Any, Any]":
        """Return the values of a dataset, counted before they are read, in the reading's room."""
        count = int(dataset.size or 0)
        if count > 1:
            self._kept += count * sample_type(dataset.dtype).itemsize
            self._file.prove_kept(self._kept)
        self.count_unpacked(dataset)
        is_large = count * dataset.dtype.itemsize > BLOCK_BYTES and not dataset.dtype.names
        return _large(dataset) if is_large else np.asarray(dataset[()])


def _large(dataset: Any) -> "np.ndarray[Any, Any]":
    """Read a dataset tile by tile, each chunk once, so that each of its columns is in one piece."""
    shape, kind = dataset.shape, dataset.dtype.newbyteorder("=")
    wide = [axis for axis, length in enumerate(shape) if length > 1]
    if len(wide) > 2:  # no signal; its shape says so
        return np.broadcast_to(np.zeros((), kind), shape)
    long = max(wide, key=lambda axis: shape[axis])
    short = next((axis for axis in wide if axis != long), None)
    n_rows, n_columns = shape[long], 1 if short is None else shape[short]
    chunk_rows = dataset.chunks[long] if dataset.chunks else 1
    width = dataset.chunks[short] if dataset.chunks and short is not None else n_columns
    at_once = max(1, BLOCK_BYTES // (width * kind.itemsize * chunk_rows)) * chunk_rows

    def tiles() -> Iterator[Tile]:
        for column in range(0, n_columns, width):
            for row in range(0, n_rows, at_once):
                place: list[int | slice] = [0] * len(shape)
                place[long] = slice(row, row + at_once)
                if short is not None:
                    place[short] = slice(column, column + width)
                part = dataset[tuple(place)]
                is_turned = short is not None and short < long
                yield row, column, part.T if is_turned else part.reshape(len(part), -1)

    found = gathered_columns(tiles(), n_rows, n_columns, kind)
    by_axis = found if short is not None and short < long else found.T
    return by_axis.reshape(shape)
