"""One model and one new signal, made once for the tests of a module, which only read them."""

import pytest


@pytest.fixture(autouse=True)
def storage(keep, settings):
    """Leave the storage folder that the module's rows speak of."""
    return settings.STORAGE_DIR


@pytest.fixture(scope="module")
def experiment(keep):
    # These read the settings, which pytest sets up after this file.
    from tests.experiments.training import small_dataset, trained
    from tests.factories import make_user

    owner = keep(make_user, "engineer")
    dataset = keep(small_dataset, owner, per_class=12)
    return keep(trained, owner, dataset)


@pytest.fixture(scope="module")
def predictor(keep, experiment):
    from experiments.inference.predictor import predictor_of

    return keep(predictor_of, experiment)


@pytest.fixture(scope="module")
def other(keep, experiment):
    """Another dataset of the same person."""
    from tests.experiments.training import small_dataset

    return keep(lambda: small_dataset(experiment.owner, seed=9))


@pytest.fixture(scope="module")
def new(keep, experiment, predictor, other):
    """A signal that the model was not trained on."""
    from experiments.inference.subjects import signal_subject
    from signals.models import Signal

    pk = keep(lambda: Signal.objects.filter(store=other.store_id)[0].pk)
    return keep(signal_subject, experiment.owner, pk, predictor.rows.names)
