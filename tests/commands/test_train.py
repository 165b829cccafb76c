import json

import pytest

from experiments.models import Experiment
from tests.commands.running import called, refusal
from tests.experiments.training import small_dataset
from tests.factories import make_user

KEYS = [
    *("experiment", "protocol", "groups", "n_signals", "n_groups", "score", "interval"),
    *("random_score", "majority", "gap", "gap_interval", "warning", "seconds"),
]


@pytest.fixture
def dataset(db):
    return small_dataset(make_user("superuser", username="admin"), name="Rig")


def test_it_queues_a_training_and_says_what_will_be_tested(dataset):
    said = called("train", "rig", "--model", "logistic", "--seed", "4")
    assert "is queued: 15 signals, group 5-fold" in said
    config = Experiment.objects.get().config
    assert (config.model, config.seed, config.features.count()) == ("logistic", 4, 36)


@pytest.mark.django_db(transaction=True)
def test_without_a_worker_it_trains_here_and_prints_the_numbers():
    small_dataset(make_user("superuser"), name="Rig")
    numbers = json.loads(
        called("train", "Rig", "--model", "logistic", "--features", "time", "--wait", "--json")
    )
    assert list(numbers) == KEYS
    assert numbers["groups"] == "records"
    assert numbers["experiment"] == Experiment.objects.get(status="ready").pk
    assert numbers["gap"] == pytest.approx(numbers["random_score"] - numbers["score"])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--features", "orders"), "not measured for this dataset"),
        (("--parameter", "C=0"), "is a number from"),
        (("--parameter", "C"), "NAME=VALUE"),
        (("--parameter", "C=1", "--parameter", "C=2"), "C is given twice"),
        (("--protocol", "leave-out:moon"), "is neither group nor"),
        (("--filter", "class=nothing"), "class"),
        (("--filter", "class=healthy"), "nothing to tell apart"),
        (("--search", "51"), "from 0 to 50"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(dataset, options, sentence):
    error = refusal("train", "Rig", "--model", "logistic", *options)
    assert sentence in str(error)
    assert not Experiment.objects.exists()


def test_an_unknown_dataset_is_refused(dataset):
    error = refusal("train", "Nothing")
    assert (error.returncode, str(error)) == (2, "There is no dataset “Nothing”.")
