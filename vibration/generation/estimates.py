"""How large a dataset will be and how long it will take, before it is made."""

import os
from dataclasses import dataclass

from vibration.features import FEATURE_NAMES
from vibration.simulation import Recipe
from vibration.store import INDEX_KINDS, payload_bytes

# Measured by `python -m bench` on one core of an AMD EPYC: 3.3 ms to simulate 102 400 samples, 8.6
# to measure and 0.7 to store them, rounded up for two processes that share caches; the imports of a
# fresh process; flush and checksum of the file.
SECONDS_PER_SAMPLE = 0.014 / 102_400
START_S = 1.2
FINISH_BYTES_PER_S = 0.8e9


@dataclass(frozen=True)
class Estimate:
    """What a recipe will cost.

    Attributes
    ----------
    n_records : int
        Exact.
    size_bytes : int
        Exact for the arrays; HDF5 adds less than 1 % to a dataset of whole records.
    duration_s : float
        From the speed of the machine the constants were measured on.
    """

    n_records: int
    size_bytes: int
    duration_s: float


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
    return Estimate(recipe.n_records, size, START_S + work_s + size / FINISH_BYTES_PER_S)
