"""Scores against scikit-learn, and intervals against what can be counted by hand."""

from functools import partial

import numpy as np
import pytest
from sklearn import metrics

from tests.vibration.learning.drawn import said
from vibration.learning.evaluation import Predictions
from vibration.learning.groups import classes_of_groups
from vibration.learning.intervals import (
    Difference,
    accuracy,
    balanced_accuracy,
    difference,
    interval_of,
)
from vibration.learning.report import gap_sentence
from vibration.learning.scores import calibration_error, confusions, scores_of


@pytest.fixture(scope="module")
def drawn():
    random = np.random.default_rng(1)
    y = random.integers(0, 3, 90)
    p = random.dirichlet(np.ones(3), 90)
    return Predictions(y, np.arange(90) // 3, np.zeros((1, 90), np.int64), p[None])


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("accuracy", metrics.accuracy_score),
        ("balanced_accuracy", metrics.balanced_accuracy_score),
        ("macro_f1", lambda y, c: metrics.f1_score(y, c, average="macro", zero_division=0)),
    ],
)
def test_scores_of_classes_are_those_of_scikit_learn(name, of, drawn):
    assert getattr(scores_of(drawn), name) == pytest.approx(of(drawn.y, drawn.classes[0]))


def test_scores_of_probabilities_are_those_of_scikit_learn(drawn):
    scores, p = scores_of(drawn), drawn.probabilities[0]
    assert scores.log_loss == pytest.approx(metrics.log_loss(drawn.y, p))
    assert scores.brier == pytest.approx(metrics.brier_score_loss(drawn.y, p, scale_by_half=False))


def test_rows_that_were_not_tested_do_not_count():
    predictions = Predictions(
        np.array([0, 1, 1]),
        np.arange(3),
        np.array([[0, 0, -1]]),
        np.array([[[1.0, 0.0], [1.0, 0.0], [np.nan, np.nan]]]),
    )
    assert scores_of(predictions).accuracy == 0.5


def test_calibration_error_of_five_rows():
    assert calibration_error([0.95, 0.85, 0.65, 0.55, 0.55], [1, 1, 0, 1, 0]) == pytest.approx(0.19)


def test_the_interval_of_three_groups_reaches_from_the_worst_to_the_best():
    answers = np.concatenate([np.arange(10) >= right for right in (10, 8, 2)]).astype(int)
    run = said([0] * 30, answers, np.repeat([0, 1, 2], 10))
    assert interval_of(run, accuracy) == (0.2, 1.0)


def test_all_rows_right_gives_the_interval_of_clopper_and_pearson():
    low, high = interval_of(said([0] * 18, [0] * 18, np.arange(18) // 2), accuracy)
    assert (round(low, 3), high) == (0.664, 1.0)


def test_a_class_of_one_group_has_no_interval():
    assert interval_of(said([0, 0, 1, 1], [0, 0, 1, 0], [0, 0, 1, 2]), accuracy) is None


def test_the_interval_is_that_of_drawing_groups_one_by_one(drawn):
    low, high = interval_of(drawn, accuracy)
    of_group = classes_of_groups(drawn.y, drawn.groups)
    parts, random = confusions(drawn), np.random.default_rng(2)
    sums = np.zeros((4000, 3, 3))
    for number in range(3):
        members = np.flatnonzero(of_group == number)
        for draw in range(4000):
            sums[draw] += parts[random.choice(members, members.size)].sum(axis=0)
    np.testing.assert_allclose((low, high), np.quantile(accuracy(sums), [0.025, 0.975]), atol=0.012)


def test_the_difference_of_a_run_and_itself_is_nothing(drawn):
    assert difference(drawn, drawn) == Difference(0.0, (0.0, 0.0))


def test_the_interval_of_accuracy_is_that_of_its_matrices(drawn):
    found = interval_of(drawn, partial(accuracy))
    assert interval_of(drawn, accuracy) == pytest.approx(found, abs=0.01)


def test_balanced_accuracy_leaves_classes_without_rows_out():
    assert balanced_accuracy(np.array([[[2.0, 2.0], [0.0, 0.0]]])).tolist() == [0.5]


def test_the_guard_says_all_three_numbers():
    sentence = gap_sentence(0.302, (0.2, 0.45), 0.999)
    assert sentence == (
        "A random split says 99.9 %. On bearings it has not seen the model reaches 30.2 % "
        "(20–45 %). The difference is recognition of bearings, not of faults."
    )
