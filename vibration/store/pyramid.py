"""Draw any part of a long record from its pyramid of extremes, without reading the record."""

import io
import math
import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

import h5py
import numpy as np
import numpy.typing as npt

from vibration.decimation import bucket_size, min_max
from vibration.errors import VibrationError
from vibration.store.elsewhere import StoredFile
from vibration.store.errors import DamagedStoreError
from vibration.store.hdf5 import own_array, readable
from vibration.store.pyramid_build import (
    PYRAMID_FORMAT,
    PYRAMID_VERSION,
    Blocks,
    Read,
    Samples,
    build_pyramid,
    checked_samples,
    level_dtypes,
    n_levels,
)

__all__ = ["Pyramid", "build_pyramid"]

_BLOCKS_PER_BUCKET: Final = 4  # so that rounding a bucket up to whole blocks costs little width


class Pyramid:
    """A pyramid of extremes, open for reading.

    Parameters
    ----------
    path : path-like or StoredFile
        What `build_pyramid` wrote.

    Attributes
    ----------
    n_samples : int
        Length of the record it belongs to.
    block, factor : int
        As it was built.

    Raises
    ------
    DamagedStoreError
        When the file is missing, foreign, cut short or altered.
    """

    def __init__(self, path: str | os.PathLike[str] | StoredFile) -> None:
        opened: Path | BinaryIO
        if isinstance(path, str | os.PathLike) or path.path is not None:
            opened = self.path = Path(path if isinstance(path, str | os.PathLike) else path.path)
            if not self.path.is_file():
                raise DamagedStoreError(f"{self.path.name} does not exist.")
        else:  # small, and asked for in many places at once
            self.path, opened = Path(path.key), _fetched(path)
        with readable(self.path):
            self._file = h5py.File(opened, "r", locking=False)
        try:
            with readable(self.path):
                self._validate()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    def window(
        self, read: Read, first: int, last: int, n_buckets: int
    ) -> tuple[npt.NDArray[np.int64], Samples]:
        """Lowest and highest sample of each of at most `n_buckets` runs of a part of the record.

        The runs follow each other without a gap and are nearly as long as each other, so no
        extreme of the part is lost, and no sample from outside it is returned. A short part is
        read as it is, at most ``2·block·n_buckets`` samples; of a long one only the blocks that
        its ends cut.

        Parameters
        ----------
        read : callable
            Of the same record: ``read(first, last)`` returns its samples.
        first, last : int
            The part, `last` not included.
        n_buckets : int
            Runs to form, usually the width of the figure in pixels.

        Returns
        -------
        positions, values : ndarray, shape (M,), int64 and float32
            Rising positions in the record and the samples there, M ≤ 2·n_buckets.

        Raises
        ------
        VibrationError
            For a part that the record does not have, and no buckets.
        DamagedStoreError
            Where the file turns out to be altered.
        """
        if not 0 <= first < last <= self.n_samples:
            raise VibrationError(
                f"There are no samples {first} to {last}; this record has 0 to {self.n_samples}.",
                field="last",
            )
        size = bucket_size(last - first, n_buckets)
        if size < 2 * self.block:
            positions, values = min_max(checked_samples(read, first, last), n_buckets)
            return positions + first, values
        level = self._level_for(size)
        block = self._block_of(level)
        n_blocks = math.ceil((last - first // block * block) / block)
        joined = self._cut(read, first, last, level).merged(math.ceil(n_blocks / n_buckets))
        positions, where = np.unique(
            np.concatenate([joined.lowest_at, joined.highest_at]), return_index=True
        )
        return positions, np.concatenate([joined.lowest, joined.highest])[where]

    def _level_for(self, size: int) -> int:
        """Coarsest level of which several blocks go into a bucket, else the finest."""
        fitting = [
            level
            for level in range(len(self._levels))
            if _BLOCKS_PER_BUCKET * self._block_of(level) <= size
        ]
        return max(fitting, default=0)

    def _cut(self, read: Read, first: int, last: int, level: int) -> Blocks:
        """Blocks that cover the part, those at its ends without what lies outside."""
        block = self._block_of(level)
        start, stop = first // block, math.ceil(last / block)
        blocks = self._blocks(level, start, stop)
        ends = []
        if first % block:
            ends.append((0, first, min(last, (start + 1) * block)))
        if last % block and last < self.n_samples:
            ends.append((-1, max(first, (stop - 1) * block), last))
        for index, begin, end in ends:
            positions, values = self.window(read, begin, end, 1)
            low, high = values.argmin(), values.argmax()
            blocks.lowest[index], blocks.lowest_at[index] = values[low], positions[low]
            blocks.highest[index], blocks.highest_at[index] = values[high], positions[high]
        return blocks

    def _blocks(self, level: int, start: int, stop: int) -> Blocks:
        with readable(self.path):
            low, high, low_at, high_at = (array[start:stop] for array in self._levels[level])
        begins = np.arange(start, stop) * self._block_of(level)
        blocks = Blocks(low, high, begins + low_at, begins + high_at)
        ends = np.minimum(begins + self._block_of(level), self.n_samples)
        if np.any(blocks.lowest_at >= ends) or np.any(blocks.highest_at >= ends):
            raise DamagedStoreError(f"{self.path.name} names samples outside of their blocks.")
        return blocks

    def _block_of(self, level: int) -> int:
        return int(self.block * self.factor**level)

    def _validate(self) -> None:
        attributes = self._file.attrs
        if attributes.get("format") != PYRAMID_FORMAT:
            raise DamagedStoreError(f"{self.path.name} is an HDF5 file, but not a pyramid.")
        if attributes.get("format_version") != PYRAMID_VERSION:
            raise DamagedStoreError(
                f"{self.path.name} has format version {attributes.get('format_version')}; "
                f"this program reads version {PYRAMID_VERSION}."
            )
        self.n_samples = self._size("n_samples", 1)
        self.block, self.factor = self._size("block", 2), self._size("factor", 2)
        self._levels = [
            [self._array(level, name) for name in level_dtypes(self.block)]
            for level in range(n_levels(self.n_samples, self.block, self.factor))
        ]

    def _size(self, name: str, least: int) -> int:
        value = self._file.attrs[name]
        if not isinstance(value, np.integer) or value < least:
            raise DamagedStoreError(f"{self.path.name} has an impossible {name}, {value!r}.")
        return int(value)

    def _array(self, level: int, name: str) -> h5py.Dataset:
        block = self._block_of(level)
        full = f"levels/{level}/{name}"
        array = own_array(self._file, self.path, full, 1, level_dtypes(block)[name])
        if array.size != math.ceil(self.n_samples / block):
            raise DamagedStoreError(f"/{full} of {self.path.name} has a wrong length.")
        return array


def _fetched(file: StoredFile) -> io.BytesIO:
    try:
        with file.open() as there:
            return io.BytesIO(there.read())
    except FileNotFoundError as error:
        raise DamagedStoreError(f"{file.name} does not exist.") from error
