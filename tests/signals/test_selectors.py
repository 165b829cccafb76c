import numpy as np
import pytest

from common.errors import NotFound, Unavailable
from signals.selectors import cache_key, signal_samples, store_folder, store_path
from tests.factories import make_dataset
from vibration.simulation import Recipe, simulate

pytestmark = pytest.mark.django_db


def test_samples_are_those_the_simulator_made():
    dataset = make_dataset()
    recipe = Recipe(
        per_class=2,
        classes=("healthy", "imbalance", "wear"),
        augmentation=False,
        fs_hz=4096.0,
        duration_s=0.25,
    )
    signal = dataset.store.signals.get(row=3)

    samples = signal_samples(dataset.store.owner, signal)

    np.testing.assert_array_equal(samples, simulate(recipe, 3).samples)


def test_a_store_without_files_says_so():
    dataset = make_dataset(ready=False)

    with pytest.raises(NotFound, match="no signals yet"):
        store_folder(dataset.store)


def test_a_file_that_went_away_is_said_in_a_sentence():
    dataset = make_dataset()
    store_path(dataset.store).discard()

    with pytest.raises(Unavailable):
        signal_samples(dataset.store.owner, dataset.store.signals.first())


def test_a_new_version_changes_every_cache_key():
    store = make_dataset().store
    before = cache_key("psd", store, "abc")
    store.version += 1

    assert cache_key("psd", store, "abc") != before
