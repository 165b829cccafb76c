"""Which reader a file gets: by its first bytes, and by its suffix where these say nothing."""

import gzip
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from vibration.errors import FormatError
from vibration.formats.files import SourceFile
from vibration.formats.hdf5 import is_hdf5
from vibration.formats.layouts.arrow import is_feather, is_parquet, read_feather, read_parquet
from vibration.formats.layouts.hdf5_files import read_hdf5
from vibration.formats.layouts.ide import is_ide, read_ide
from vibration.formats.layouts.numpy_files import MAGIC, is_npz, read_npy, read_npz
from vibration.formats.layouts.tdms import is_tdms, read_tdms
from vibration.formats.layouts.uff import is_uff, read_uff
from vibration.formats.layouts.wav import is_wav, read_wav
from vibration.formats.matlab.level4 import byte_order_4
from vibration.formats.matlab.reader import is_matlab, read_mat
from vibration.formats.recording import Reading
from vibration.formats.room import current_room
from vibration.formats.text.reader import read_text

Reader = Callable[[SourceFile], Reading]

_TEXT_SUFFIXES: Final = (
    ".csv",
    ".tsv",
    ".txt",
    ".dat",
    ".asc",
    ".lvm",
    ".log",
    ".prn",
    ".json",
    "",
)
_BINARY: Final[dict[str, tuple[Reader, str]]] = {
    ".mat": (read_mat, "MATLAB"),
    ".npy": (read_npy, "NumPy"),
    ".npz": (read_npz, "NumPy"),
    ".wav": (read_wav, "sound"),
    ".uff": (read_uff, "universal"),
    ".unv": (read_uff, "universal"),
    ".tdms": (read_tdms, "TDMS"),
    ".ide": (read_ide, "enDAQ"),
    ".h5": (read_hdf5, "HDF5"),
    ".hdf5": (read_hdf5, "HDF5"),
    ".parquet": (read_parquet, "Parquet"),
    ".feather": (read_feather, "Feather"),
}
SUFFIXES: Final = (".csv", ".tsv", ".txt", ".dat", ".lvm", ".gz", *_BINARY)
_BY_HEAD: Final[tuple[tuple[Callable[[bytes], bool], Reader], ...]] = (
    (is_wav, read_wav),
    (is_uff, read_uff),
    (is_tdms, read_tdms),
    (is_ide, read_ide),
    (is_parquet, read_parquet),
    (is_feather, read_feather),
)
_HEAD_BYTES: Final = 512
_GZIP: Final = b"\x1f\x8b"
_UNPACKED_BYTES: Final = 2 << 30
_COPY_BYTES: Final = 1 << 20


def read_file(file: SourceFile) -> Reading:
    """Read a file by the reader of its kind.

    Parameters
    ----------
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Returns
    -------
    Reading

    Raises
    ------
    FormatError
        Where it is of no kind that is read, or damaged.

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("comments.csv") as file:
    ...     reading = read_file(file)
    >>> reading.format, reading.channels[0].rpm
    ('csv', 1800.0)
    """
    head = _head(file.path)
    if head[:2] == _GZIP and file.suffix not in _TEXT_SUFFIXES:
        return _unpacked(file)
    reader = _reader_of(file, head)
    try:
        return reader(file)
    except FormatError as error:
        if reader is read_text and not _may_be_text(file.suffix):
            raise FormatError(
                f"{file.name} cannot be read; the formats are {', '.join(SUFFIXES)}."
            ) from error
        raise


def _may_be_text(suffix: str) -> bool:
    return suffix in _TEXT_SUFFIXES or suffix[1:].isdigit()


def _head(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(_HEAD_BYTES)


def _reader_of(file: SourceFile, head: bytes) -> Reader:
    by_content = _by_content(file, head)
    if by_content is not None:
        return by_content
    suffix = file.suffix
    if suffix in _BINARY:
        reader, kind = _BINARY[suffix]
        if suffix == ".mat" and byte_order_4(head) is not None:
            return reader
        raise FormatError(
            f"{file.name} is not a {kind} file: it does not begin as one. "
            "Give it the suffix of what it is, or copy it once more."
        )
    return read_text


def _by_content(file: SourceFile, head: bytes) -> Reader | None:
    if head.startswith(MAGIC):
        return read_npy
    if is_matlab(head) and head[124:126] in (b"\x00\x01", b"\x01\x00", b"\x00\x02", b"\x02\x00"):
        return read_mat
    for is_kind, reader in _BY_HEAD:
        if is_kind(head):
            return reader
    if head.startswith(b"PK\x03\x04") and is_npz(file.path):
        return read_npz
    if is_hdf5(file.path):
        return read_hdf5
    return None


def _unpacked(file: SourceFile) -> Reading:
    """Read a packed file of any other kind from a copy, which is bounded."""
    with tempfile.NamedTemporaryFile(suffix=file.suffix, dir=current_room().folder) as copy:
        try:
            with gzip.open(file.path, "rb") as packed:
                while block := packed.read(_COPY_BYTES):
                    copy.write(block)
                    file.prove_unpacked(copy.tell())
                    if copy.tell() > _UNPACKED_BYTES:
                        raise FormatError(f"{file.name} unpacks to more than 2 GiB.")
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise FormatError(
                f"{file.name} is damaged gzip, or was cut short; copy it once more."
            ) from error
        copy.flush()
        if _head(Path(copy.name))[:2] == _GZIP:
            raise FormatError(f"{file.name} is packed twice; unpack it first.")
        packed_bytes = file.path.stat().st_size
        unpacked = replace(
            file, path=Path(copy.name), has_neighbours=False, packed_bytes=packed_bytes
        )
        return read_file(unpacked)
