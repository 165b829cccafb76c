"""Where each array of a ``signals.h5`` begins, in bytes: so it is written and read without HDF5."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Place:
    """Where an array of a file begins, and of which type its values are."""

    offset: int
    dtype: str


@dataclass(frozen=True, eq=False)
class Layout:
    """Where everything is in one ``signals.h5``.

    Attributes
    ----------
    shape : (int, int)
        Records, and samples of each.
    step : int
        Bytes from the samples of a row to those of the next, within a run.
    runs : ndarray of int64, shape (m, 2)
        First row of each run, and where its samples begin.
    features : Place
        Of all rows.
    feature_names : tuple of str
    index : dict of str to Place
        Of each column.
    """

    shape: tuple[int, int]
    step: int
    runs: npt.NDArray[np.int64]
    features: Place
    feature_names: tuple[str, ...]
    index: dict[str, Place]

    def offset(self, row: int) -> int:
        """Return where the samples of a row begin."""
        first, offset = self.runs[np.searchsorted(self.runs[:, 0], row, side="right") - 1]
        return int(offset + (row - first) * self.step)

    def to_json(self) -> dict[str, Any]:
        """Return what ``metadata.json`` says of it."""
        return {
            "step": self.step,
            "signals": self.runs.tolist(),
            "features": [self.features.offset, self.features.dtype],
            "feature_names": list(self.feature_names),
            "index": {name: [each.offset, each.dtype] for name, each in self.index.items()},
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any], shape: tuple[int, int]) -> "Layout":
        """Read what `to_json` returned."""
        return cls(
            shape=shape,
            step=int(said["step"]),
            runs=np.array(said["signals"], np.int64).reshape(-1, 2),
            features=Place(*said["features"]),
            feature_names=tuple(said["feature_names"]),
            index={name: Place(*each) for name, each in said["index"].items()},
        )

    @classmethod
    def of_file(cls, file: h5py.File) -> "Layout":
        """Read it out of an open file, whose arrays were proven to be its own."""
        signals, features, index = file["signals"], file["features"], file["index"]
        step, runs = runs_of(offsets_of(signals))
        return cls(
            shape=signals.shape,
            step=step,
            runs=runs,
            features=Place(features.id.get_offset(), features.dtype.str),
            feature_names=tuple(name.decode() for name in features.attrs["names"]),
            index={
                name: Place(index[name].id.get_offset(), index[name].dtype.str) for name in index
            },
        )


def offsets_of(signals: h5py.Dataset) -> npt.NDArray[np.int64]:
    """Return where the samples of each record begin, in bytes.

    Parameters
    ----------
    signals : h5py.Dataset
        One record per chunk.

    Returns
    -------
    ndarray of int64, shape (n,)

    Examples
    --------
    >>> with h5py.File("one", "w", driver="core", backing_store=False) as file:
    ...     signals = file.create_dataset("x", data=np.zeros((2, 4), "f4"), chunks=(1, 4))
    ...     np.diff(offsets_of(signals)).tolist()
    [16]
    """
    offsets = np.zeros(len(signals), np.int64)

    def note(chunk: Any) -> None:
        offsets[chunk.chunk_offset[0]] = chunk.byte_offset

    signals.id.chunk_iter(note)
    return offsets


def runs_of(offsets: npt.NDArray[np.int64]) -> tuple[int, npt.NDArray[np.int64]]:
    """Write offsets as runs of equal steps.

    Parameters
    ----------
    offsets : ndarray of int64, shape (n,)
        One of each row.

    Returns
    -------
    step : int
        From a row to the next within a run.
    runs : ndarray of int64, shape (m, 2)
        First row of each run, and its offset.

    Examples
    --------
    >>> step, runs = runs_of(np.array([10, 20, 30, 45, 55]))
    >>> step, runs.tolist()
    (10, [[0, 10], [3, 45]])
    """
    steps = np.diff(offsets)
    found, counts = np.unique(steps, return_counts=True)
    step = int(found[counts.argmax()]) if steps.size else 0
    first = np.append(0, np.flatnonzero(steps != step) + 1)
    return step, np.column_stack([first, offsets[first]])
