import numpy as np
import pytest
from sklearn.inspection import permutation_importance as reference

from tests.vibration.learning.drawn import bearings
from vibration.learning.importance import (
    curve_sizes,
    feature_clusters,
    learning_curve,
    permutation_importance,
)
from vibration.learning.pipelines import pipeline_for
from vibration.learning.protocols import splits_of


@pytest.fixture(scope="module")
def told_by_one():
    random = np.random.default_rng(0)
    y = np.repeat([0, 1], 60)
    x = np.column_stack([random.normal(size=120), y + random.normal(0, 0.05, 120)])
    return np.column_stack([x, x[:, 1]]), y, np.arange(120) // 10


def test_features_that_say_the_same_are_one_cluster(told_by_one):
    assert feature_clusters(told_by_one[0]) == [[0], [1, 2]]


def test_a_constant_feature_is_a_cluster_of_its_own():
    x = np.random.default_rng(0).normal(size=(20, 2))
    assert feature_clusters(np.column_stack([x[:, 0], np.ones(20), x[:, 0]])) == [[0, 2], [1]]


def test_shuffling_a_cluster_costs_what_its_features_hide_from_each_other(told_by_one):
    x, y, groups = told_by_one
    folds = groups % 3
    single = permutation_importance(x, y, groups, folds, model="knn")
    together = permutation_importance(
        x, y, groups, folds, model="knn", clusters=feature_clusters(x)
    )
    assert together.mean[1] == pytest.approx(0.5, abs=0.15)
    assert together.mean[1] > single.mean[1] + 0.1
    assert abs(together.mean[0]) < 0.1


def test_importance_is_the_same_for_the_same_seed(told_by_one):
    x, y, groups = told_by_one
    first, second = (
        permutation_importance(x, y, groups, groups % 3, model="logistic").mean for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)


def test_the_curve_counts_groups_of_a_class_and_ends_with_all_of_them():
    x, y, groups = bearings(1.0)
    curve = learning_curve(x, y, groups, groups % 4, model="logistic")
    assert [n_groups for n_groups, _ in curve] == [1, 2, 3]
    assert curve[-1][1] == pytest.approx(0.533, abs=5e-4)


def test_importance_is_close_to_that_of_scikit_learn(told_by_one):
    x, y, groups = told_by_one
    folds = groups % 3
    found = permutation_importance(x[:, :2], y, groups, folds, model="logistic").mean
    other = []
    for train, test in splits_of(folds):
        fitted = pipeline_for("logistic", y[train], groups[train]).fit(x[train, :2], y[train])
        other.append(
            reference(
                fitted,
                x[test, :2],
                y[test],
                scoring="balanced_accuracy",
                n_repeats=50,
                random_state=0,
            ).importances_mean
        )
    np.testing.assert_allclose(found, np.mean(other, axis=0), atol=0.06)


def test_repeats_of_the_folds_are_folds_of_their_own(told_by_one):
    x, y, groups = told_by_one
    lines = np.stack([groups % 3, groups % 2])
    together = permutation_importance(x, y, groups, lines, model="logistic", seed=3)
    first = permutation_importance(x, y, groups, lines[0], model="logistic", seed=3)
    assert together.mean.shape == first.mean.shape
    assert not np.array_equal(together.mean, first.mean)


def test_a_long_curve_is_measured_at_eight_numbers_and_without_those_of_too_few_rows():
    y = np.repeat([0, 1], 60)
    x = np.random.default_rng(0).normal(size=(120, 2)) + 5 * y[:, np.newaxis]
    groups = np.arange(120)
    assert len(curve_sizes(y, groups, groups % 3)) == 8
    curve = learning_curve(x, y, groups, groups % 3, model="svm")
    assert curve[0][0] > 1  # one row of a class calibrates nothing
    assert curve[-1][0] == 40
