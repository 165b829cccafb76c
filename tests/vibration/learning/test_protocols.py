import numpy as np
import pytest

from vibration.errors import VibrationError
from vibration.learning.groups import (
    check_distinct,
    lone_class_sentence,
    shared_groups,
)
from vibration.learning.plans import plan_of
from vibration.learning.protocols import (
    group_folds,
    mirrored_folds,
    splits_of,
    stored_folds,
    value_folds,
)

Y = np.repeat([0, 0, 0, 1, 1, 1, 1], 4)
GROUPS = np.repeat(np.arange(7), 4)


@pytest.mark.parametrize("seed", range(5))
def test_no_group_is_on_both_sides_and_each_fold_has_every_class(seed):
    for line in group_folds(Y, GROUPS, seed=seed):
        assert shared_groups(line, GROUPS) == 0
        for train, test in splits_of(line):
            assert set(Y[train]) == set(Y[test]) == {0, 1}


def test_there_are_as_many_folds_as_the_scarcest_class_has_groups_at_most_five():
    assert group_folds(Y, GROUPS).max() == 2
    many = np.arange(40)
    assert group_folds(many % 2, many).max() == 4


def test_few_groups_are_repeated_with_the_next_seeds():
    repeated = group_folds(Y, GROUPS, seed=3)
    assert len(repeated) == 5
    np.testing.assert_array_equal(repeated[2], group_folds(Y, GROUPS, seed=5, n_repeats=1)[0])
    assert len(group_folds(np.arange(30) % 2, np.arange(30))) == 1


def test_groups_of_a_class_are_permuted_by_seed_and_class():
    line = group_folds(Y, GROUPS, seed=4, n_repeats=1)[0]
    order = np.random.default_rng([4, 1]).permutation([3, 4, 5, 6])
    assert [line[group == GROUPS][0] for group in order] == [0, 1, 2, 0]


def test_groups_of_several_classes_are_split_with_every_class_on_both_sides():
    groups = np.arange(40) // 4
    y = np.arange(40) % 2
    for line in group_folds(y, groups):
        assert shared_groups(line, groups) == 0
        for train, test in splits_of(line):
            assert set(y[train]) == set(y[test]) == {0, 1}


def test_a_class_of_one_group_is_refused():
    with pytest.raises(VibrationError, match="No split can tell"):
        group_folds([0, 0, 1, 1], [0, 0, 1, 2])


def test_groups_that_no_split_can_deal_are_refused():
    with pytest.raises(VibrationError, match="leave one value out"):
        group_folds([0, 1, 0, 1, 2, 2], [0, 0, 1, 1, 2, 0], n_repeats=1)


def test_the_mirrored_split_keeps_sizes_and_classes_of_folds():
    folds = group_folds(Y, GROUPS)
    mirrored = mirrored_folds(folds, Y, seed=0)
    assert (mirrored != folds).any()
    for line, other in zip(folds, mirrored, strict=True):
        for number in (0, 1):
            np.testing.assert_array_equal(
                np.bincount(line[number == Y]), np.bincount(other[number == Y])
            )


def test_leaving_a_value_out_tests_each_value_once():
    folds, names = value_folds(["b", "a", "b"], [0, 1, 0], [0, 1, 2])
    assert (folds.tolist(), names) == ([[1, 0, 1]], ["a", "b"])


def test_groups_without_the_value_are_dealt_whole():
    y = np.repeat([0, 1], 8)
    groups = np.arange(16) // 2
    values = np.array([""] * 8 + ["mild"] * 4 + ["severe"] * 4)
    folds, _ = value_folds(values, y, groups, seed=1)
    assert shared_groups(folds[0], groups) == 0
    assert np.bincount(folds[0, :8]).tolist() == [4, 4]


def test_many_numbers_are_left_out_by_thirds():
    speeds = [str(speed) for speed in range(30)]
    folds, names = value_folds(speeds, np.arange(30) % 2, np.arange(30))
    assert np.bincount(folds[0]).tolist() == [10, 10, 10]
    assert len(names) == 3


@pytest.mark.parametrize(
    "values", [["a"] * 30, [""] * 30, [f"v{number}" for number in range(30)], ["nan"] * 30]
)
def test_values_that_cannot_be_left_out_are_refused(values):
    with pytest.raises(VibrationError):
        value_folds(values, np.arange(30) % 2, np.arange(30))


def test_a_stored_split_tests_its_test_part_only():
    ((train, test),) = splits_of(stored_folds([False, True, False])[0])
    assert (train.tolist(), test.tolist()) == ([0, 2], [1])


@pytest.mark.parametrize("folds", [[0, 0], [-1, -1]])
def test_a_split_without_training_or_test_is_refused(folds):
    with pytest.raises(VibrationError):
        splits_of(folds)


def test_every_class_of_one_bearing_is_said_once():
    sentence = lone_class_sentence([0, 1], [0, 1], classes=["B", "OR"])
    assert sentence.startswith("Every class comes from one bearing.")


def test_rows_that_are_equal_in_two_groups_are_listed():
    x = [[1.0, np.nan], [1.0, 2.0], [1.0, np.nan]]
    with pytest.raises(VibrationError, match=r"1 \(a\) and 3 \(b\)"):
        check_distinct(x, [0, 0, 1], names=["a", "b"])


def test_rows_that_are_equal_in_one_group_pass():
    check_distinct([[1.0], [1.0], [2.0]], [0, 0, 1], names=["a", "b"])


def test_more_classes_and_groups_than_can_be_counted_are_refused():
    y = np.repeat(np.arange(500), 2)
    with pytest.raises(VibrationError, match="500 classes of 1000 bearings are too many"):
        plan_of(y, np.arange(1000), classes=[str(number) for number in range(500)])
