"""The page that asks a model: what it shows, and to whom."""

import pytest
from django.urls import reverse

from datasets.services import dataset_share
from experiments.inference.prediction import answer_words, coverage_words, predict
from signals.models import Signal
from tests.factories import make_user
from vibration.learning.words import percent

pytestmark = pytest.mark.django_db
PAGE = "/inference/"


def shown(client, user, **query):
    client.force_login(user)
    return client.get(PAGE, query)


def test_the_page_says_what_the_model_says(client, experiment, predictor, new):
    said = predict(predictor, new)
    answer = shown(client, experiment.owner, experiment=experiment.pk, signal=new.pk)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert answer_words(predictor, said) in html
    assert coverage_words(predictor) in html
    for p in said.probabilities:
        assert f">{percent(float(p))}<" in html
    for reason in said.reasons:
        assert reason.title in html
    for near in said.neighbours:
        assert f"{reverse('viewer')}?signal={near.pk}" in html


def test_one_neighbour_that_is_gone_is_said_as_one(client, experiment, predictor, new):
    Signal.objects.filter(pk=predict(predictor, new).neighbours[0].pk).delete()
    answer = shown(client, experiment.owner, experiment=experiment.pk, signal=new.pk)
    assert "1 of 5 is not yours to see, or is gone" in answer.content.decode()


def test_without_a_model_named_that_of_the_dataset_is_asked(client, experiment, predictor):
    answer = shown(client, experiment.owner, signal=predictor.rows.pks[0])
    assert "The model was trained on this signal" in answer.content.decode()


def test_a_refusal_is_a_sentence(client, experiment, new, other):
    other.store.signals.filter(pk=new.pk).update(fs_hz=10_000)
    answer = shown(client, experiment.owner, experiment=experiment.pk, signal=new.pk)
    assert answer.status_code == 422
    assert "resample it, or choose another model" in answer.content.decode()


def test_a_page_without_models_says_what_to_do(client):
    html = shown(client, make_user("engineer")).content.decode()
    assert "No trained model yet" in html


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}spectra.csv"])
def test_a_stranger_sees_neither_model_nor_signal(client, experiment, new, path):
    client.force_login(make_user("engineer"))
    query = {"experiment": experiment.pk, "signal": new.pk}
    assert client.get(path, query).status_code == 404


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}spectra.csv"])
def test_a_member_asks_a_shared_model_of_a_shared_signal(client, experiment, new, other, path):
    for dataset in (experiment.dataset, other):
        dataset_share(user=experiment.owner, dataset=dataset, visibility="shared")
    client.force_login(make_user("viewer"))
    query = {"experiment": experiment.pk, "signal": new.pk}
    assert client.get(path, query).status_code == 200


def test_nobody_is_sent_to_the_login(client):
    assert client.get(PAGE).status_code == 302


def test_the_spectra_are_sent_as_csv(client, experiment, new):
    client.force_login(experiment.owner)
    query = {"experiment": experiment.pk, "signal": new.pk}
    lines = client.get(f"{PAGE}spectra.csv", query).content.decode().splitlines()
    assert lines[0].startswith("line,Frequency (Hz),PSD")
    assert len({line.split(",")[0] for line in lines[1:]}) >= 5
