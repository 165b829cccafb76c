"""Zip archives of recordings: listed with care, unpacked one by one, never beyond their folder.

Names that lead out, links, encrypted and nested entries are named and left out. Too many entries,
too many bytes, or bytes that no recording packs so well refuse the whole archive by its directory,
before anything is unpacked; what an entry really unpacks to is counted again.
"""

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from vibration.errors import FormatError
from vibration.formats.files import FREE_BYTES, MAX_RATIO
from vibration.formats.recording import LeftOut

MAX_ENTRIES: Final = 20_000
MAX_BYTES: Final = 4 << 30
_MAX_RATIO: Final = 200
_RATIO_FROM_BYTES: Final = 1 << 20
_MAX_NAME: Final = 1000
_LISTING_BYTES: Final = 8 << 20
_TAIL_BYTES: Final = (1 << 16) + 200  # the end record, its remark, and the record before it
_END_BYTES: Final = 22
_LONG_END_BYTES: Final = 56
_COPY_BYTES: Final = 1 << 20
_ENCRYPTED: Final = 0x1
_NESTED: Final = frozenset({".zip", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz", ".zst", ".jar"})
_LITTER: Final = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    UnicodeDecodeError,
    struct.error,
)


@dataclass(frozen=True)
class Entry:
    """A file inside an archive: its safe name, and how large it says it is."""

    name: str
    size_bytes: int
    info: zipfile.ZipInfo


def is_zip(path: Path) -> bool:
    """Tell a zip archive by its first letters and its suffix: spreadsheets are zips too.

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
    >>> with example_file("numpy.npz") as file:
    ...     is_zip(file.path)
    False
    """
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06") and path.suffix.lower() == ".zip"


@contextmanager
def opened_zip(
    path: Path, name: str, *, max_bytes: int = MAX_BYTES
) -> Iterator[tuple[zipfile.ZipFile, list[Entry], list[LeftOut]]]:
    r"""Open an archive: give it with the entries that may be unpacked, and those left out.

    Parameters
    ----------
    path : Path
    name : str
        What the archive is called, for refusals.
    max_bytes : int
        The most that all entries may unpack to.

    Yields
    ------
    archive : ZipFile, entries : list of Entry, left_out : list of LeftOut
        Folders and what systems litter are in neither list.

    Raises
    ------
    FormatError
        For what is no archive, holds too much, or packs better than any recording can.

    Examples
    --------
    >>> import io
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "rig.zip"
    ...     with zipfile.ZipFile(path, "w") as made:
    ...         made.writestr("run/1.csv", "0.1\n")
    ...         made.writestr("../evil.csv", "0.1\n")
    ...     with opened_zip(path, "rig.zip") as (archive, entries, left_out):
    ...         [each.name for each in entries], [each.name for each in left_out]
    (['run/1.csv'], ['../evil.csv'])
    """
    try:
        n_entries, listing_bytes = _counted(path)
        if n_entries <= MAX_ENTRIES and listing_bytes <= _LISTING_BYTES:
            archive = zipfile.ZipFile(path)
    except _DAMAGE as error:
        raise FormatError(f"{name} is a damaged zip archive, or was cut short.") from error
    if n_entries > MAX_ENTRIES:  # said by its last bytes: a million are not listed to be counted
        raise FormatError(f"{name} holds {n_entries} entries; at most {MAX_ENTRIES} are read.")
    if listing_bytes > _LISTING_BYTES:
        raise FormatError(
            f"{name} lists its entries in {listing_bytes / 1e6:.0f} MB; at most "
            f"{_LISTING_BYTES / 1e6:.0f} MB are read."
        )
    with archive:
        infos = archive.infolist()
        if len(infos) > MAX_ENTRIES:
            raise FormatError(f"{name} holds {len(infos)} entries; at most {MAX_ENTRIES} are read.")
        total = sum(info.file_size for info in infos)
        if total > max_bytes:
            sizes = f"{total / 1e6:.1f} MB; at most {max_bytes / 1e6:.0f} MB"
            raise FormatError(f"{name} unpacks to {sizes} are read.")
        entries: list[Entry] = []
        left_out: list[LeftOut] = []
        seen: set[str] = set()
        for info in infos:
            if info.is_dir() or {*PurePosixPath(info.filename).parts} & _LITTER:
                continue
            reason = _fault(info, seen)
            seen.add(info.filename.casefold())
            if reason:
                left_out.append(LeftOut(_shown(info.filename), reason))
            else:
                entries.append(Entry(info.filename, info.file_size, info))
        total = sum(entry.size_bytes for entry in entries)
        if total > FREE_BYTES and total > MAX_RATIO * path.stat().st_size:
            raise FormatError(
                f"{name} unpacks to more than {MAX_RATIO} times its size, as recordings do only "
                "where nothing moves; if they are, send the files themselves."
            )
        yield archive, entries, left_out


def _counted(path: Path) -> tuple[int, int]:
    """Return how many entries an archive says it has, and the bytes of their list.

    It is what the end record says, or the longer one of a large archive before it; whatever lies
    is found by `zipfile`, which reads no more than so many bytes.
    """
    with path.open("rb") as file:
        size_bytes = file.seek(0, 2)
        file.seek(max(0, size_bytes - _TAIL_BYTES))
        tail = file.read(_TAIL_BYTES)
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) - at < _END_BYTES:
            raise zipfile.BadZipFile
        _, _, _, n_entries, listing_bytes, _, _ = struct.unpack_from("<4H2LH", tail, at + 4)
        long_at = tail.rfind(b"PK\x06\x06", 0, at)
        if long_at >= 0 and at - long_at >= _LONG_END_BYTES:
            n_entries, listing_bytes = struct.unpack_from("<2Q", tail, long_at + 32)
    return int(n_entries), int(listing_bytes)


