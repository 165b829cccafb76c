"""Two models on the same signals, made once for the tests of a module."""

import pytest


@pytest.fixture(autouse=True)
def storage(keep, settings):
    """Leave the storage folder that the module's rows speak of."""
    return settings.STORAGE_DIR


@pytest.fixture(scope="module")
def runs(keep):
    # These read the settings, which pytest sets up after this file.
    from tests.experiments.training import small_dataset, trained
    from tests.factories import make_user

    owner = keep(make_user, "engineer")
    dataset = keep(small_dataset, owner, per_class=6)
    first = keep(trained, owner, dataset)
    return first, keep(trained, owner, dataset, features=("time",), parameters={"C": 3.0})
