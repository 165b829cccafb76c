import doctest

import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr

from vibration.errors import VibrationError
from vibration.statistics import correlation
from vibration.statistics.correlation import correlation_matrix, similarity_order


@pytest.fixture(scope="module")
def table():
    random = np.random.default_rng(2)
    x = random.normal(size=(80, 4))
    x[:, 1] += x[:, 0]
    x[:, 2] = np.round(x[:, 2])  # ties
    return x


@pytest.fixture(scope="module")
def holed(table):
    x = table.copy()
    x[:9, 0] = np.nan
    x[5:20, 3] = np.nan
    return x


def test_examples_run():
    failed, tried = doctest.testmod(correlation)
    assert tried == 2
    assert not failed


@pytest.mark.parametrize(("kind", "reference"), [("pearson", pearsonr), ("spearman", spearmanr)])
def test_each_pair_is_that_of_scipy_over_common_rows(kind, reference, holed):
    found = correlation_matrix(holed, kind)
    for i in range(4):
        for j in range(i):
            both = ~np.isnan(holed[:, i] + holed[:, j])
            assert found[i, j] == pytest.approx(reference(holed[both, i], holed[both, j])[0])


@pytest.mark.parametrize("kind", correlation.KINDS)
def test_it_is_symmetric_with_ones_on_the_diagonal(kind, holed):
    found = correlation_matrix(holed, kind)
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_allclose(np.diag(found), 1)


def test_ranks_do_not_see_a_rising_bend(table):
    bent = np.exp(table)
    np.testing.assert_allclose(
        correlation_matrix(bent, "spearman"), correlation_matrix(table, "spearman"), atol=1e-12
    )


def test_a_constant_feature_has_no_correlation(table):
    found = correlation_matrix(np.column_stack([table, np.full(80, 3.0)]), "spearman")
    assert np.isnan(found[4]).all()


def test_columns_without_common_rows_have_none(table):
    x = table[:, :2].copy()
    x[:40, 0] = x[40:, 1] = np.nan
    assert np.isnan(correlation_matrix(x, "spearman")[0, 1])


def test_like_features_lie_side_by_side():
    random = np.random.default_rng(0)
    a, b = random.normal(size=(2, 200, 1))
    x = np.column_stack([a, b, -a, b, a]) + 0.01 * random.normal(size=(200, 5))
    order = similarity_order(correlation_matrix(x))
    assert sorted(order) == list(range(5))
    groups = [column in (1, 3) for column in order]
    assert groups in ([True] * 2 + [False] * 3, [False] * 3 + [True] * 2)


def test_an_unknown_kind_is_refused(table):
    with pytest.raises(VibrationError, match="choose pearson or spearman"):
        correlation_matrix(table, "kendall")
