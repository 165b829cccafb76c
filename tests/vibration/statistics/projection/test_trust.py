import doctest

import numpy as np
import pytest

from vibration.errors import VibrationError
from vibration.statistics.projection import trust
from vibration.statistics.projection.trust import n_rows_asked, trustworthiness


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


def test_a_part_of_rows_that_take_turns_is_a_fair_one():
    random = np.random.default_rng(5)
    loose = np.arange(6_000) % 20 == 0  # one kind of twenty whose points say nothing
    table = random.normal(size=(6_000, 3)).astype(np.float32)
    points = np.where(loose[:, None], random.normal(size=(6_000, 2)), table[:, :2])
    few = [trustworthiness(table, points), trustworthiness(table[1:], points[1:])]
    assert few[0] == pytest.approx(few[1], abs=0.02)


def test_few_of_many_rows_are_asked_and_all_of_few():
    assert [n_rows_asked(n) for n in (10, 1_430, 3_000, 20_000)] == [10, 1_430, 2_000, 300]


def test_points_at_one_place_are_no_crash(table):
    assert 0 <= trustworthiness(table, np.zeros((len(table), 2))) <= 1


@pytest.mark.parametrize("n_neighbours", [0, 200])
def test_what_cannot_be_asked_is_refused(n_neighbours, table):
    with pytest.raises(VibrationError, match="needs 1 to 199 neighbours"):
        trustworthiness(table, table[:, :2], n_neighbours)
