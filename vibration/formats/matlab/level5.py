"""The MATLAB 5 container, read with every length checked and everything counted before it is kept.

scipy's reader was seen to crash the process on damaged files, which people do upload. This one
reads what a recording needs (numbers, texts, structs and cells) and only names the rest. The head
of a compressed variable says how many numbers it holds: too many are refused before a byte of them
is unpacked.

Reference: MathWorks, "MAT-File Format", chapter 1 (level 5).
"""

import mmap
import struct
import zlib
from collections.abc import Iterator
from math import prod
from typing import Any, Final

import numpy as np

from vibration.errors import VibrationError
from vibration.formats.blocks import BLOCK_BYTES, blocks
from vibration.formats.files import SourceFile
from vibration.formats.gathering import gathered
from vibration.formats.matlab.values import Array, DamagedMatError, Unread, Value
from vibration.formats.room import current_room

HEADER_BYTES: Final = 128
_MAX_DEPTH: Final = 8
_MAX_ELEMENTS: Final = 100_000
_HEAD_BYTES: Final = 1024
_SLACK_BYTES: Final = 1 << 20
_PACKED_BYTES: Final = 1 << 16
_MATRIX, _COMPRESSED = 14, 15
_CELL, _STRUCT, _OBJECT, _CHAR, _SPARSE, _FUNCTION, _OPAQUE = 1, 2, 3, 4, 5, 16, 17
_STORED: Final = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8",
}  # fmt: skip
_NUMERIC: Final = {
    6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8",
}  # fmt: skip
_ENCODINGS: Final = {
    1: "latin-1",
    2: "latin-1",
    4: "utf-16",
    16: "utf-8",
    17: "utf-16",
    18: "utf-32",
}
_NAMES: Final = {
    _OBJECT: "an object",
    _SPARSE: "a sparse matrix",
    _FUNCTION: "a function",
}


def read_mat5(file: SourceFile, order: str) -> dict[str, Value]:
    """Return the named variables of a MATLAB 5 file, in the file's order.

    Parameters
    ----------
    file : SourceFile
        One that begins as a MATLAB 5 file does.
    order : {"<", ">"}
        Byte order, as its header says.

    Returns
    -------
    dict

    Raises
    ------
    DamagedMatError
        Where the file does not hold together.
    FormatError
        Where it unpacks to more than may be kept, or than any recording does.

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("matlab5.mat") as file:
    ...     list(read_mat5(file, "<"))
    ['vib', 'fs', 'rpm', 'temperature']
    """
    with file.path.open("rb") as opened:
        # not closed by hand: it goes with the last view of it, that of a traceback included
        content = memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))
    variables: dict[str, Value] = {}
    try:
        for name, value in _Reader(order, file).variables(content[HEADER_BYTES:]):
            if name:  # objects leave a nameless block behind them
                variables[name] = value
    except VibrationError:
        raise
    except (zlib.error, struct.error, ValueError, OverflowError) as error:
        raise DamagedMatError(str(error)) from error
    return variables


