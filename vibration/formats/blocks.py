"""Vectors walked in blocks; of mapped ones nothing stays in memory that was walked."""

import mmap
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

BLOCK_BYTES: Final = 8 << 20
_FEWEST: Final = 1 << 12

Array = npt.NDArray[Any]


def map_of(values: Array) -> mmap.mmap | None:
    """Return the mapping that an array is a view of, None where it lies in memory.

    Parameters
    ----------
    values : ndarray

    Returns
    -------
    mmap or None

    Examples
    --------
    >>> map_of(np.zeros(3)) is None
    True
    """
    base: Any = values
    while not isinstance(base, mmap.mmap):
        if isinstance(base, memoryview):
            base = base.obj
        elif isinstance(base, np.ndarray):
            base = base.base
        else:
            return None
    return base


def let_go(values: Array) -> None:
    """Let go of the pages of a mapped array: they stay in the file, and come back when read.

    Parameters
    ----------
    values : ndarray
        Nothing happens to one in memory, or in a mapping that can be written to.

    Examples
    --------
    >>> let_go(np.zeros(3))
    """
    if values.flags.writeable:
        return
    mapping = map_of(values)
    if mapping is not None:
        mapping.madvise(mmap.MADV_DONTNEED)


def blocks(values: Array, *, overlap: int = 0) -> Iterator[tuple[int, Array]]:
    """Give a vector in parts that follow each other, each let go of when the next is asked for.

    Parameters
    ----------
    values : ndarray, (N, …)
        Parted along its first axis.
    overlap : int
        How many of the next part each part shows too.

    Yields
    ------
    (int, ndarray)
        Where the part begins, and the part.

    Examples
    --------
    >>> [(first, part.size) for first, part in blocks(np.zeros(3_000_000))]
    [(0, 1048576), (1048576, 1048576), (2097152, 902848)]
    """
    stride = max(abs(values.strides[0]), values[:1].nbytes, 1)
    length = max(_FEWEST, BLOCK_BYTES // stride)
    is_long = len(values) > length
    for first in range(0, len(values), length):
        yield first, values[first : first + length + overlap]
        if is_long:
            let_go(values)
