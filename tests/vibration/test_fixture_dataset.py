"""The committed dataset of ten short records: what today's simulator would make of its recipe."""

from pathlib import Path

import numpy as np
import pytest

from vibration.features import FEATURE_NAMES
from vibration.generation import generate
from vibration.simulation import Recipe
from vibration.store import StoreReader, verify

FOLDER = Path(__file__).parents[1] / "fixtures" / "dataset"


@pytest.fixture(scope="module")
def made_again(tmp_path_factory):
    folder = tmp_path_factory.mktemp("again") / "dataset"
    generate(Recipe.from_dict(verify(FOLDER)["recipe"]), folder)
    with StoreReader(folder) as store:
        yield store


def test_it_holds_ten_short_records_of_five_classes():
    with StoreReader(FOLDER) as store:
        assert store.n == 10
        assert len(set(store.index()["class"])) == 5
        assert store.feature_names == FEATURE_NAMES


def test_it_belongs_to_this_version_of_the_simulator(made_again):
    with StoreReader(FOLDER) as store:
        assert store.fingerprint == made_again.fingerprint


def test_the_simulator_still_gives_the_same_waveforms(made_again):
    # Bit for bit on one kind of processor; numpy's vector code may round the last bit of a sine
    # differently on another, which the ADC's step of 0.001 g then hides or shows as one step.
    with StoreReader(FOLDER) as store:
        for row in range(store.n):
            np.testing.assert_allclose(store.read(row), made_again.read(row), atol=1.001e-3)
            assert np.mean(store.read(row) != made_again.read(row)) < 1e-3


def test_the_features_are_still_the_same(made_again):
    with StoreReader(FOLDER) as store:
        np.testing.assert_allclose(
            store.features(), made_again.features(), rtol=1e-3, atol=1e-9, equal_nan=True
        )


def test_the_drawn_conditions_are_still_the_same(made_again):
    with StoreReader(FOLDER) as store:
        for name, values in store.index().items():
            np.testing.assert_array_equal(values, made_again.index()[name])
