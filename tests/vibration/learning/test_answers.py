"""Sets of classes, reasons and doubts."""

import numpy as np
import pytest

from tests.vibration.learning.drawn import said
from vibration.errors import VibrationError
from vibration.learning.conformal import (
    class_thresholds,
    conformal_quantile,
    measured_coverage,
    prediction_sets,
)
from vibration.learning.evaluation import Predictions
from vibration.learning.reasons import local_reasons, suspicious_labels

TENTHS = np.arange(1, 10) / 10


def test_the_quantile_of_nine_and_of_eight_scores():
    assert conformal_quantile(TENTHS) == 0.9
    assert conformal_quantile(TENTHS[:8]) == 1.0


@pytest.mark.parametrize("missed", [0.1, 0.3])
def test_sets_hold_the_right_class_as_often_as_promised(missed):
    random = np.random.default_rng(0)
    y = random.integers(0, 3, 3000)
    scores = random.normal(size=(3000, 3)) + 1.5 * np.eye(3)[y]
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    kept = prediction_sets(p[1500:], class_thresholds(p[:1500], y[:1500], missed=missed))
    assert kept[np.arange(1500), y[1500:]].mean() == pytest.approx(1 - missed, abs=0.04)


def test_groups_that_differ_are_covered_less_than_promised_and_it_is_seen():
    y, groups = np.zeros(40, np.int64), np.arange(40) // 20
    p = np.where(groups == 0, 0.9, 0.4)
    run = Predictions(y, groups, np.zeros((1, 40), np.int64), np.stack([p, 1 - p], 1)[None])
    assert measured_coverage(run).share == 0.5


@pytest.mark.parametrize("missed", [0.0, 1.0, float("nan")])
def test_a_share_that_is_none_is_refused(missed):
    with pytest.raises(VibrationError, match="between 0 and 1"):
        class_thresholds([[1.0]], [0], missed=missed)


def test_coverage_of_one_group_is_refused():
    with pytest.raises(VibrationError, match="two groups"):
        measured_coverage(said([0, 1], [0, 1], [0, 0]))


def test_reasons_of_a_linear_score_are_its_terms():
    random = np.random.default_rng(0)
    slope, row, background = (
        random.normal(size=5),
        random.normal(size=5),
        random.normal(size=(50, 5)),
    )
    found = local_reasons(lambda x: x @ slope + 3, row, background)
    np.testing.assert_allclose(found, slope * (row - background.mean(axis=0)), atol=1e-9)


def test_features_of_a_cluster_are_replaced_together():
    found = local_reasons(lambda x: x[:, 0] * x[:, 1], [1.0, 1.0], [[0.0, 5.0]], clusters=[[0, 1]])
    assert found.tolist() == [1.0]


def test_a_label_that_was_swapped_is_doubted():
    y = np.repeat([0, 1], 20)
    wrong = y.copy()
    wrong[[3, 30]] = 1 - y[[3, 30]]
    assert suspicious_labels(said(wrong, y)).tolist() == [3, 30]


def test_a_model_that_often_errs_doubts_nobody():
    y = np.repeat([0, 1], 20)
    assert suspicious_labels(said(y, np.where(np.arange(40) % 2, y, 1 - y))).size == 0
