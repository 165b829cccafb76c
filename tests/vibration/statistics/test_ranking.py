import doctest

import numpy as np
import pytest
from scipy.stats import f_oneway

from vibration.errors import VibrationError
from vibration.statistics import ranking
from vibration.statistics.ranking import anova_f, feature_ranking, information_terms

LABELS = np.repeat([0, 1, 2, 3], 60)


@pytest.fixture(scope="module")
def table():
    random = np.random.default_rng(5)
    noise = random.normal(size=(LABELS.size, 3))
    shift = np.array([0.0, 0.5, 3.0])
    return noise + LABELS[:, None] * shift


def test_examples_run():
    failed, tried = doctest.testmod(ranking, extraglobs={"np": np})
    assert tried
    assert not failed


def test_f_is_that_of_scipy(table):
    groups = [table[code == LABELS] for code in range(4)]
    np.testing.assert_allclose(anova_f(table, LABELS), f_oneway(*groups).statistic, rtol=1e-9)


def test_f_of_a_feature_far_from_zero_loses_no_digits(table):
    np.testing.assert_allclose(anova_f(table + 1e6, LABELS), anova_f(table, LABELS), rtol=1e-6)


def test_f_does_not_depend_on_the_unit(table):
    np.testing.assert_allclose(anova_f(table * 1e-9, LABELS), anova_f(table, LABELS), rtol=1e-9)


def test_rows_without_the_feature_are_left_out_of_it_alone(table):
    holed = table.copy()
    holed[::7, 2] = np.nan
    kept = ~np.isnan(holed[:, 2])
    groups = [holed[kept & (code == LABELS), 2] for code in range(4)]
    np.testing.assert_allclose(
        anova_f(holed, LABELS), [*anova_f(table[:, :2], LABELS), f_oneway(*groups).statistic]
    )
    rows = {row.column: row for row in feature_ranking(holed, LABELS, n_resamples=10)}
    assert (rows[2].n, rows[2].n_missing) == (int(kept.sum()), int((~kept).sum()))
    assert rows[0].n_missing == 0


def test_information_is_that_of_scikit_learn(table):
    from sklearn.feature_selection import mutual_info_classif

    theirs = mutual_info_classif(table, LABELS, random_state=0)
    ours = [max(information_terms(column, LABELS).mean(), 0) for column in table.T]
    np.testing.assert_allclose(ours, theirs, atol=0.01)


REPEATED = {
    "discrete": lambda random: (random.integers(0, 3, LABELS.size) + LABELS) % 4,
    "a coarse grid": lambda random: np.round(LABELS + random.normal(size=LABELS.size)),
    "a fine grid": lambda random: np.round(10 * (LABELS + random.normal(size=LABELS.size))) / 10,
    "lines of a spectrum": lambda random: 0.2 * np.round(5 * 60 * (1 + LABELS % 2)) + 0 * LABELS,
    "half repeats": lambda random: np.where(
        random.random(LABELS.size) < 0.5, 60.0 + LABELS, random.normal(size=LABELS.size)
    ),
}


@pytest.mark.parametrize("kind", REPEATED)
def test_information_of_repeated_values_is_that_of_scikit_learn(kind):
    from sklearn.feature_selection import mutual_info_classif

    values = REPEATED[kind](np.random.default_rng(2)).astype(float)
    theirs = [
        mutual_info_classif(values[:, None], LABELS, random_state=seed)[0] for seed in range(5)
    ]
    ours = feature_ranking(values[:, None], LABELS, n_resamples=2)[0].information
    assert ours == pytest.approx(np.mean(theirs), abs=0.06)


def test_information_of_a_discrete_feature_is_that_of_its_counts():
    values = np.repeat([0.0, 0.0, 1.0, 2.0], 60)  # the first two classes look alike
    found = feature_ranking(values[:, None], LABELS, n_resamples=2)[0].information
    assert found == pytest.approx(np.log(4) - 0.5 * np.log(2), abs=0.06)


def test_a_feature_that_does_not_vary_informs_of_nothing():
    assert feature_ranking(np.full((LABELS.size, 1), 0.1), LABELS)[0].information == 0


def test_a_constant_whose_mean_is_rounded_has_no_f():
    labels = np.random.default_rng(1).integers(0, 11, 1_000_003)
    found = anova_f(np.full((labels.size, 2), [0.1, 0.7]), labels)
    assert np.isnan(found).all()


@pytest.mark.parametrize("factor", [1e-9, 1e9])
def test_information_does_not_depend_on_the_unit(factor, table):
    values = np.round(table[:, 2], 1)
    own, scaled = (information_terms(x, LABELS).mean() for x in (values, factor * values))
    assert scaled == pytest.approx(own, abs=0.01)


def test_copies_of_a_record_make_no_interval_narrower(table):
    copies, labels = np.repeat(table[:, 1:2], 4, axis=0), np.repeat(LABELS, 4)
    groups = np.repeat(np.arange(LABELS.size), 4)
    plain = feature_ranking(table[:, 1:2], LABELS)[0]
    grouped = feature_ranking(copies, labels, groups=groups)[0]
    alone = feature_ranking(copies, labels)[0]

    def width(row):
        return (row.f_high - row.f_low) / row.f

    assert width(grouped) == pytest.approx(width(plain), rel=0.1)
    assert width(alone) < 0.7 * width(plain)


def test_information_of_classes_wholly_apart_is_their_entropy():
    random = np.random.default_rng(0)
    values = 1000.0 * LABELS + random.normal(size=LABELS.size)
    found = feature_ranking(values[:, None], LABELS, n_resamples=10)[0]
    assert found.information == pytest.approx(np.log(4), abs=0.05)
    assert found.share == pytest.approx(1, abs=0.05)


def test_the_better_feature_comes_first(table):
    assert [row.column for row in feature_ranking(table, LABELS, n_resamples=10)] == [2, 1, 0]


def test_an_interval_holds_its_value_and_one_seed_repeats(table):
    rows = feature_ranking(table, LABELS, seed=3)
    assert rows == feature_ranking(table, LABELS, seed=3)
    for row in rows[:2]:
        assert row.f_low < row.f < row.f_high
        assert row.information_low < row.information < row.information_high


def test_an_interval_narrows_with_more_signals():
    random = np.random.default_rng(1)

    def width(n):
        labels = np.repeat([0, 1], n)
        x = random.normal(size=(2 * n, 1)) + labels[:, None]
        row = feature_ranking(x, labels)[0]
        return (row.information_high - row.information_low, (row.f_high - row.f_low) / row.f)

    assert all(many < few for few, many in zip(width(40), width(1000), strict=True))


@pytest.mark.parametrize("column", [np.full(LABELS.size, 2.0), np.full(LABELS.size, np.nan)])
def test_a_feature_that_says_nothing_is_last_and_said(column, table):
    last = feature_ranking(np.column_stack([column, table]), LABELS, n_resamples=10)[-1]
    assert last.column == 0
    assert np.isnan(last.f)
    assert "too few" in last.sentence("Kurtosis")


def test_the_sentence_says_both_numbers(table):
    first = feature_ranking(table[:, :2], LABELS, n_resamples=50)[0]
    sentence = first.sentence("RMS")
    assert f"{first.f:.3g} times" in sentence
    assert f"{100 * first.share:.0f} %" in sentence


def test_one_class_cannot_be_told_apart(table):
    with pytest.raises(VibrationError, match="two classes"):
        feature_ranking(table, np.zeros(LABELS.size))
