"""Who may see a dataset sees what was trained on it; who trained it manages it."""

import pytest
from django.utils import timezone

from common.errors import NotAllowed, NotFound
from datasets.pages.losses import dataset_losses
from datasets.services import dataset_delete, dataset_restore, dataset_share
from experiments.models import Experiment
from experiments.selectors import experiment_get, experiments_visible
from experiments.services.management import (
    experiment_cancel,
    experiment_delete,
    experiment_retry,
)
from tests.experiments.training import asked, small_dataset
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_an_experiment_is_private_and_shared_with_its_dataset():
    owner, other = make_user("engineer"), make_user("viewer")
    experiment = asked(owner)
    assert experiment_get(owner, experiment.pk) == experiment
    with pytest.raises(NotFound):
        experiment_get(other, experiment.pk)
    dataset_share(user=owner, dataset=experiment.dataset, visibility="shared")
    assert experiment_get(other, experiment.pk) == experiment


def test_on_a_dataset_that_is_hidden_again_nothing_is_seen():
    owner, other = make_user("engineer"), make_user("engineer")
    dataset = small_dataset(owner, visibility="shared")
    asked(other, dataset)
    dataset_share(user=owner, dataset=dataset, visibility="private")
    assert not experiments_visible(other).exists()
    assert experiments_visible(owner).exists()


@pytest.mark.parametrize("act", [experiment_cancel, experiment_retry, experiment_delete])
def test_only_its_owner_manages_an_experiment(act):
    dataset = small_dataset(visibility="shared")
    experiment = asked(make_user("engineer"), dataset)
    with pytest.raises(NotAllowed, match="Only its owner"):
        act(user=make_user("engineer"), experiment=experiment)


def test_deleting_the_dataset_names_the_models_and_hides_them():
    experiment = asked(make_user("engineer"))
    Experiment.objects.filter(pk=experiment.pk).update(status="ready", ready_at=timezone.now())
    owner = experiment.dataset.store.owner
    assert "1 trained model" in dataset_losses(owner, experiment.dataset)
    dataset_delete(user=owner, dataset=experiment.dataset)
    assert not experiments_visible(owner).exists()
    dataset_restore(user=owner, dataset=experiment.dataset)
    assert experiments_visible(owner).get() == experiment
