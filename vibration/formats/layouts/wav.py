"""Sound files (.wav): whole numbers become shares of full scale, whose size no file states."""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import FormatError
from vibration.formats.assemble import assemble
from vibration.formats.blocks import BLOCK_BYTES
from vibration.formats.facts import stated
from vibration.formats.files import SourceFile
from vibration.formats.gathering import Tile, gathered_columns
from vibration.formats.recording import Reading, Source
from vibration.formats.series import Series, Stated

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
# The tail of the identifier by which an extensible head names one of the two others.
_IDENTIFIER_TAIL: Final = bytes.fromhex("800000aa00389b71")
_INTEGERS: Final = {1: "u1", 2: "i2", 3: "V3", 4: "i4", 8: "i8"}
_FLOATS: Final = {4: "f4", 8: "f8"}
_MOST_CHUNKS: Final = 10_000
_LONGEST_FORM: Final = 40
_REST_OF_FILE: Final = 0xFFFFFFFF


class _DamagedError(ValueError):
    """What the file says of itself does not hold together."""


@dataclass(frozen=True)
class _Sound:
    """Where the samples lie and how they are written."""

    fs_hz: int
    n_channels: int
    dtype: np.dtype[Any]
    order: str
    at: int
    n_frames: int


def is_wav(head: bytes) -> bool:
    """Tell a sound file by its first letters.

    Parameters
    ----------
    head : bytes
        The first bytes of the file.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_wav(b"RIFF____WAVE"), is_wav(b"PAR1")
    (True, False)
    """
    return head[:4] in (b"RIFF", b"RIFX", b"RF64") and head[8:12] == b"WAVE"


def read_wav(file: SourceFile) -> Reading:
    """Read a sound file: 8 to 32 bits, floating point, any number of channels.

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
    >>> with example_file("sound16.wav") as file:
    ...     reading = read_wav(file)
    >>> reading.channels[0].fs_hz, reading.channels[0].unit
    (20000.0, 'full scale')
    """
    try:
        sound = _head(file.path)
    except (_DamagedError, struct.error, ValueError) as error:
        raise FormatError(
            f"{file.name} is a damaged sound file, was cut short, or is packed (only PCM and "
            "floating point are read)."
        ) from error
    if sound.fs_hz <= 0:
        raise FormatError(
            f"{file.name} gives {sound.fs_hz} as its sampling rate; it must be positive."
        )
    if not sound.n_frames:
        raise FormatError(f"{file.name} is a sound file without samples.")
    is_small = sound.dtype.itemsize <= 2 or sound.dtype == np.float32
    kept = np.dtype(np.float32 if is_small else np.float64)
    file.prove_kept(sound.n_frames * sound.n_channels * kept.itemsize)
    columns = gathered_columns(_tiles(file.path, sound), sound.n_frames, sound.n_channels, kept)
    series = [
        Series(
            f"channel {number}",
            column,
            unit="full scale",
            unit_words="the full scale of a sound file is not stated",
            unit_source=Source.WORKED_OUT,
            kind="",
            is_sure=True,
        )
        for number, column in enumerate(columns, 1)
    ]
    stated_facts = Stated(rates=(stated(float(sound.fs_hz), "the head of the sound file"),))
    return assemble("wav", series, stated_facts, name=file.name)


def _head(path: Path) -> _Sound:
    """Read the chunks before the samples; each length is checked against the file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        magic = file.read(12)
        order = ">" if magic[:4] == b"RIFX" else "<"
        form: tuple[int, int, int, int, int] | None = None
        data_bytes = None
        for _ in range(_MOST_CHUNKS):
            name, length = struct.unpack(f"{order}4sI", file.read(8))
            if name == b"ds64":
                _, data_bytes = struct.unpack("<QQ", file.read(16))
                file.seek(length - 16, os.SEEK_CUR)
            elif name == b"fmt ":
                content = file.read(min(length, _LONGEST_FORM))
                form = _form(content, order)
                file.seek(length - len(content) + length % 2, os.SEEK_CUR)
            elif name == b"data":
                if length == _REST_OF_FILE and magic[:4] == b"RF64":
                    length = data_bytes or 0
                return _sound(form, file.tell(), length, size, order)
            else:
                file.seek(length + length % 2, os.SEEK_CUR)
    raise _DamagedError("too many chunks")


def _form(content: bytes, order: str) -> tuple[int, int, int, int, int]:
    """Return kind, channels, rate, bytes a frame and bits from the chunk that states them."""
    kind, channels, rate, bytes_a_second, frame, bits = struct.unpack(
        f"{order}HHIIHH", content[:16]
    )
    if kind == _EXTENSIBLE:
        identifier = content[24:40]
        if identifier[8:] != _IDENTIFIER_TAIL:
            raise _DamagedError("an unknown kind of samples")
        (kind,) = struct.unpack(f"{order}I", identifier[:4])
    if kind == _PCM and bytes_a_second != rate * frame:
        raise _DamagedError("a rate that does not fit the bytes a second")
    return kind, channels, rate, frame, bits


def _sound(
    form: tuple[int, int, int, int, int] | None, at: int, length: int, size: int, order: str
) -> _Sound:
    if form is None:
        raise _DamagedError("samples before their description")
    kind, channels, rate, frame, bits = form
    item = frame // channels if channels else 0
    names = {_PCM: _INTEGERS, _FLOAT: _FLOATS}.get(kind, {})
    if item not in names or item * channels != frame or not 1 <= bits <= 8 * item:
        raise _DamagedError("a kind of samples that is not read")
    if at + length > size:
        raise _DamagedError("fewer samples than the head says")
    return _Sound(rate, channels, np.dtype(names[item]), order, at, length // frame)


def _tiles(path: Path, sound: _Sound) -> Iterator[Tile]:
    """Give the samples scaled, some frames at once."""
    frame = sound.n_channels * sound.dtype.itemsize
    at_once = max(1, BLOCK_BYTES // frame)
    with path.open("rb") as file:
        file.seek(sound.at)
        for first in range(0, sound.n_frames, at_once):
            n = min(at_once, sound.n_frames - first)
            values = _scaled(_numbers(file.read(n * frame), sound))
            yield first, 0, values.reshape(n, sound.n_channels)


def _numbers(content: bytes, sound: _Sound) -> npt.NDArray[Any]:
    """Return the numbers; those of 24 bits in the upper of 32."""
    if sound.dtype.itemsize != 3:
        return np.frombuffer(content, sound.dtype.newbyteorder(sound.order))  # type: ignore[arg-type]
    packed = np.frombuffer(content, np.uint8).reshape(-1, 3)
    wide = np.zeros((len(packed), 4), np.uint8)
    wide[:, 1:] = packed if sound.order == "<" else packed[:, ::-1]
    return wide.reshape(-1).view("<i4")


def _scaled(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return whole numbers as shares of full scale, −1 to 1."""
    if values.dtype.kind == "f":
        return values
    if values.dtype.kind == "u":  # eight bits have no sign
        return (values.astype(np.float32) - 128.0) / 128.0
    scale = float(1 << (8 * values.dtype.itemsize - 1))
    kind = np.float32 if values.dtype.itemsize <= 2 else np.float64
    return (values / scale).astype(kind)
