"""What a channel looks like before anything is decided: few numbers, made where it was read.

The spectrum is kept over cycles a sample, so that it fits any rate a person then gives.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.decimation import bucket_size, min_max
from vibration.errors import VibrationError
from vibration.formats.blocks import let_go
from vibration.spectra.averaging import averaged_spectrum

Array = npt.NDArray[np.float32]

MOST_PICTURES: Final = 16
BUCKETS: Final = 360
LONGEST: Final = 1 << 21  # of longer records the spectrum is that of the beginning
_BINS: Final = 360
_SEGMENT: Final = 8192
_FEWEST: Final = 64
_AT_ONCE: Final = 1 << 20


@dataclass(frozen=True, eq=False)
class Picture:
    """One channel, small.

    Attributes
    ----------
    positions, values : ndarray
        Extremes in the order of time: number of the sample, and value.
    cycles, amplitudes : ndarray
        Frequencies in cycles a sample, 0 to 0.5, and the largest amplitude around each; empty where
        the record is too short for a spectrum.
    n_samples : int
        Length of the record.
    """

    positions: Array
    values: Array
    cycles: Array
    amplitudes: Array
    n_samples: int


def picture_of(samples: npt.NDArray[np.floating]) -> Picture:
    """Return the picture of a channel."""
    return picture_made(_extremes(samples), samples[:LONGEST], samples.size)


def picture_made(
    extremes: tuple[npt.NDArray[Any], npt.NDArray[Any]],
    beginning: npt.NDArray[np.floating],
    n_samples: int,
) -> Picture:
    """Return the picture of a channel that need not be held whole.

    Parameters
    ----------
    extremes : tuple of ndarray
        Positions and values of the extremes of at most `BUCKETS` runs.
    beginning : ndarray
        The first `LONGEST` samples, or all where there are fewer.
    n_samples : int
        Length of the record.
    """
    positions, values = extremes
    cycles: npt.NDArray[Any] = np.empty(0)
    amplitudes: npt.NDArray[Any] = np.empty(0)
    if beginning.size >= _FEWEST:
        segment = min(_SEGMENT, beginning.size)
        with suppress(VibrationError):  # samples too large for one, which are kept nowhere
            spectrum = averaged_spectrum(beginning, 1.0, quantity="amplitude", segment=segment)
            cycles, amplitudes = _pooled(spectrum.f_hz, spectrum.values)
    curves = {
        "positions": positions,
        "values": values,
        "cycles": cycles,
        "amplitudes": amplitudes,
    }
    small = {name: np.asarray(curve, np.float32) for name, curve in curves.items()}
    return Picture(n_samples=n_samples, **small)


def _extremes(samples: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the extremes of each bucket; a long record passes through memory in parts."""
    size = bucket_size(samples.size, BUCKETS)
    if samples.size <= _AT_ONCE:
        return min_max(samples, BUCKETS)
    at_once = max(1, _AT_ONCE // size) * size
    found = []
    for first in range(0, samples.size, at_once):
        part = samples[first : first + at_once]
        positions, values = min_max(part, -(-part.size // size))
        found.append((positions + first, values.copy()))
        let_go(samples)
    positions, values = (np.concatenate(each) for each in zip(*found, strict=True))
    return positions, values


def pictures_write(path: Path, pictures: Sequence[Picture]) -> None:
    """Write the pictures of a file's first channels, whole or not at all."""
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    for number, picture in enumerate(pictures[:MOST_PICTURES]):
        fields = vars(picture) | {"n_samples": np.array(picture.n_samples)}
        arrays |= {f"{number}.{name}": value for name, value in fields.items()}
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    os.replace(partial, path)


def picture_read(path: Path, number: int) -> Picture | None:
    """Return one picture; None where there is none."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return _picture(arrays, number)
    except (FileNotFoundError, KeyError):
        return None


def _picture(arrays: Mapping[str, Array], number: int) -> Picture:
    names = ("positions", "values", "cycles", "amplitudes")
    fields = {name: arrays[f"{number}.{name}"] for name in names}
    return Picture(n_samples=int(arrays[f"{number}.n_samples"]), **fields)


def _pooled(cycles: npt.NDArray[Any], amplitudes: npt.NDArray[Any]) -> tuple[Any, Any]:
    """Return at most `_BINS` bins, each with the highest amplitude of those it stands for."""
    positions, values = min_max(amplitudes, _BINS // 2)
    return cycles[positions], values
