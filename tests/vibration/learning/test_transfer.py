"""From one dataset to another, against scipy, scikit-learn and by hand."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score
from sklearn.pipeline import make_pipeline

from vibration.errors import VibrationError
from vibration.learning.transfer import common_plane, feature_shifts, rows_in_both, transferred


@pytest.fixture(scope="module")
def sides():
    rng = np.random.default_rng(5)
    made = []
    for n, offset in ((60, 0.0), (45, 2.0)):
        y = np.arange(n) % 3
        x = rng.normal(size=(n, 4)) + 2 * np.eye(3, 4)[y]
        x[:, 3] += offset
        x[::7, 0] = np.nan
        made.append((x, y, np.arange(n) // 3 * 3 + y))
    return made


def energy(a, b):
    a, b = a[:, np.newaxis], b[:, np.newaxis]
    return np.sqrt(2 * cdist(a, b).mean() - cdist(a, a).mean() - cdist(b, b).mean())


def test_the_shift_is_the_energy_distance_in_pooled_deviations(sides):
    (first, *_), (second, *_) = sides
    shifts = feature_shifts(first, second, ["a", "b", "c", "moved"])
    assert shifts[0].name == "moved"
    spread = np.concatenate([first[:, 3], second[:, 3]]).std()
    assert shifts[0].distance == pytest.approx(energy(first[:, 3] / spread, second[:, 3] / spread))
    [gaps] = [shift.missing for shift in shifts if shift.name == "a"]
    assert gaps == pytest.approx((np.isnan(first[:, 0]).mean(), np.isnan(second[:, 0]).mean()))


def test_a_constant_feature_that_rounding_moved_has_not_shifted(sides):
    first, second = (np.append(side[0], np.full((len(side[0]), 1), 0.1), 1) for side in sides)
    second[:, 4] *= 1 + 1e-15
    shifts = {each.name: each.distance for each in feature_shifts(first, second, [*"abcd", "same"])}
    assert shifts["same"] == pytest.approx(0, abs=1e-6)
    alone, beside = common_plane(first[:, :4], second[:, :4]), common_plane(first, second)
    np.testing.assert_allclose(beside.explained, alone.explained)


def test_a_feature_that_one_side_lacks_comes_last(sides):
    (first, *_), (second, *_) = sides
    gone = second.copy()
    gone[:, 3] = np.nan
    assert feature_shifts(first, gone, ["a", "b", "c", "d"])[-1].distance is None


def test_equal_rows_lie_at_equal_places_of_the_plane(sides):
    x = sides[0][0]
    plane = common_plane(x, x)
    np.testing.assert_allclose(plane.first, plane.second)
    assert plane.explained[0] >= plane.explained[1]


def test_the_score_is_that_of_a_model_fitted_to_the_one_and_asked_of_the_other(sides):
    train, test = sides
    forest = RandomForestClassifier(200, random_state=3, n_jobs=1)
    model = make_pipeline(SimpleImputer(strategy="median"), forest).fit(train[0], train[1])
    found = transferred(train, test, classes=["x", "y", "z"], seed=3)
    assert found.scores.accuracy == accuracy_score(test[1], model.predict(test[0]))
    assert found.majority == pytest.approx(1 / 3)


def test_a_model_that_only_guesses_is_warned_of(sides):
    train, (x, y, groups) = sides
    noise = np.random.default_rng(0).normal(size=x.shape)
    found = transferred(train, (noise, y, groups), classes=["x", "y", "z"])
    assert found.warning.startswith("No better than always answering")


def test_classes_of_one_side_alone_are_refused(sides):
    train, (x, y, groups) = sides
    kept = y != 2
    with pytest.raises(VibrationError, match="same two classes"):
        transferred(train, (x[kept], y[kept], groups[kept]), classes=["x", "y", "z"])


def test_rows_of_both_sides_are_counted_however_often_and_with_what_is_missing(sides):
    (first, *_), (second, *_) = sides
    assert rows_in_both(first, second) == (0, 0)
    assert rows_in_both(first, np.concatenate([second, first[[0, 0, 1]]])) == (2, 3)
    nothing = np.full((2, 4), np.nan)
    assert rows_in_both(nothing, nothing) == (0, 0)
