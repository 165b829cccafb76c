import numpy as np
import pytest
from scipy import stats

from tests.vibration.learning.drawn import bearings, said
from vibration.errors import VibrationError
from vibration.learning.comparison import compare, corrected_t, holm, sign_flip_p, verdict
from vibration.learning.evaluation import evaluate
from vibration.learning.protocols import group_folds

D = [0.02, 0.05, -0.01, 0.04, 0.03]


def test_the_corrected_t_of_five_folds():
    assert corrected_t(D, 1 / 4) == pytest.approx((1.683562, 0.167553), abs=1e-6)


def test_without_shared_training_rows_it_is_the_plain_t():
    assert corrected_t(D, 0.0) == pytest.approx(tuple(stats.ttest_1samp(D, 0.0)))


def test_folds_that_never_differ_prove_nothing():
    assert corrected_t([0.0, 0.0], 0.5) == (0.0, 1.0)


def test_all_signs_of_four_groups():
    assert sign_flip_p([3, 2, -1, 4]) == 0.25


def test_drawn_signs_agree_with_all_of_them():
    sums = np.random.default_rng(0).normal(0.5, 1, 14)
    other = stats.permutation_test(
        (sums,), np.sum, permutation_type="samples", n_resamples=np.inf, axis=0
    ).pvalue
    assert sign_flip_p(sums) == pytest.approx(other)
    assert sign_flip_p([*sums, 0.0]) == pytest.approx(other, abs=0.02)


def test_holm_never_lowers_a_p_nor_their_order():
    p = np.random.default_rng(1).uniform(0, 0.2, 9)
    adjusted = np.array(holm(list(p)))
    assert (adjusted >= p).all()
    assert (np.diff(adjusted[np.argsort(p)]) >= 0).all()
    assert adjusted[np.argmin(p)] == pytest.approx(min(9 * p.min(), 1))


@pytest.mark.parametrize(
    ("value", "interval", "p", "words"),
    [
        (-0.031, (-0.05, -0.012), 0.01, "worse by 3.1 points (1.2 to 5.0) on unseen bearings"),
        (0.002, (-0.005, 0.009), 0.6, "alike to within a point"),
        (0.031, (0.012, 0.05), 0.06, "9 bearings cannot tell them apart"),
        (0.5, None, 0.01, "9 bearings cannot tell them apart"),
    ],
)
def test_a_verdict_needs_interval_and_p(value, interval, p, words):
    assert verdict(value, interval, p, n_groups=9) == words


def test_five_groups_can_never_tell():
    y = np.repeat([0, 1], [8, 12])
    groups = np.arange(20) // 4
    found = compare(said(y, y, groups), said(y, 1 - y, groups))
    assert found.p == 0.0625
    assert found.verdict.endswith("with so few p cannot reach 0.05")


def test_a_run_is_alike_to_itself():
    x, y, groups = bearings(0.2)
    run = evaluate(x, y, groups, group_folds(y, groups), model="logistic").scored
    assert compare(run, run).verdict == "alike to within a point"


def test_a_model_that_knows_is_better_than_the_majority():
    x, y, groups = bearings(0.2)
    run = evaluate(x, y, groups, group_folds(y, groups), model="logistic")
    assert compare(run.scored, run.majority).verdict.startswith("better by")


def test_runs_of_other_folds_are_not_comparable():
    x, y, groups = bearings(0.2)
    runs = [
        evaluate(x, y, groups, group_folds(y, groups, seed=seed), model="majority").scored
        for seed in (0, 9)
    ]
    with pytest.raises(VibrationError, match="not comparable: their folds"):
        compare(*runs)
