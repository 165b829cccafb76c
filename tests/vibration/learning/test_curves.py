"""Curves against scikit-learn and by hand."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from vibration.errors import VibrationError
from vibration.learning.curves import precision_recall_points, roc_points
from vibration.learning.details import calibration_bins
from vibration.learning.evaluation import Predictions


@pytest.fixture(scope="module")
def run():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 3, 90)
    p = rng.dirichlet([1, 1, 1], (2, 90))
    folds = np.zeros((2, 90), np.int64)
    folds[1, :5] = -1
    p[1, :5] = np.nan
    return Predictions(y, np.arange(90), folds, p)


def pooled(run, number):
    y = np.concatenate([run.y, run.y[5:]]) == number
    return y, np.concatenate([run.probabilities[0], run.probabilities[1, 5:]])[:, number]


def test_the_area_under_the_roc_is_that_of_the_pooled_scores(run):
    for number in range(3):
        false_rate, true_rate = roc_points(run, number)
        area = np.trapezoid(true_rate, false_rate)
        assert area == pytest.approx(roc_auc_score(*pooled(run, number)))


def test_the_steps_of_precision_sum_to_the_average_precision(run):
    recall, precision = precision_recall_points(run, 1)
    area = -np.sum(np.diff(recall) * precision[:-1])
    assert area == pytest.approx(average_precision_score(*pooled(run, 1)))


def test_the_bins_hold_every_tested_row_and_all_right_answers(run):
    bins = calibration_bins(run)
    counts = np.array([each.n for each in bins])
    confidence = np.array([each.confidence for each in bins])
    right = np.array([each.accuracy for each in bins])
    y = np.concatenate([run.y, run.y[5:]])
    p = np.concatenate([run.probabilities[0], run.probabilities[1, 5:]])
    assert counts.sum() == y.size
    assert (counts * right).sum() == pytest.approx((p.argmax(axis=1) == y).sum())
    assert (counts * confidence).sum() == pytest.approx(p.max(axis=1).sum())


def test_a_class_that_nothing_has_draws_no_curve(run):
    alone = Predictions(np.zeros(90, np.int64), run.groups, run.folds, run.probabilities)
    with pytest.raises(VibrationError, match="and others"):
        roc_points(alone, 1)
