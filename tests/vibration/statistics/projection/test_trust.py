import doctest

import numpy as np
import pytest

from vibration.errors import VibrationError
from vibration.statistics.projection import trust
from vibration.statistics.projection.trust import trustworthiness


@pytest.fixture(scope="module")
def table():
    random = np.random.default_rng(3)
    centres = random.normal(size=(5, 8)) * 3
    return (centres[np.arange(400) % 5] + random.normal(size=(400, 8))).astype(np.float32)


def plane(table, noise):
    return table[:, :2] + noise * np.random.default_rng(4).normal(size=(len(table), 2))


def test_examples_run():
    failed, tried = doctest.testmod(trust, extraglobs={"np": np})
    assert tried
    assert not failed


@pytest.mark.parametrize("n_neighbours", [1, 5, 10, 50])
@pytest.mark.parametrize("noise", [0.0, 1.0, 100.0])
def test_it_is_that_of_scikit_learn(n_neighbours, noise, table):
    from sklearn.manifold import trustworthiness as theirs

    points = plane(table, noise)
    wanted = theirs(table.astype(float), points, n_neighbors=n_neighbours)
    assert trustworthiness(table, points, n_neighbours) == pytest.approx(wanted, abs=1e-6)


def test_a_part_of_the_rows_speaks_for_all(table, monkeypatch):
    whole = trustworthiness(table, plane(table, 1.0))
    monkeypatch.setattr(trust, "MOST_ASKED", 100)
    assert trustworthiness(table, plane(table, 1.0)) == pytest.approx(whole, abs=0.02)


def test_points_at_one_place_are_no_crash(table):
    assert 0 <= trustworthiness(table, np.zeros((len(table), 2))) <= 1


@pytest.mark.parametrize("n_neighbours", [0, 200])
def test_what_cannot_be_asked_is_refused(n_neighbours, table):
    with pytest.raises(VibrationError, match="needs 1 to 199 neighbours"):
        trustworthiness(table, table[:, :2], n_neighbours)
