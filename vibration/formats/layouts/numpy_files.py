"""NumPy's ``.npy`` (one array) and ``.npz`` (an archive of them); objects are never unpickled."""

import lzma
import re
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import FormatError
from vibration.formats.assemble import assemble
from vibration.formats.blocks import BLOCK_BYTES
from vibration.formats.files import SourceFile
from vibration.formats.gathering import by_column, gathered
from vibration.formats.layouts.known import by_publication
from vibration.formats.matlab.layouts import any_layout
from vibration.formats.matlab.values import Unread, Value
from vibration.formats.recording import Reading, Source
from vibration.formats.samples import kept_size, split_channels
from vibration.formats.series import Series, Stated
from vibration.formats.sidecar import sidecar_of
from vibration.formats.variables import variables_reading

MAGIC: Final = b"\x93NUMPY"
_CWRU_NAME: Final = re.compile(
    r"^(\d{4})_(IR|OR(?:@\d{1,2})?|B|Normal)(?:_(\d+))?(?:_(?:OR\d)?@?\w*)?_?(DE12|DE48|FE12|FE|DE)$"
)
_CWRU_HZ: Final = {"DE12": 12000.0, "DE48": 48000.0, "FE": 12000.0, "FE12": 12000.0}
_CWRU_LABELS: Final = {"IR": "inner_race", "OR": "outer_race", "B": "rolling_element",
                       "Normal": "healthy"}  # fmt: skip
_MOST_ARRAYS: Final = 1000
# What numpy's reader was seen to raise on damaged headers.
_DAMAGE: Final = (
    ValueError,
    TypeError,
    KeyError,
    EOFError,
    SyntaxError,
    OverflowError,
    MemoryError,
    RecursionError,
    tokenize.TokenError,
    AttributeError,
    IndexError,
)
# What unpacking raises: an encrypted entry a RuntimeError.
_PACKING_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    NotImplementedError,
    RuntimeError,
)


def read_npy(file: SourceFile) -> Reading:
    """Read an NPY file: (N,), (N, channels) or (channels, N); the longer axis is time.

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
        For a damaged file, and for one without a signal; it says which.

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("numpy.npy") as file:
    ...     reading = read_npy(file)
    >>> reading.format, len(reading.channels)
    ('npy', 2)
    """
    try:
        # Mapped, so that a header which promises more than the file holds costs nothing.
        array = np.load(file.path, mmap_mode="r", allow_pickle=False)
    except _DAMAGE as error:
        raise _damaged(file) from error
    file.prove_kept(kept_size(array))
    side = sidecar_of(file)
    stated = Stated(
        rates=side.rates,
        speeds=side.speeds,
        unit=None if side.has_scale and array.dtype.kind in "iu" else side.unit,
        unit_words=side.unit_words,
        unit_source=Source.SIDE_CAR,
        rate_hint=file.rate_hint(),
    )
    return assemble("npy", _series(array), stated, name=file.name)


def _series(array: npt.NDArray[Any]) -> list[Series]:
    if array.dtype.names:
        names = array.dtype.names
        flat = array.reshape(-1)
        return [Series(n, flat[n], leads=n == names[0]) for n in names if flat[n].ndim == 1]
    columns = split_channels(by_column(array), "signal")
    leads = len(columns) > 1
    return [
        Series("" if leads and place == 0 else name, values, fallback=name, leads=place == 0)
        for place, (name, values) in enumerate(columns)
    ]


def _damaged(file: SourceFile) -> FormatError:
    return FormatError(
        f"{file.name} is not a readable NumPy file of numbers: it is damaged, cut short, "
        "empty, encrypted or holds Python objects."
    )