def unpacked(archive: zipfile.ZipFile, entry: Entry, folder: Path, name: str) -> Path:
    """Unpack one entry below a folder, and return where it lies.

    Parameters
    ----------
    archive : ZipFile
        Open.
    entry : Entry
        One of those that `opened_zip` gave.
    folder : Path
        What may not be left.
    name : str
        What the archive is called, for refusals.

    Returns
    -------
    Path

    Raises
    ------
    FormatError
        Where it is damaged, or unpacks to more than the directory says.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "rig.zip"
    ...     with zipfile.ZipFile(path, "w") as made:
    ...         made.writestr("run/1.csv", "0.1")
    ...     with opened_zip(path, "rig.zip") as (archive, entries, _):
    ...         unpacked(archive, entries[0], Path(folder), "rig.zip").read_text()
    '0.1'
    """
    target = folder.joinpath(*PurePosixPath(entry.name).parts)
    if not target.resolve().is_relative_to(folder.resolve()):
        raise FormatError(f"{entry.name} in {name} leads out of the archive.")
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    try:
        with archive.open(entry.info) as packed, target.open("xb") as out:
            while block := packed.read(_COPY_BYTES):
                written += len(block)
                if written > entry.size_bytes:
                    raise FormatError(f"{entry.name} in {name} unpacks to more than it says.")
                out.write(block)
    except FormatError:
        raise
    except _DAMAGE as error:
        raise FormatError(f"{entry.name} in {name} is damaged; pack it once more.") from error
    return target


def _fault(info: zipfile.ZipInfo, seen: set[str]) -> str:
    """Say why an entry is not unpacked; empty where it may be."""
    name, path = info.filename, PurePosixPath(info.filename)
    leads_out = path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name
    unpacked_bytes, packed_bytes = info.file_size, max(1, info.compress_size)
    faults = (
        (leads_out, "its name leads out of the archive"),
        (not name.isprintable() or len(name) > _MAX_NAME, "its name cannot be shown"),
        (info.flag_bits & _ENCRYPTED, "it is encrypted"),
        (stat.S_ISLNK(info.external_attr >> 16), "it is a link"),
        (path.suffix.lower() in _NESTED, "an archive inside an archive; unpack it first"),
        (name.casefold() in seen, "its name stands twice in the archive"),
        (
            unpacked_bytes > _RATIO_FROM_BYTES and unpacked_bytes > _MAX_RATIO * packed_bytes,
            "it is packed more than 200 times smaller than it is; if it is a recording of a "
            "machine at rest, send it by itself",
        ),
    )
    return next((reason for is_fault, reason in faults if is_fault), "")


def _shown(name: str) -> str:
    """Return a name with what cannot be printed escaped."""
    return name[:200].encode("unicode_escape").decode("ascii") if not name.isprintable() else name
