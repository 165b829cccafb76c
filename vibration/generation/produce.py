"""One record with its features: what a generating process does all day."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vibration.features import extract
from vibration.simulation import Recipe, simulate


class Produced(NamedTuple):
    """The features (36,) and the index columns of one row, whose samples may be elsewhere."""

    row: int
    features: npt.NDArray[np.float64]
    columns: dict[str, object]


def produce(recipe: Recipe, row: int) -> tuple[npt.NDArray[np.float32], Produced]:
    """Simulate record `row` and measure it at the speed that was drawn for it.

    Parameters
    ----------
    recipe : Recipe
        What to simulate.
    row : int
        Number of the record, from 0.

    Returns
    -------
    samples : ndarray of float32, shape (n_samples,)
        In g.
    produced : Produced
        Its row, features and index columns.

    Raises
    ------
    VibrationError
        For a row that the recipe does not have.

    Examples
    --------
    >>> recipe = Recipe(per_class=1, classes=("healthy",), augmentation=False, duration_s=0.1)
    >>> samples, produced = produce(recipe, 0)
    >>> samples.shape, produced.features.shape
    ((2048,), (36,))
    """
    record = simulate(recipe, row)
    rpm = record.columns["rpm"]
    shaft_hz = float(rpm) / 60.0 if isinstance(rpm, int | float) else None
    features = extract(record.samples, record.fs_hz, shaft_hz)
    return record.samples, Produced(row, features, record.columns)
