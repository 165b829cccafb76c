"""A stored split of the dataset as the protocol of a training."""

import numpy as np
import pytest

from common.errors import Invalid
from datasets.services.splits import split_create, split_delete
from datasets.versioning.splits import split_members
from experiments.results.files import FOLDS, experiment_file
from experiments.training.planning import Wish, wish_plan
from tests.experiments.training import small_dataset, trained
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make_user("engineer")


@pytest.fixture
def dataset(owner):
    return small_dataset(owner)


@pytest.fixture
def split(owner, dataset):
    return split_create(user=owner, dataset=dataset, name="main", ratios=(0.6, 0.4), by="none")


def wish(**values):
    return Wish(**({"features": ("time",), "protocol": "split", "held_out": "main"} | values))


def test_the_last_side_is_tested_and_the_others_are_trained_on(owner, dataset, split):
    made = trained(owner, dataset, protocol="split", held_out="main")
    _, sides = split_members(split)
    with experiment_file(made, FOLDS).open() as file:
        folds = np.load(file)
    assert folds.tolist() == [np.where(sides == 1, 0, -1).tolist()]
    assert made.result.protocol == "split main (new: records)"


def test_signals_of_no_side_are_left_out(owner, dataset, split):
    gone = split.members.first()
    split.members.filter(signal=gone.signal_id).delete()
    planned = wish_plan(owner, dataset, wish())
    assert gone.signal_id not in planned.rows.pks
    assert "Trained on train, tested on test." in planned.notes


def test_a_split_that_is_gone_is_refused_with_a_sentence(owner, dataset, split):
    split_delete(user=owner, dataset=dataset, split=split)
    with pytest.raises(Invalid, match="has no split “main”"):
        wish_plan(owner, dataset, wish())


def test_the_training_page_offers_it_and_train_again_keeps_it(client, owner, dataset, split):
    client.force_login(owner)
    address = {"dataset": dataset.pk, "protocol": "split:main"}
    said = client.get("/training/", address).content.decode()
    assert "Split main (new: records)" in said
    assert '<option value="split:main" selected>' in said
    made = trained(owner, dataset, protocol="split", held_out="main")
    again = client.get(f"/training/?{made.config.training_query}").content.decode()
    assert '<option value="split:main" selected>' in again
