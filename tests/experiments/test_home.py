"""What the home page says of experiments."""

import pytest

from experiments.models import Experiment, ExperimentConfig
from experiments.selectors import experiments_summary
from monitoring.models import Job
from tests.experiments.training import asked, small_dataset, trained
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_without_an_experiment_home_speaks_of_none(client):
    dataset = small_dataset()
    client.force_login(dataset.store.owner)
    assert experiments_summary(dataset.store.owner) == {}
    assert "Experiments run" not in client.get("/").content.decode()


def test_the_best_is_by_group_and_names_its_protocol(client):
    by_group = trained()
    owner = by_group.owner
    easier = Experiment.objects.create(name="Easier", owner=owner, dataset=by_group.dataset)
    ExperimentConfig.objects.create(experiment=easier, protocol="leave-out", held_out="speed")
    result = by_group.result
    result.pk, result.experiment, result.score = None, easier, 1.0
    result.save()
    summary = experiments_summary(owner)
    assert (summary["best"], summary["n"], summary["n_ready"]) == (by_group, 2, 1)
    client.force_login(owner)
    said = client.get("/").content.decode()
    for words in ("Best accuracy", by_group.result.protocol, "Recent experiments", "Easier"):
        assert words in said


def test_home_hides_what_the_person_may_not_see():
    trained()
    assert experiments_summary(make_user("engineer")) == {}


def test_the_dialog_says_what_came_out_to_who_sees_the_dataset(client):
    model = trained()
    client.force_login(model.owner)
    assert f'hx-get="/experiments/{model.pk}/summary/"' in client.get("/").content.decode()
    said = client.get(f"/experiments/{model.pk}/summary/").content.decode()
    result = model.result
    for words in (f"{result.score_percent} %", f"{result.random_percent} %", result.protocol):
        assert words in said
    client.force_login(make_user("engineer"))
    assert client.get(f"/experiments/{model.pk}/summary/").status_code == 404


def test_the_dialog_of_a_failed_training_says_why(client):
    experiment = asked()
    Experiment.objects.filter(pk=experiment.pk).update(status="failed")
    Job.objects.filter(pk=experiment.job_id).update(error="The disk is full.")
    client.force_login(experiment.owner)
    said = client.get(f"/experiments/{experiment.pk}/summary/").content.decode()
    assert "The disk is full." in said
