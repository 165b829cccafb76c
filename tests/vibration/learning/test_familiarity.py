"""Distances among training groups, against scikit-learn."""

import numpy as np
import pytest
from sklearn.impute import SimpleImputer
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from vibration.errors import VibrationError
from vibration.learning.familiarity import familiarity_of
from vibration.learning.reasons import background_rows


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(80, 6)) * [1, 10, 1e-4, 5, 2, 0] + 7
    x[rng.random(x.shape) < 0.1] = np.nan
    return x, np.arange(80) // 8


def test_the_distance_is_that_of_scikit_learn(table):
    x, groups = table
    scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    rows = scaled.fit_transform(x)
    row = np.array([7.5, np.nan, 7.0, 1.0, 8.0, 7.0])
    search = NearestNeighbors(n_neighbors=5).fit(rows)
    distances, nearest = search.kneighbors(scaled.transform(row[np.newaxis]))
    found, said = familiarity_of(x, groups).nearest(row)
    assert found.tolist() == nearest[0].tolist()
    np.testing.assert_allclose(said, distances[0], rtol=1e-9)


@pytest.mark.parametrize("constant", [0.5, 0.1, -1e-9, 0.0])
def test_a_constant_feature_is_not_measured_in_its_rounding(constant):
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.normal(size=(40, 2)), np.full(40, constant)])
    known = familiarity_of(x, np.arange(40) // 4)
    near = np.append(x[0, :2], constant * (1 + 1e-9))
    assert known.word(known.nearest(near)[1][-1]) == "familiar"


def test_limits_are_quantiles_of_distances_to_other_groups(table):
    x, groups = table
    rows = make_pipeline(SimpleImputer(strategy="median"), StandardScaler()).fit_transform(x)
    reference = []
    for row, group in zip(rows, groups, strict=True):
        others = rows[groups != group]
        reference.append(NearestNeighbors(n_neighbors=5).fit(others).kneighbors([row])[0][0, -1])
    known = familiarity_of(x, groups)
    assert known.unusual == pytest.approx(np.quantile(reference, 0.95), rel=1e-6)
    assert known.unlike == pytest.approx(np.quantile(reference, 0.99), rel=1e-6)


def test_rows_that_are_not_allowed_are_no_neighbours(table):
    x, groups = table
    found, _ = familiarity_of(x, groups).nearest(x[0], allowed=groups != 0)
    assert not set(found.tolist()) & set(range(8))


def test_one_group_has_no_distance_to_others():
    with pytest.raises(VibrationError, match="two groups"):
        familiarity_of(np.zeros((4, 2)), [0, 0, 0, 0])


def test_the_background_holds_every_class_and_no_row_twice():
    y = np.repeat([0, 1, 2], [500, 20, 1])
    rows = background_rows(y)
    assert set(y[rows]) == {0, 1, 2}
    assert len(set(rows.tolist())) == rows.size <= 52
