"""How large a dataset will be and how long it will take, before it is made."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy

from vibration.features import FEATURE_NAMES
from vibration.simulation import Recipe
from vibration.store import INDEX_KINDS, payload_bytes

# Measured by `python -m bench` on one core of an AMD EPYC: 3.3 ms to simulate 102 400 samples, 8.6
# to measure and 0.7 to store them, rounded up for two processes that share caches; the imports of a
# fresh process; flush and checksum of the file.
SECONDS_PER_SAMPLE = 0.014 / 102_400
START_S = 1.2
FINISH_BYTES_PER_S = 0.8e9
_PRIOR = 0.2  # a twenty-fifth of the weight of one dataset
_LOWEST_FACTOR = 0.05


@dataclass(frozen=True)
class Estimate:
    """What a recipe will cost.

    Attributes
    ----------
    n_records : int
        Exact.
    size_bytes : int
        Exact for the arrays; HDF5 adds less than 1 % to a dataset of whole records.
    start_s : float
        Until the first record, whatever the size: processes start and import.
    work_s : float
        What grows with the dataset, on the machine the constants were measured on.
    """

    n_records: int
    size_bytes: int
    start_s: float
    work_s: float

    @property
    def duration_s(self) -> float:
        return self.start_s + self.work_s

    def fitted(self, pace: "Pace") -> "Estimate":
        """Return the estimate for a machine of another pace."""
        return replace(self, start_s=pace.start_s, work_s=pace.factor * self.work_s)


@dataclass(frozen=True)
class Pace:
    """How one machine differs from the measured one: its start-up, and its time for the work."""

    start_s: float
    factor: float


def pace_of(foreseen: Sequence[Estimate], took_s: Sequence[float]) -> Pace:
    """Fit a machine's pace to datasets it made.

    Least squares of ``start + factor · work − took``, each dataset weighed by one over what was
    foreseen for it, with the measured machine as a weak prior: start-up is learnt from small
    datasets, the factor from those with work enough to show it, and neither becomes negative.

    Parameters
    ----------
    foreseen : sequence of Estimate, (N,)
        Of each dataset, by `estimate`.
    took_s : sequence of float, (N,)
        What each really took, in seconds.

    Returns
    -------
    Pace

    Raises
    ------
    ValueError
        Where the two are of different length.

    Examples
    --------
    >>> small, large = Estimate(2, 0, 1.2, 0.01), Estimate(1430, 0, 1.2, 10.0)
    >>> pace_of([small, large], [3.0, 103.0]).factor > 8
    True
    """
    rows = [[_PRIOR / START_S, 0.0], [0.0, _PRIOR]]
    wanted = [_PRIOR, _PRIOR]
    for one, seconds in zip(foreseen, took_s, strict=True):
        rows.append([1 / one.duration_s, one.work_s / one.duration_s])
        wanted.append(seconds / one.duration_s)
    (start_s, factor), _ = scipy.optimize.nnls(np.array(rows), np.array(wanted))
    return Pace(float(start_s), max(float(factor), _LOWEST_FACTOR))


def estimate(recipe: Recipe, workers: int = 1) -> Estimate:
    """Return what `generate` will make of a recipe with so many workers.

    Parameters
    ----------
    recipe : Recipe
        What would be made.
    workers : int
        Processes that would share the work; more than there are cores count as many.

    Returns
    -------
    Estimate
        Records, bytes and seconds.

    Examples
    --------
    >>> estimate(Recipe(per_class=50)).n_records
    715
    """
    size = payload_bytes(recipe.n_records, recipe.n_samples, len(FEATURE_NAMES), INDEX_KINDS)
    cores = max(1, min(workers, os.cpu_count() or 1))
    work_s = recipe.n_records * recipe.n_samples * SECONDS_PER_SAMPLE / cores
    return Estimate(recipe.n_records, size, START_S, work_s + size / FINISH_BYTES_PER_S)
