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
    """Simulate record `row` and measure it at the speed that was drawn for it."""
    record = simulate(recipe, row)
    rpm = record.columns["rpm"]
    shaft_hz = float(rpm) / 60.0 if isinstance(rpm, int | float) else None
    features = extract(record.samples, record.fs_hz, shaft_hz)
    return record.samples, Produced(row, features, record.columns)
