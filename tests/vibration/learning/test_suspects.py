import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from vibration.errors import VibrationError
from vibration.learning.suspects import label_doubts


def clouds(n=60, seed=0):
    """Three classes far apart, each row a recording of its own."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    x = rng.standard_normal((n, 5)) + 6 * np.eye(3, 5)[labels]
    return x * [1, 10, 100, 1, 1], labels, np.arange(n)


def test_clear_classes_raise_no_doubt():
    x, labels, groups = clouds()
    doubts = label_doubts(x, labels, groups)
    assert doubts.is_judged.all()
    assert doubts.suspicious(labels).size == 0
    np.testing.assert_array_equal(doubts.proposed, labels)


def test_wrong_labels_are_found_and_their_own_proposed():
    x, labels, groups = clouds()
    wrong = labels.copy()
    wrong[[4, 17]] = (labels[[4, 17]] + 1) % 3
    doubts = label_doubts(x, wrong, groups)
    assert sorted(doubts.suspicious(wrong)) == [4, 17]
    np.testing.assert_array_equal(doubts.proposed[[4, 17]], labels[[4, 17]])
    assert (wrong[doubts.nearest[[4, 17]]] == labels[[4, 17]]).all()


def test_the_neighbours_are_those_of_scikit_learn():
    rng = np.random.default_rng(3)
    x, labels, groups = rng.normal(size=(80, 6)), rng.integers(0, 4, 80), rng.integers(0, 9, 80)
    doubts = label_doubts(x, labels, groups, k=7)
    z = StandardScaler().fit_transform(x)
    for row in range(80):
        others = np.flatnonzero(groups != groups[row])
        search = NearestNeighbors(n_neighbors=7, algorithm="brute").fit(z[others])
        near = others[search.kneighbors(z[row : row + 1], return_distance=False)[0]]
        votes = np.bincount(labels[near], minlength=4)
        assert doubts.own_share[row] == votes[labels[row]] / 7
        assert doubts.share[row] == votes.max() / 7
        assert votes[doubts.proposed[row]] == votes.max()
        assert doubts.nearest[row] == next(i for i in near if labels[i] == doubts.proposed[row])


def test_windows_of_one_recording_do_not_vouch_for_each_other():
    x, labels, groups = clouds()
    odd = np.repeat(x[:1], 8, axis=0) + 1e-3 * np.arange(8)[:, None]  # all of a class, all wrong
    wrong = np.concatenate([labels, np.full(8, 1)])
    together = np.concatenate([groups, np.full(8, 1000)])
    doubts = label_doubts(np.concatenate([x, odd]), wrong, together)
    assert set(doubts.suspicious(wrong)) >= set(range(60, 68))
    apart = np.concatenate([groups, 1000 + np.arange(8)])
    vouched = label_doubts(np.concatenate([x, odd]), wrong, apart)
    assert vouched.own_share[60:].min() > doubts.own_share[60:].max()


def test_a_label_of_one_recording_alone_is_not_judged():
    x, labels, groups = clouds()
    labels = labels.copy()
    labels[5], groups[5] = 7, 5
    doubts = label_doubts(x, labels, groups)
    assert not doubts.is_judged[5]
    assert 5 not in doubts.suspicious(labels)


def test_units_of_features_decide_nothing():
    x, labels, groups = clouds(seed=2)
    wrong = labels.copy()
    wrong[9] = (labels[9] + 1) % 3
    one, other = label_doubts(x, wrong, groups), label_doubts(x * 1e3 + 5, wrong, groups)
    np.testing.assert_array_equal(one.proposed, other.proposed)
    np.testing.assert_allclose(one.distance, other.distance, rtol=1e-4)


def test_a_row_without_any_feature_is_neither_judged_nor_asked():
    x, labels, groups = clouds()
    x[3] = np.nan
    doubts = label_doubts(x, labels, groups)
    assert not doubts.is_judged[3]
    assert 3 not in doubts.nearest[doubts.is_judged]


def test_the_most_doubtful_come_first():
    x, labels, groups = clouds(n=90, seed=5)
    wrong = labels.copy()
    wrong[[3, 30, 60]] = (labels[[3, 30, 60]] + 1) % 3
    doubts = label_doubts(x, wrong, groups)
    shares = doubts.share[doubts.suspicious(wrong)]
    assert (np.diff(shares) <= 0).all()


@pytest.mark.parametrize(
    ("values", "labels", "groups", "k"),
    [
        ([[1.0], [2.0], [3.0]], [0, 0], [0, 1, 2], 3),
        ([[1.0], [2.0], [3.0]], [0, 0, 1], [1, 1, 1], 3),
        ([[1.0], [2.0], [3.0]], [0, 0, 1], [0, 1, 2], 0),
        ([[1.0], [2.0]], [0, 0], [0, 1], 1),
        ([[1.0], [np.inf], [3.0]], [0, 0, 1], [0, 1, 2], 1),
    ],
)
def test_what_cannot_be_judged_is_refused(values, labels, groups, k):
    with pytest.raises(VibrationError):
        label_doubts(values, labels, groups, k)


def test_where_two_classes_overlap_nothing_is_suspected_but_what_lies_clearly_elsewhere():
    rng = np.random.default_rng(4)
    x = rng.normal(size=(180, 8))
    x[:, 0] += np.repeat([0.0, 1.0, 20.0], 60)
    labels = np.repeat([0, 1, 2], 60)
    planted = [130, 150]
    labels[planted] = 0
    found = label_doubts(x, labels, np.arange(180)).suspicious(labels).tolist()
    assert set(planted) <= set(found)
    assert len(found) <= 6
