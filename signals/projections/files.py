"""The points of a projection in a file: ``results/projections/<key>.npz``, whole or not at all."""

import logging
import math
import zipfile
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from common.errors import Unavailable
from common.storage import Stored, stored
from common.text import counted
from signals.feature_table import FeatureTable
from vibration.statistics.projection import Projected

logger = logging.getLogger(__name__)

_FOLDER: Final = ("results", "projections")
_SUFFIX: Final = ".npz"
_UNREADABLE: Final = (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile)


@dataclass(frozen=True, eq=False)
class ProjectionPoints:
    """A projection's result.

    Attributes
    ----------
    pks : ndarray, shape (n,)
        Ids of the signals.
    points : ndarray, shape (n, 2)
        float32.
    shares : tuple of float
        Of PCA: the share of the variance along each axis.
    n_filled, n_rows_filled, n_idle : int
        See `vibration.statistics.projection.Projected`.
    n_signals : int
        Of the filter; more than n where a sample was drawn.
    trust : float
        Trustworthiness; NaN in files from before it was kept.
    """

    pks: npt.NDArray[np.int64]
    points: npt.NDArray[np.float32]
    shares: tuple[float, ...]
    n_filled: int
    n_rows_filled: int
    n_idle: int
    n_signals: int
    trust: float = math.nan

    def note(self) -> str:
        """Say what was left out and what was filled in; empty where nothing was."""
        parts = []
        if len(self.pks) < self.n_signals:
            parts.append(
                f"{len(self.pks)} of {self.n_signals} signals, the same share of each class."
            )
        if self.n_filled:
            filled = counted(self.n_filled, "missing value")
            where = counted(self.n_rows_filled, "signal")
            was, its = ("was", "its") if self.n_filled == 1 else ("were", "their")
            parts.append(f"{filled} in {where} {was} set to the median of {its} feature.")
        if self.n_idle:
            idle = counted(self.n_idle, "feature")
            does, was = ("does", "was") if self.n_idle == 1 else ("do", "were")
            parts.append(f"{idle} {does} not vary and {was} left out.")
        return " ".join(parts)


def points_keep(key: str, table: FeatureTable, found: Projected) -> None:
    """Write the points of a table's signals."""
    try:
        with points_file(key).made() as path, path.open("wb") as file:
            np.savez(
                file,
                pks=table.pks,
                points=found.points,
                shares=np.array(found.shares),
                n_filled=np.int64(found.n_filled),
                n_rows_filled=np.int64(found.n_rows_filled),
                n_idle=np.int64(found.n_idle),
                n_signals=np.int64(table.n_signals),
                trust=np.float64(found.trust),
            )
    except OSError as error:
        raise Unavailable(
            "The storage failed while the projection was kept; nothing was. Try again."
        ) from error


def points_load(key: str) -> ProjectionPoints | None:
    """Return what was kept; None where the file is missing or damaged."""
    try:
        with points_file(key).open() as file, np.load(file, allow_pickle=False) as arrays:
            return ProjectionPoints(
                pks=arrays["pks"],
                points=arrays["points"],
                shares=tuple(float(share) for share in arrays["shares"]),
                n_filled=int(arrays["n_filled"]),
                n_rows_filled=int(arrays["n_rows_filled"]),
                n_idle=int(arrays["n_idle"]),
                n_signals=int(arrays["n_signals"]),
                trust=float(arrays["trust"]) if "trust" in arrays.files else math.nan,
            )
    except _UNREADABLE as error:
        logger.warning("The projection %s cannot be read: %s", key, error)
        return None


def points_file(key: str) -> Stored:
    return stored(*_FOLDER, f"{key}.npz")


def points_files() -> dict[str, Stored]:
    """Return all files by key."""
    names = [name for name in stored(*_FOLDER).names() if name.endswith(_SUFFIX)]
    return {name.removesuffix(_SUFFIX): stored(*_FOLDER, name) for name in names}
