"""A small dataset of every class, measured once for all statistical tests."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import signal

from vibration.simulation import (
    Recipe,
    RecordKey,
    record_columns,
    simulate,
    single_class_recipe,
)

Measured = dict[str, np.ndarray]


@pytest.fixture(scope="session")
def measured() -> Callable[[str], Measured]:
    """RMS, kurtosis, flatness and PSD of 24 default records per class."""
    cache: dict[str, Measured] = {}

    def of(class_code: str) -> Measured:
        if class_code not in cache:
            recipe = single_class_recipe(class_code)
            rows = [_measure(simulate(recipe, i).samples) for i in range(24)]
            cache[class_code] = {name: np.array([row[name] for row in rows]) for name in rows[0]}
        return cache[class_code]

    return of


def _measure(x: np.ndarray) -> dict[str, object]:
    x = x - x.mean()
    _, psd = signal.welch(x, 20480.0, nperseg=16384)
    return {
        "rms": np.sqrt(np.mean(np.square(x))),
        "kurtosis": np.mean(np.square(np.square(x))) / np.mean(np.square(x)) ** 2,
        "flatness": np.exp(np.log(psd[1:]).mean()) / psd[1:].mean(),
        "psd": psd,
    }


@pytest.fixture(scope="session")
def steady_index() -> Callable[..., int]:
    """The first record without transient or progression (or with a wished-for transient)."""

    def find(recipe: Recipe, transient: str | None = None, *, progresses: bool = False) -> int:
        for index in range(2000):
            columns = record_columns(recipe, index)
            if columns["transient"] == transient and columns["progresses"] is progresses:
                return index
        raise AssertionError("no such record among 2000")

    return find


@pytest.fixture
def key() -> RecordKey:
    return RecordKey(3, "wear", 5)
