"""The pages of training and of a result, as owner, member and stranger see them."""

import pytest
from django.urls import reverse

from experiments.models import Experiment
from signals.models import Signal
from tests.experiments.training import asked, small_dataset, trained
from tests.factories import make_user

pytestmark = pytest.mark.django_db
TRAINING = "/training/"


@pytest.fixture(scope="module")
def shared(keep):
    """A trained model on a shared dataset."""

    def make():
        dataset = small_dataset(make_user("engineer"), visibility="shared")
        return trained(dataset.store.owner, dataset, seed=3, parameters={"C": 2.0})

    return keep(make)


@pytest.fixture
def owner(client, shared):
    client.force_login(shared.owner)
    return client


def page(client, address, status=200, **data):
    answer = client.get(address, data)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_training_page_says_what_is_new_before_anything_is_trained(owner, shared):
    said = page(owner, TRAINING, dataset=shared.dataset_id)
    assert "Group 5-fold, 5 repeats (new: records)" in said
    assert "15 signals of 15 records" in said
    held_out = page(owner, TRAINING, dataset=shared.dataset_id, protocol="speed")
    assert "Leave one speed out (new: speed" in held_out


def test_a_class_of_one_record_is_refused_with_its_sentence(owner, shared):
    wear = Signal.objects.filter(store=shared.dataset.store, fault_class__code="wear")
    wear.exclude(pk=wear.first().pk).update(fault_class=None)
    said = page(owner, TRAINING, dataset=shared.dataset_id)
    assert "No split can tell the fault from the record" in said
    assert "disabled" in said[said.index('id="train"') :][:40]
    left = page(
        owner, TRAINING, **{"dataset": shared.dataset_id, "class": ["healthy", "imbalance"]}
    )
    assert "No split can tell" not in left


def test_train_sends_the_person_to_the_new_experiment(owner, shared):
    answer = owner.post(
        TRAINING,
        {
            "dataset": shared.dataset_id,
            "features": ["time", "envelope"],
            "model": "svm",
            "p_C": "3",
            "seed": "5",
            "protocol": "group",
            "title": "Mine",
        },
    )
    made = Experiment.objects.get(name="Mine")
    assert answer.url == reverse("experiments:detail", args=[made.pk])
    config = made.config
    assert (config.model, config.seed, config.parameters.get().value) == ("svm", 5, 3.0)
    assert config.features.count() == 11
    assert "Waiting for a free worker" in page(owner, answer.url)


def test_what_cannot_be_read_is_refused_on_the_page(owner, shared):
    answer = owner.post(TRAINING, {"dataset": shared.dataset_id, "model": "svm", "p_C": "much"})
    assert answer.status_code == 422
    assert "“much” is no number" in answer.content.decode()


def test_train_again_asks_for_the_same(owner, shared):
    said = page(owner, f"{TRAINING}?{shared.config.training_query}")
    assert 'name="seed" value="3"' in said
    assert 'name="p_C" value="2"' in said
    assert "15 signals of 15 records" in said


def test_the_result_shows_score_random_split_and_majority(owner, shared):
    said = page(owner, reverse("experiments:detail", args=[shared.pk]))
    result = shared.result
    for words in (result.score_percent, result.random_percent, "33.3 %", result.fingerprint):
        assert words in said
    assert "n = 15 signals of 15 records" in said


def test_a_cell_leads_to_its_signals_in_the_explorer(owner, shared):
    found = set()
    for actual in range(3):
        for said in range(3):
            answer = owner.get(reverse("experiments:cell", args=[shared.pk, actual, said]))
            if answer.status_code == 302:
                ids = answer.url.split("ids:")[1].split("#")[0].split(",")
                classes = Signal.objects.filter(pk__in=ids).values_list("fault_class__code")
                assert len(set(classes)) == 1
                found |= set(ids)
    assert len(found) == 15


def test_the_config_can_be_taken_along(owner, shared):
    answer = owner.get(reverse("experiments:config", args=[shared.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert f'fingerprint: "{shared.result.fingerprint}"' in answer.content.decode()


def test_a_member_sees_and_does_not_manage(client, shared):
    client.force_login(make_user("viewer"))
    said = page(client, reverse("experiments:detail", args=[shared.pk]))
    assert "experiment-delete" not in said
    page(client, reverse("experiments:delete", args=[shared.pk]), status=403)
    assert client.post(TRAINING, {"dataset": shared.dataset_id}).status_code == 403
    assert shared.name in page(client, reverse("experiments:list"))


@pytest.mark.parametrize("name", ["detail", "config", "delete"])
def test_a_stranger_finds_nothing(client, name):
    experiment = asked()
    client.force_login(make_user("engineer"))
    page(client, reverse(f"experiments:{name}", args=[experiment.pk]), status=404)
    assert experiment.name not in page(client, reverse("experiments:list"))
    assert experiment.dataset.name not in page(client, TRAINING)


def test_nobody_without_a_name_is_let_in(client):
    assert client.get(TRAINING).status_code == 302
    assert client.get(reverse("experiments:list")).status_code == 302


def test_the_figures_come_in_the_theme_and_from_the_report(owner, shared):
    figures = owner.get(reverse("experiment-figures", args=[shared.pk]), {"theme": "dark"}).json()
    assert set(figures) == {"roc", "precision-recall", "calibration", "folds"}
    points = figures["folds"]["data"][0]["y"]
    assert points == [pytest.approx(each.accuracy) for each in shared.folds.filter(run="scored")]
