import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibration.errors import VibrationError
from vibration.learning.sides import assign_sides, read_ratios

RATIOS = ((0.7, 0.3), (0.7, 0.15, 0.15), (0.5, 0.5), (0.25, 0.25, 0.25, 0.25))


@st.composite
def splittable(draw):
    """Draw groups of any size, each of one class or of several, and ratios."""
    ratios = draw(st.sampled_from(RATIOS))
    n_groups = draw(st.integers(len(ratios), 40))
    sizes = draw(st.lists(st.integers(1, 9), min_size=n_groups, max_size=n_groups))
    groups = np.repeat(np.arange(n_groups), sizes)
    n_classes = draw(st.integers(1, 4))
    if draw(st.booleans()):
        of_group = draw(
            st.lists(st.integers(0, n_classes - 1), min_size=n_groups, max_size=n_groups)
        )
        classes = np.array(of_group)[groups]
    else:
        seed = draw(st.integers(0, 99))
        classes = np.random.default_rng(seed).integers(0, n_classes, groups.size)
    return groups, classes, ratios, draw(st.integers(0, 9))


def groups_on(sides, groups, side):
    return set(groups[sides == side].tolist())


@given(splittable())
def test_no_group_lies_on_two_sides_and_no_side_is_empty(drawn):
    groups, classes, ratios, seed = drawn
    sides = assign_sides(groups, classes, ratios, seed=seed)
    on = [groups_on(sides, groups, side) for side in range(len(ratios))]
    assert all(on)
    assert sum(map(len, on)) == len(set(groups.tolist()))


@given(splittable(), st.integers(0, 99))
def test_the_order_of_the_rows_decides_nothing(drawn, shuffle):
    groups, classes, ratios, seed = drawn
    rows = np.random.default_rng(shuffle).permutation(groups.size)
    straight = assign_sides(groups, classes, ratios, seed=seed)
    shuffled = assign_sides(groups[rows], classes[rows], ratios, seed=seed)
    np.testing.assert_array_equal(straight[rows], shuffled)


@given(splittable())
def test_ratios_hold_as_far_as_groups_allow(drawn):
    """No side is further from its share than two of the largest groups of each class."""
    groups, classes, ratios, seed = drawn
    sides = assign_sides(groups, classes, ratios, seed=seed)
    most = np.unique(groups, return_counts=True)[1].max()
    n_classes = np.unique(classes).size
    for side, ratio in enumerate(ratios):
        assert abs((sides == side).sum() - ratio * groups.size) <= 2 * most * n_classes


@given(splittable())
def test_a_class_of_groups_of_its_own_lies_on_every_side(drawn):
    """Where groups hold one class each, one of as many groups as sides is on all of them."""
    groups, classes, ratios, seed = drawn
    labels = {group: set(classes[groups == group].tolist()) for group in set(groups.tolist())}
    if any(len(held) > 1 for held in labels.values()):
        return
    sides = assign_sides(groups, classes, ratios, seed=seed)
    for label in set(classes.tolist()):
        own = classes == label
        n_groups = len(set(groups[own].tolist()))
        assert len(set(sides[own].tolist())) == min(n_groups, len(ratios))


@pytest.mark.parametrize("ratios", RATIOS)
def test_single_rows_are_split_to_the_row_within_each_class(ratios):
    classes = np.repeat([0, 1, 2], [400, 100, 37])
    sides = assign_sides(np.arange(classes.size), classes, ratios)
    for label, n in enumerate((400, 100, 37)):
        counts = np.bincount(sides[classes == label], minlength=len(ratios))
        assert np.abs(counts - np.array(ratios) * n).max() <= 1


def test_what_is_left_of_each_class_evens_out_over_the_whole():
    """Eleven classes alike, of 7 single rows and 3 pairs: no side takes the rest of all of them."""
    sizes = np.tile([1] * 7 + [2] * 3, 11)
    groups, classes = np.repeat(np.arange(110), sizes), np.repeat(np.arange(110) // 10, sizes)
    sides = assign_sides(groups, classes, (0.7, 0.15, 0.15))
    np.testing.assert_allclose(np.bincount(sides) / groups.size, (0.7, 0.15, 0.15), atol=0.02)


def test_another_seed_deals_otherwise_and_the_same_one_alike():
    groups, classes = np.arange(60), np.arange(60) % 3
    first, again, other = (assign_sides(groups, classes, (0.5, 0.5), seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_names_of_groups_may_be_words():
    sides = assign_sides(["b", "a", "b", "a"], [0, 0, 1, 1], (0.5, 0.5))
    assert sides[0] == sides[2] != sides[1] == sides[3]


def test_fewer_groups_than_sides_are_refused():
    with pytest.raises(VibrationError, match="2 groups for 3 sides"):
        assign_sides([0, 1], [0, 0], (0.5, 0.25, 0.25))


@pytest.mark.parametrize("ratios", [(0.5, 0.6), (1.0,), (1.5, -0.5)])
def test_ratios_that_are_no_whole_are_refused(ratios):
    with pytest.raises(VibrationError, match="sum to 1"):
        assign_sides([0, 1], [0, 0], ratios)


def test_ratios_are_read_as_parts_of_their_sum():
    assert read_ratios("70:15:15") == pytest.approx((0.7, 0.15, 0.15))


@pytest.mark.parametrize(
    "text", ["", "70", "a:b", "1:-1", "1:0", "nan:1", "inf:1", ":".join("1" * 11)]
)
def test_what_are_no_ratios_is_refused_in_words(text):
    with pytest.raises(VibrationError, match="no ratios"):
        read_ratios(text)