class _Reader:
    """Walks through the elements of a file."""

    def __init__(self, order: str, file: SourceFile) -> None:
        self._order = order
        self._file = file
        self._kept = 0
        self._elements = 0
        self._left = file.kept_bytes + _SLACK_BYTES
        self._inflated_bytes = 0

    def variables(self, content: memoryview) -> Iterator[tuple[str, Value]]:
        position = 0
        while position + 8 <= len(content):
            kind, body, position = self._element(content, position)
            if kind == _COMPRESSED:
                self._count_packed(body)
                kind, body, _ = self._element(self._unpacked(body), 0)
            if kind == _MATRIX and body:
                yield self._matrix(body, 0)

    def _element(self, content: memoryview, at: int) -> tuple[int, memoryview, int]:
        """Return the type and the body of the element at a position, and where the next begins."""
        kind, size = struct.unpack_from(f"{self._order}II", content, at)
        if kind >> 16:  # the small format: four bytes of body inside the tag
            kind, size = kind & 0xFFFF, kind >> 16
            if size > 4:
                raise DamagedMatError("a small element of more than four bytes")
            return kind, content[at + 4 : at + 4 + size], at + 8
        start, end = at + 8, at + 8 + size
        if end > len(content):
            raise DamagedMatError("an element that ends beyond its container")
        return kind, content[start:end], end if kind == _COMPRESSED else end + -size % 8

    def _count_packed(self, body: memoryview) -> None:
        """Count the numbers of a packed variable by its head alone."""
        head = memoryview(zlib.decompressobj().decompress(body[:_PACKED_BYTES], _HEAD_BYTES))
        try:
            _, flags, at = self._element(head, 8)
            (word,) = struct.unpack_from(f"{self._order}I", flags)
            _, dimensions, _ = self._element(head, at)
        except (struct.error, DamagedMatError):
            return  # the walk over the whole of it says what is wrong
        if word & 0xFF in _NUMERIC:
            shape = struct.unpack(f"{self._order}{len(dimensions) // 4}i", dimensions)
            self._file.prove_kept(self._kept + _kept_bytes(word, shape))
            self._file.prove_unpacked(self._inflated_bytes + _n_values(shape))

    def _unpacked(self, body: memoryview) -> memoryview:
        """Unpack a variable: into memory, or a file where it is large."""
        parts: list[bytes] = []
        spool, n_bytes = None, 0
        for part in self._inflated(body):
            n_bytes += len(part)
            if spool is None and current_room().holds(len(part)):
                parts.append(part)
                continue
            if spool is None:
                spool = current_room().spool()
                spool.append(b"".join(parts))
                parts = []
            spool.append(part)
        self._left -= n_bytes
        return memoryview(b"".join(parts) if spool is None else spool.mapped(np.uint8).data)

    def _inflated(self, body: memoryview) -> Iterator[bytes]:
        unpacking, left = zlib.decompressobj(), self._left
        for first in range(0, len(body), _PACKED_BYTES):
            packed: bytes | memoryview = body[first : first + _PACKED_BYTES]
            while packed and not unpacking.eof:
                part = unpacking.decompress(packed, BLOCK_BYTES)
                packed = unpacking.unconsumed_tail
                left -= len(part)
                self._inflated_bytes += len(part)
                self._file.prove_unpacked(self._inflated_bytes)
                if left < 0:
                    self._file.prove_kept(self._kept + self._left)
                    raise VibrationError(
                        "The file unpacks to more than can be kept; cut it into shorter recordings."
                    )
                yield part
        if not unpacking.eof:
            raise DamagedMatError("a compressed variable that is incomplete")

    def _matrix(self, body: memoryview, depth: int) -> tuple[str, Value]:
        self._elements += 1
        if self._elements > _MAX_ELEMENTS:
            raise VibrationError(
                f"The file holds more than {_MAX_ELEMENTS} variables, fields and cells; "
                "save the signals as plain vectors."
            )
        _, flags, at = self._element(body, 0)
        (word,) = struct.unpack_from(f"{self._order}I", flags)
        if word & 0xFF == _OPAQUE:
            return self._opaque(body, at)
        _, dimensions, at = self._element(body, at)
        _, name, at = self._element(body, at)
        shape = struct.unpack(f"{self._order}{len(dimensions) // 4}i", dimensions)
        if any(length < 0 for length in shape) or depth > _MAX_DEPTH:
            raise DamagedMatError("a negative length, or structs nested too deeply")
        return bytes(name).decode("latin-1"), self._value(word, shape, body[at:], depth)

    def _opaque(self, body: memoryview, at: int) -> tuple[str, Value]:
        """Return an object of MATLAB's newer classes: it has no dimensions, but a class name."""
        _, name, at = self._element(body, at)
        _, _, at = self._element(body, at)
        _, class_name, _ = self._element(body, at)
        kind = bytes(class_name[:40]).decode("latin-1")
        words = f"a {kind} object" if kind.isidentifier() else "an object"
        return bytes(name).decode("latin-1"), Unread(words)

    def _value(self, word: int, shape: tuple[int, ...], rest: memoryview, depth: int) -> Value:
        kind, is_complex, is_logical = word & 0xFF, bool(word & 0x800), bool(word & 0x200)
        if kind in _NUMERIC:
            if is_complex:
                return Unread("complex numbers") if prod(shape) else np.zeros(0)
            self._count(word, shape)
            real, _ = self._numbers(_NUMERIC[kind], shape, rest, 0)
            return real.astype(bool) if is_logical else real
        if kind == _CHAR:
            return self._text(rest)
        if kind == _STRUCT:
            return self._structs(shape, rest, depth)
        if kind == _CELL:
            return self._cells(shape, rest, depth)
        return Unread(_NAMES.get(kind, f"a variable of unknown class {kind}"))

    def _count(self, word: int, shape: tuple[int, ...]) -> None:
        if prod(shape) > 1:
            self._kept += _kept_bytes(word, shape)
            self._file.prove_kept(self._kept)

    def _numbers(
        self, dtype: str, shape: tuple[int, ...], rest: memoryview, at: int
    ) -> tuple[Array, int]:
        kind, body, end = self._element(rest, at)
        if kind not in _STORED:
            raise DamagedMatError(f"numbers of unknown type {kind}")
        stored = np.frombuffer(body, dtype=self._order + _STORED[kind])
        if stored.size != prod(shape):
            raise DamagedMatError("more or fewer numbers than the shape asks for")
        if stored.dtype == dtype and stored.nbytes > BLOCK_BYTES:
            return stored.reshape(shape, order="F"), end  # copied when it becomes a channel
        # copied: what is read must not change with the file
        parts = (part.astype(dtype) for _, part in blocks(stored))
        return gathered(parts, stored.size, dtype).reshape(shape, order="F"), end

    def _text(self, rest: memoryview) -> str:
        kind, body, _ = self._element(rest, 0)
        encoding = _ENCODINGS.get(kind, "latin-1")
        suffix = (
            {"<": "-le", ">": "-be"}[self._order] if "-16" in encoding or "-32" in encoding else ""
        )
        return bytes(body).decode(encoding + suffix)

    def _structs(self, shape: tuple[int, ...], rest: memoryview, depth: int) -> Value:
        """Return one struct, or a list of the structs of an array."""
        _, length, at = self._element(rest, 0)
        (width,) = struct.unpack_from(f"{self._order}i", length)
        _, names, at = self._element(rest, at)
        if width < 1 or len(names) % width:
            raise DamagedMatError("field names that do not fit their length")
        titles = [
            bytes(names[start : start + width]).split(b"\0")[0].decode("latin-1")
            for start in range(0, len(names), width)
        ]
        structs: list[Any] = []
        for _ in range(prod(shape)):
            fields: dict[str, Any] = {}
            for title in titles:
                _, body, at = self._element(rest, at)
                fields[title] = self._matrix(body, depth + 1)[1] if body else np.zeros((0, 0))
            structs.append(fields)
            if not titles:
                break
        return structs[0] if len(structs) == 1 else structs

    def _cells(self, shape: tuple[int, ...], rest: memoryview, depth: int) -> Value:
        cells: list[Any] = []
        at = 0
        for _ in range(prod(shape)):
            _, body, at = self._element(rest, at)
            cells.append(self._matrix(body, depth + 1)[1] if body else np.zeros((0, 0)))
        return cells


def _n_values(shape: tuple[int, ...]) -> int:
    return 0 if any(length < 0 for length in shape) else prod(shape)


def _kept_bytes(word: int, shape: tuple[int, ...]) -> int:
    """Return the bytes that the samples of a variable will take."""
    size = np.dtype(_NUMERIC[word & 0xFF]).itemsize
    return _n_values(shape) * (4 if size <= 2 or word & 0xFF == 7 else 8)
