"""MATLAB 4: matrices one after the other, each with a head of five numbers.

Reference: MathWorks, "MAT-File Format", chapter 2 (level 4).
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

import numpy as np

from vibration.formats.blocks import BLOCK_BYTES
from vibration.formats.gathering import gathered
from vibration.formats.matlab.values import Array, DamagedMatError, Keep, Unread, Value

_DTYPES: Final = ("f8", "f4", "i4", "i2", "u2", "u1")
_ORDERS: Final = {0: "<", 1: ">"}
_MAX_NAME: Final = 256
_HEAD: Final = 20


def byte_order_4(head: bytes) -> str | None:
    """Return the byte order of a MATLAB 4 file by its first head, None where it is none.

    Parameters
    ----------
    head : bytes
        The first bytes of the file.

    Returns
    -------
    {'<', '>'} or None

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("matlab4.mat") as file:
    ...     byte_order_4(file.path.read_bytes()[:128])
    '<'
    >>> byte_order_4(b"RIFF" * 32) is None
    True
    """
    if len(head) < _HEAD:
        return None
    for order in "<>":
        kind, rows, columns, imaginary, length = struct.unpack(f"{order}5i", head[:_HEAD])
        thousands, rest = divmod(kind, 1000)
        hundreds, tens, ones = rest // 100, rest // 10 % 10, rest % 10
        if (
            _ORDERS.get(thousands) == order
            and hundreds == 0
            and tens < len(_DTYPES)
            and ones <= 2
            and rows >= 0
            and columns >= 0
            and imaginary in (0, 1)
            and 1 < length <= _MAX_NAME
        ):
            name = head[_HEAD : _HEAD + length].split(b"\0")[0]
            if name and all(32 < byte < 127 for byte in name):
                return order
    return None


def read_mat4(path: Path, order: str, keep: Keep) -> dict[str, Value]:
    """Return the variables of a MATLAB 4 file, in the file's order.

    Parameters
    ----------
    path : Path
        A file that begins as a MATLAB 4 file does.
    order : {'<', '>'}
        Byte order, as `byte_order_4` tells it.
    keep : callable
        Told the bytes that the samples read so far will take; raises where they are too many.

    Returns
    -------
    dict

    Raises
    ------
    DamagedMatError
        Where the file does not hold together.

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("matlab4.mat") as file:
    ...     list(read_mat4(file.path, "<", file.prove_kept))
    ['A', 'B', 'Tinterval']
    """
    variables: dict[str, Value] = {}
    size, kept = path.stat().st_size, 0
    with path.open("rb") as file:
        while head := file.read(_HEAD):
            if len(head) < _HEAD:
                raise DamagedMatError("a head that is incomplete")
            kind, rows, columns, imaginary, length = struct.unpack(f"{order}5i", head)
            tens, ones = kind // 10 % 10, kind % 10
            sound = 0 <= kind < 5000 and tens < len(_DTYPES) and ones <= 2
            if not sound or rows < 0 or columns < 0 or not 0 < length <= _MAX_NAME:
                raise DamagedMatError("a head with numbers out of range")
            name = file.read(length).split(b"\0")[0].decode("latin-1")
            dtype = np.dtype(order + _DTYPES[tens])
            count = rows * columns
            n_bytes = count * dtype.itemsize
            if file.tell() + n_bytes * (1 + bool(imaginary)) > size:
                raise DamagedMatError("a variable that ends beyond the file")
            if ones == 0 and count > 1:
                kept += count * (4 if dtype.itemsize <= 2 or tens == 1 else 8)
                keep(kept)
            values = gathered(_parts(file, count, dtype), count, dtype.newbyteorder("="))
            values = values.reshape((rows, columns), order="F")
            if imaginary:
                file.seek(n_bytes, 1)
                variables[name] = Unread("complex numbers")
            elif ones == 2:
                variables[name] = Unread("a sparse matrix")
            elif ones == 1:
                codes = values.reshape(-1, order="F").astype(np.float64)
                inside = (codes >= 32) & (codes < 256)
                variables[name] = "".join(chr(int(code)) for code in codes[inside][:10_000])
            else:
                variables[name] = values
    return variables


def _parts(file: IO[bytes], count: int, dtype: np.dtype[Any]) -> Iterator[Array]:
    at_once = BLOCK_BYTES // dtype.itemsize
    for first in range(0, count, at_once):
        n = min(at_once, count - first)
        yield np.frombuffer(file.read(n * dtype.itemsize), dtype=dtype, count=n)
