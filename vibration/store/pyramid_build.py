"""A pyramid of extremes beside a long record, so that any part of it is drawn without reading it.

Level 0 holds the lowest and the highest sample of every block of 256 samples and where each lies;
every further level does so for 16 blocks of the one below. 100 million samples make 4 MB.

The file, HDF5
    root attributes
        ``format`` (text), ``format_version``, ``n_samples``, ``block``, ``factor``.
    ``/levels/<k>/lowest``, ``/levels/<k>/highest``
        float32, one value per block of ``block·factor^k`` samples; the last block may be shorter.
    ``/levels/<k>/lowest_at``, ``/levels/<k>/highest_at``
        their places in samples from the block's begin, in the smallest unsigned type.
    Every array carries a checksum that HDF5 verifies when it is read.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.store.partial import whole_file

PYRAMID_FORMAT: Final = "bearing-portal-pyramid"
PYRAMID_VERSION: Final = 1
BLOCK: Final = 256
FACTOR: Final = 16
_READ_AT_ONCE: Final = 1 << 20
_CHECKSUM_CHUNK: Final = 32_768

Read = Callable[[int, int], npt.NDArray[Any]]
Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Blocks:
    """Extremes of consecutive blocks: values and places in samples of the record."""

    lowest: Samples
    highest: Samples
    lowest_at: npt.NDArray[np.int64]
    highest_at: npt.NDArray[np.int64]

    def merged(self, factor: int) -> "Blocks":
        """Join each `factor` blocks into one; the last may join fewer."""
        low = _chosen(self.lowest, factor, np.inf)
        high = _chosen(-self.highest, factor, np.inf)
        return Blocks(
            self.lowest[low], self.highest[high], self.lowest_at[low], self.highest_at[high]
        )


def build_pyramid(
    read: Read, n_samples: int, path: Path, *, block: int = BLOCK, factor: int = FACTOR
) -> None:
    """Write the pyramid of a record, which passes through memory a million samples at a time.

    Parameters
    ----------
    read : callable
        ``read(first, last)`` returns the samples from `first` up to, not including, `last`.
        They are taken as float32.
    n_samples : int
        Length of the record.
    path : Path
        The file to write; an existing one is replaced in one step.
    block, factor : int
        Samples in a block of the finest level, and blocks joined from level to level; ≥ 2.

    Raises
    ------
    VibrationError
        For an empty record, a block or factor below 2, and samples that are not finite.
    StorageFullError
        When the disk has no room; nothing is left then.

    Examples
    --------
    >>> import tempfile
    >>> from vibration.store import Pyramid
    >>> x = np.zeros(100_000, np.float32)
    >>> x[77_777] = 9
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "record.pyramid.h5"
    ...     build_pyramid(lambda first, last: x[first:last], x.size, path)
    ...     with Pyramid(path) as pyramid:
    ...         positions, values = pyramid.window(lambda a, b: x[a:b], 0, x.size, 2)
    >>> positions[values.argmax()], values.max()
    (np.int64(77777), np.float32(9.0))
    """
    if n_samples < 1 or block < 2 or factor < 2:
        raise VibrationError(
            f"A pyramid of {n_samples} samples in blocks of {block}, joined by {factor}, cannot "
            "be: take at least 1 sample and 2 for the others.",
            field="n_samples",
        )
    levels = [_finest(read, n_samples, block)]
    while len(levels) < n_levels(n_samples, block, factor):
        levels.append(levels[-1].merged(factor))
    image = _image(levels, n_samples, block, factor)
    with whole_file(path) as partial:
        # a plain write: the HDF5 library does not survive a disk that fills up under it
        partial.write_bytes(image)


def n_levels(n_samples: int, block: int, factor: int) -> int:
    """Levels of a pyramid: the coarsest has no more than `factor` blocks.

    Parameters
    ----------
    n_samples : int
        Length of the record.
    block : int
        Samples of a block of the finest level.
    factor : int
        Blocks that become one of the next level.

    Returns
    -------
    int

    Examples
    --------
    >>> n_levels(100_000_000, 256, 16), n_levels(100, 256, 16)
    (5, 1)
    """
    levels = 1
    while n_samples > factor * block:
        block, levels = block * factor, levels + 1
    return levels


def level_dtypes(block: int) -> dict[str, np.dtype[Any]]:
    """Arrays of a level whose blocks have this many samples, and their types.

    Parameters
    ----------
    block : int
        Samples of a block.

    Returns
    -------
    dict of str to dtype
        Lowest and highest sample of each block, and where in it they are.

    Examples
    --------
    >>> {name: kind.str for name, kind in level_dtypes(256).items()}
    {'lowest': '<f4', 'highest': '<f4', 'lowest_at': '|u1', 'highest_at': '|u1'}
    """
    value, place = np.dtype("<f4"), np.min_scalar_type(block - 1).newbyteorder("<")
    return {"lowest": value, "highest": value, "lowest_at": place, "highest_at": place}


def checked_samples(read: Read, first: int, last: int) -> Samples:
    """Samples of a part of a record as float32; refuses more or fewer than asked for.

    Parameters
    ----------
    read : callable
        ``read(first, last)`` returns the samples from `first` up to, not including, `last`.
    first, last : int
        The part.

    Returns
    -------
    ndarray of float32, shape (last − first,)

    Raises
    ------
    VibrationError
        Where another number of samples comes.

    Examples
    --------
    >>> checked_samples(lambda first, last: np.arange(first, last), 2, 5).tolist()
    [2.0, 3.0, 4.0]
    """
    samples: Samples = np.asarray(read(first, last)).astype(np.float32, copy=False)
    if samples.shape != (last - first,):
        raise VibrationError(
            f"{last - first} samples were asked for at {first}, and an array of shape "
            f"{samples.shape} came.",
            field="read",
        )
    return samples


def _finest(read: Read, n_samples: int, block: int) -> Blocks:
    blocks = Blocks(*_empty(math.ceil(n_samples / block)))
    step = max(1, _READ_AT_ONCE // block) * block
    for first in range(0, n_samples, step):
        samples = checked_samples(read, first, min(first + step, n_samples))
        whole = samples.size // block
        begin = first // block
        _note(blocks, slice(begin, begin + whole), samples[: whole * block].reshape(whole, block))
        if samples.size % block:
            _note(blocks, slice(begin + whole, None), samples[None, whole * block :])
    begins = np.arange(blocks.lowest.size) * block
    np.add(blocks.lowest_at, begins, out=blocks.lowest_at)
    np.add(blocks.highest_at, begins, out=blocks.highest_at)
    return blocks


def _empty(n: int) -> tuple[Samples, Samples, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    return np.empty(n, "f4"), np.empty(n, "f4"), np.empty(n, "i8"), np.empty(n, "i8")


def _note(blocks: Blocks, where: slice, rows: Samples) -> None:
    at = np.arange(len(rows))
    for values, places, found in (
        (blocks.lowest, blocks.lowest_at, rows.argmin(axis=1)),
        (blocks.highest, blocks.highest_at, rows.argmax(axis=1)),
    ):
        values[where], places[where] = rows[at, found], found
        if not np.isfinite(values[where]).all():  # argmin and argmax stop at the first NaN
            raise VibrationError(
                "Some samples are not finite (NaN or infinity): repair or cut them out first."
            )


def _chosen(values: Samples, factor: int, beyond: float) -> npt.NDArray[np.int64]:
    """Index of the lowest of each `factor` values."""
    n = math.ceil(values.size / factor)
    padded = np.pad(values, (0, n * factor - values.size), constant_values=beyond)
    found: npt.NDArray[np.int64] = padded.reshape(n, factor).argmin(axis=1)
    return found + np.arange(n) * factor


def _image(levels: list[Blocks], n_samples: int, block: int, factor: int) -> bytes:
    """Return the bytes of the file, in a version of HDF5 whose own structures have checksums."""
    with h5py.File(
        "pyramid", "w", driver="core", backing_store=False, libver=("v110", "v110")
    ) as file:
        file.attrs.update(
            format=PYRAMID_FORMAT,
            format_version=PYRAMID_VERSION,
            n_samples=n_samples,
            block=block,
            factor=factor,
        )
        for number, level in enumerate(levels):
            size = block * factor**number
            begins = np.arange(level.lowest.size) * size
            for name, dtype in level_dtypes(size).items():
                values = getattr(level, name)
                if name.endswith("_at"):
                    values = values - begins
                chunk = (min(values.size, _CHECKSUM_CHUNK),)
                file.create_dataset(
                    f"levels/{number}/{name}",
                    data=values.astype(dtype),
                    chunks=chunk,
                    fletcher32=True,
                )
        file.flush()
        image: bytes = file.id.get_file_image()
    return image
