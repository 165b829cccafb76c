import numpy as np
import pytest

from tests.vibration.learning.drawn import bearings
from vibration.learning.importance import feature_clusters, learning_curve, permutation_importance


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