def is_npz(path: Path) -> bool:
    """Tell an archive that holds NumPy's arrays and nothing else.

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
    ...     is_npz(file.path)
    True
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return bool(names) and all(name.endswith(".npy") for name in names)


def read_npz(file: SourceFile) -> Reading:
    """Read an archive of arrays: each is a signal, an axis, or a number that states a fact.

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
        For a damaged file, and for one without a signal; it says which.

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("numpy.npz") as file:
    ...     reading = read_npz(file)
    >>> reading.channels[0].fs_hz, reading.channels[0].rpm
    (20000.0, 1800.0)
    """
    variables: dict[str, Value] = {}
    try:
        with zipfile.ZipFile(file.path) as archive:
            infos = archive.infolist()
            if len(infos) > _MOST_ARRAYS:
                raise FormatError(f"{file.name} holds more than {_MOST_ARRAYS} arrays.")
            kept = unpacked = 0
            for info in infos:
                with archive.open(info) as member:
                    name = info.filename.removesuffix(".npy")
                    unpacked += info.file_size
                    file.prove_unpacked(unpacked)
                    variables[name], kept = _member(member, kept, file)
    except FormatError:
        raise
    except (*_DAMAGE, *_PACKING_DAMAGE) as error:
        raise _damaged(file) from error
    return _cwru(variables, file) or _plain(variables, file)


def _member(member: IO[bytes], kept: int, file: SourceFile) -> tuple[Value, int]:
    """Return an array of the archive, counted by its head before it is unpacked."""
    version = np.lib.format.read_magic(member)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        return Unread("an array of a newer kind"), kept
    shape, is_fortran, dtype = read_header(member)
    if dtype.hasobject:
        return Unread("Python objects, which are never unpacked"), kept
    count = prod(shape)
    kept += count * max(dtype.itemsize, 8 if count > 1 else 1)
    file.prove_kept(kept)
    array = gathered(_parts(member, count, dtype), count, dtype)
    array = array.reshape(shape, order="F" if is_fortran else "C")
    if dtype.kind in "US" and array.size == 1:
        text = array.reshape(-1)[0]
        return (text.decode("latin-1") if isinstance(text, bytes) else str(text)), kept
    if dtype.kind in "fiub":
        return array, kept
    return Unread(f"values of type {dtype}"), kept


def _parts(member: IO[bytes], count: int, dtype: np.dtype[Any]) -> Iterator[npt.NDArray[Any]]:
    at_once = max(1, BLOCK_BYTES // max(dtype.itemsize, 1))
    for first in range(0, count, at_once):
        n = min(at_once, count - first)
        content = member.read(n * dtype.itemsize)
        if len(content) != n * dtype.itemsize:
            raise EOFError("an array that is cut short")
        yield np.frombuffer(content, dtype=dtype, count=n)


def _plain(variables: dict[str, Value], file: SourceFile) -> Reading:
    if {"signals", "format"} <= {*variables}:
        return any_layout(variables, file, "npz")
    return variables_reading(variables, file, "npz", kind="array")


def _cwru(variables: dict[str, Value], file: SourceFile) -> Reading | None:
    """Read the re-packed CWRU records, whose rate, speed and fault stand in the file's name."""
    found = _CWRU_NAME.match(file.stem)
    if not {*variables} <= {"DE", "FE", "BA"} or found is None:
        return None
    rpm, fault, _, end = found.groups()
    words = "CWRU re-packed: the file's name"
    fs_hz = _CWRU_HZ.get(end)
    series = [
        Series(key, values.reshape(-1), unit="g", unit_words="CWRU",
               unit_source=Source.KNOWN_LAYOUT, kind="", is_sure=True)
        for key, values in variables.items()
        if isinstance(values, np.ndarray)
    ]  # fmt: skip
    stated = Stated(
        rates=() if fs_hz is None else (by_publication(fs_hz, words),),
        speeds=(by_publication(float(rpm), words),),
        label=_CWRU_LABELS[fault.partition("@")[0]],
        rate_hint=file.rate_hint(),
    )
    return assemble("npz/cwru", series, stated, name=file.name)
