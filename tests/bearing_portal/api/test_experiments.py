"""Experiments by the interface: the numbers of the rows, under the same rights."""

import json

import pytest

from experiments.models import Experiment
from tests.bearing_portal.api.test_interface import ROOT, caller
from tests.experiments.training import small_dataset, trained
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def experiment(settings, tmp_path):
    settings.STORAGE_DIR = tmp_path / "storage"
    return trained()


@pytest.fixture
def signal(experiment):
    return experiment.dataset.store.signals.first()


def train(client, **body):
    return client.post(f"{ROOT}/experiments", json.dumps(body), content_type="application/json")


def test_scores_are_those_of_the_result(experiment):
    told = caller(experiment.owner).get(f"{ROOT}/experiments/{experiment.pk}").json()["result"]
    found = experiment.result
    assert told["score"] == found.score
    assert told["random_score"] == found.random_score
    assert told["majority"] == found.majority


def test_what_a_stranger_may_not_see_does_not_exist(experiment, signal):
    stranger = caller(make_user("engineer"), may_train=True)
    address = f"{ROOT}/experiments/{experiment.pk}"
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"{address}/predictions/{signal.pk}").status_code == 404
    assert stranger.get(f"{ROOT}/experiments").json()["items"] == []
    assert train(stranger, dataset=experiment.dataset_id).status_code == 404


def test_a_model_says_what_it_says_on_its_page(experiment, signal):
    address = f"{ROOT}/experiments/{experiment.pk}/predictions/{signal.pk}"
    told = caller(experiment.owner).get(address).json()
    assert set(told["probabilities"]) == {"healthy", "imbalance", "wear"}
    assert sum(told["probabilities"].values()) == pytest.approx(1.0)
    assert told["coverage"]["asked"] == 0.9


def test_training_needs_a_token_that_may_train():
    owner = make_user("engineer")
    dataset = small_dataset(owner)
    assert train(caller(owner, may_write=True), dataset=dataset.pk).status_code == 403
    answer = train(caller(owner, may_train=True), dataset=dataset.pk, model="logistic")
    assert answer.status_code == 202
    assert Experiment.objects.get(pk=answer.json()["id"]).status == "queued"


@pytest.mark.parametrize(
    ("wish", "said"), [({"model": "oracle"}, "oracle"), ({"features": ["smell"]}, "smell")]
)
def test_a_training_that_cannot_be_is_refused(wish, said):
    owner = make_user("engineer")
    answer = train(caller(owner, may_train=True), dataset=small_dataset(owner).pk, **wish)
    assert answer.status_code == 400
    assert said in answer.json()["detail"]
