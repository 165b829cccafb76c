"""Experiments side by side: every number from the stored predictions, and who sees them."""

import numpy as np
import pytest
from sklearn.metrics import roc_curve

from common.errors import Invalid
from common.text import signed
from datasets.services import dataset_share
from experiments.comparison.selectors import against_baseline, runs_of, settings_that_differ
from experiments.models import Experiment
from experiments.results import files
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PAGE = "/experiments/compare/"


def ids_of(runs):
    return ",".join(str(run.pk) for run in runs)


def shown(client, user, path=PAGE, **query):
    client.force_login(user)
    return client.get(path, query)


def scored(experiment):
    file = files.experiment_file(experiment, files.PREDICTIONS)
    return files.predictions_read(file)[0].scored


def right_of(run):
    return (run.probabilities.argmax(axis=-1) == run.y).mean()


def test_the_difference_is_that_of_the_stored_predictions(client, runs):
    first, second = runs
    value = right_of(scored(second)) - right_of(scored(first))
    said = against_baseline(*_of(runs))[1]
    assert said.comparison.value == pytest.approx(value)
    html = shown(client, first.owner, ids=ids_of(runs)).content.decode()
    assert signed(100 * value, 1) in html
    assert said.words in html


def _of(runs):
    both = runs_of(runs[0].owner, tuple(run.pk for run in runs))
    return both, both[0]


def test_only_what_differs_is_in_the_table(runs):
    both, _ = _of(runs)
    differ = dict(settings_that_differ(both))
    assert set(differ) == {"Features", "C, the price of an error"}
    assert differ["C, the price of an error"] == ["–", "3"]


def test_the_same_run_twice_is_alike(runs):
    both, _ = _of((runs[0], runs[1]))
    said = against_baseline([both[0], both[0]], both[1])
    assert said[0].comparison.value == said[1].comparison.value
    assert said[0].p == pytest.approx(min(1, 2 * said[0].comparison.p))


def test_another_protocol_is_not_compared(runs):
    both, baseline = _of(runs)
    both[1].experiment.result.protocol = "another"
    assert against_baseline(both, baseline)[1].words == "not comparable: another protocol"


def test_the_curve_is_that_of_scikit_learn(client, runs):
    first, _ = runs
    answer = shown(
        client, first.owner, f"{PAGE}roc.csv", ids=ids_of(runs), **{"class": "imbalance"}
    )
    lines = [line.split(",") for line in answer.content.decode().splitlines()[1:]]
    drawn = np.array([[float(x), float(y)] for name, x, y in lines])
    run = scored(first)
    y = np.tile(run.y == 1, len(run.folds))
    false_rate, true_rate, _ = roc_curve(y, run.probabilities[:, :, 1].ravel())
    np.testing.assert_allclose(
        drawn[: false_rate.size], np.stack([false_rate, true_rate], axis=1), atol=1e-5
    )


def test_a_pinned_baseline_stands_in_the_address(client, runs):
    first, second = runs
    html = shown(client, first.owner, ids=ids_of(runs), baseline=second.pk).content.decode()
    assert f"Against {second.name}" in html


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}roc.csv"])
def test_a_stranger_sees_none_and_a_member_all(client, runs, path):
    query = {"ids": ids_of(runs)}
    assert shown(client, make_user("engineer"), path, **query).status_code == 404
    dataset_share(user=runs[0].owner, dataset=runs[0].dataset, visibility="shared")
    assert shown(client, make_user("viewer"), path, **query).status_code == 200


def test_without_two_the_page_offers_those_that_are_ready(client, runs):
    html = shown(client, runs[0].owner).content.decode()
    assert html.count('name="ids"') == 2
    assert "No experiment is ready" in shown(client, make_user()).content.decode()


def test_more_than_twenty_are_refused(client, runs):
    many = ",".join(map(str, range(1, 22)))
    assert shown(client, runs[0].owner, ids=many).status_code == 400


def test_one_that_is_not_trained_is_refused(runs):
    Experiment.objects.filter(pk=runs[1].pk).update(status="failed")
    with pytest.raises(Invalid, match="not trained yet"):
        _of(runs)
