"""The MATLAB 5 container, read with every length checked.

scipy's reader was seen to crash the process on damaged files, which people do upload. This one
reads what a recording needs (numbers, texts and single structs) and only names the rest.

Reference: MathWorks, "MAT-File Format", chapter 1 (level 5).
"""

import mmap
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError

HEADER_BYTES: Final = 128
MAX_BYTES: Final = 2 << 30
_MAX_DEPTH: Final = 8
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
    _CELL: "a cell array",
    _OBJECT: "an object",
    _SPARSE: "a sparse matrix",
    _FUNCTION: "a function",
    _OPAQUE: "an object",
}


@dataclass(frozen=True)
class Unread:
    """A variable of a kind that holds no signal, with the words for it."""

    kind: str


Array = npt.NDArray[Any]
Value = Array | str | dict[str, Any] | Unread


class DamagedMatError(ValueError):
    """A length, a type or a number of the file does not fit the rest."""


def read_mat5(path: Path, order: str) -> dict[str, Value]:
    """Return the named variables of a MATLAB 5 file, in the file's order.

    Parameters
    ----------
    path : Path
        A file that begins as a MATLAB 5 file does.
    order : {"<", ">"}
        Byte order, as its header says.

    Raises
    ------
    DamagedMatError
        Where the file does not hold together.
    """
    with path.open("rb") as file:
        # not closed by hand: it goes with the last view of it, that of a traceback included
        content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    try:
        return dict(_Reader(order).variables(content[HEADER_BYTES:]))
    except VibrationError:
        raise
    except (zlib.error, struct.error, ValueError, OverflowError) as error:
        raise DamagedMatError(str(error)) from error


class _Reader:
    """Walks through the elements of a file."""

    def __init__(self, order: str) -> None:
        self._order = order
        self._left = MAX_BYTES

    def variables(self, content: memoryview) -> Iterator[tuple[str, Value]]:
        position = 0
        while position + 8 <= len(content):
            kind, body, position = self._element(content, position)
            if kind == _COMPRESSED:
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

    def _unpacked(self, body: memoryview) -> memoryview:
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(body, self._left)
        if unpacking.unconsumed_tail:
            raise VibrationError(
                "The file unpacks to more than 2 GiB; cut it into shorter recordings."
            )
        if not unpacking.eof:
            raise DamagedMatError("a compressed variable that is incomplete")
        self._left -= len(content)
        return memoryview(content)

    def _matrix(self, body: memoryview, depth: int) -> tuple[str, Value]:
        _, flags, at = self._element(body, 0)
        (word,) = struct.unpack_from(f"{self._order}I", flags)
        _, dimensions, at = self._element(body, at)
        _, name, at = self._element(body, at)
        shape = struct.unpack(f"{self._order}{len(dimensions) // 4}i", dimensions)
        if any(length < 0 for length in shape) or depth > _MAX_DEPTH:
            raise DamagedMatError("a negative length, or structs nested too deeply")
        return bytes(name).decode("latin-1"), self._value(word, shape, body[at:], depth)

    def _value(self, word: int, shape: tuple[int, ...], rest: memoryview, depth: int) -> Value:
        kind, is_complex, is_logical = word & 0xFF, bool(word & 0x800), bool(word & 0x200)
        if kind in _NUMERIC:
            real, at = self._numbers(_NUMERIC[kind], shape, rest, 0)
            if is_complex:
                return real + 1j * self._numbers(_NUMERIC[kind], shape, rest, at)[0]
            return real.astype(bool) if is_logical else real
        if kind == _CHAR:
            return self._text(rest)
        if kind == _STRUCT and prod(shape) == 1:
            return self._struct(rest, depth)
        if kind == _STRUCT:
            return Unread("a struct array")
        return Unread(_NAMES.get(kind, f"a variable of unknown class {kind}"))

    def _numbers(
        self, dtype: str, shape: tuple[int, ...], rest: memoryview, at: int
    ) -> tuple[Array, int]:
        kind, body, end = self._element(rest, at)
        if kind not in _STORED:
            raise DamagedMatError(f"numbers of unknown type {kind}")
        stored = np.frombuffer(body, dtype=self._order + _STORED[kind])
        if stored.size != prod(shape):
            raise DamagedMatError("more or fewer numbers than the shape asks for")
        # copied: what is read must not change with the file
        return stored.astype(dtype).reshape(shape, order="F"), end

    def _text(self, rest: memoryview) -> str:
        kind, body, _ = self._element(rest, 0)
        encoding = _ENCODINGS.get(kind, "latin-1")
        suffix = (
            {"<": "-le", ">": "-be"}[self._order] if "-16" in encoding or "-32" in encoding else ""
        )
        return bytes(body).decode(encoding + suffix)

    def _struct(self, rest: memoryview, depth: int) -> dict[str, Any]:
        _, length, at = self._element(rest, 0)
        (width,) = struct.unpack_from(f"{self._order}i", length)
        _, names, at = self._element(rest, at)
        if width < 1 or len(names) % width:
            raise DamagedMatError("field names that do not fit their length")
        fields = {}
        for start in range(0, len(names), width):
            name = bytes(names[start : start + width]).split(b"\0")[0].decode("latin-1")
            _, body, at = self._element(rest, at)
            fields[name] = self._matrix(body, depth + 1)[1] if body else np.zeros((0, 0))
        return fields
