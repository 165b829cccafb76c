"""Onset, monotonicity, trendability and prognosability: their laws and their corner cases."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibration.errors import VibrationError
from vibration.statistics.trends import (
    monotonicity,
    onset_of,
    prognosability,
    trend_ranking,
    trendability,
)

NOISE = np.random.default_rng(0).standard_normal(400)
SERIES = st.lists(st.floats(-1e6, 1e6) | st.just(math.nan), max_size=60)


def run_to_failure(n, onset, seed=0):
    """Return noise of σ 1 about 10 that grows by a tenth a recording from an onset on."""
    grows = np.maximum(0.0, np.arange(n) - onset + 1) * 3.0
    return 10 + np.random.default_rng(seed).standard_normal(n) * 0.5 + grows


@pytest.mark.parametrize(("n", "onset"), [(60, 40), (400, 300), (2156, 1800), (30, 20)])
def test_a_seeded_onset_is_found(n, onset):
    assert onset_of(run_to_failure(n, onset)).index == onset


def test_noise_has_no_onset():
    assert onset_of(NOISE).index is None


def test_a_crossing_that_is_not_held_is_no_onset():
    series = np.tile([0.0, 1.0], 20)
    series[[20, 21]] = 50.0
    assert onset_of(series).index is None
    series[22] = 50.0
    assert onset_of(series).index == 20


def test_missing_values_are_passed_over():
    series = run_to_failure(60, 40)
    series[[3, 41, 43]] = math.nan
    assert onset_of(series).index == 40


def test_the_threshold_is_that_of_the_first_quarter():
    found = onset_of(NOISE)
    first = NOISE[:100]
    assert found.n_first == 100
    assert found.threshold == pytest.approx(first.mean() + 3 * first.std(ddof=1))


def test_a_first_part_without_spread_is_exceeded_by_more_than_rounding():
    flat = np.full(20, 0.1)
    assert onset_of(flat + np.r_[np.zeros(10), np.full(10, 1e-13)]).index is None
    assert onset_of(flat + np.r_[np.zeros(10), np.full(10, 1e-3)]).index == 10


@pytest.mark.parametrize("n", [0, 1, 4, 7])
def test_a_short_series_is_not_judged(n):
    found = onset_of(np.arange(float(n)))
    assert found.index is None
    assert math.isnan(found.threshold)


@pytest.mark.parametrize("choice", [{"first_share": 0}, {"sigmas": -1}, {"held": 0}])
def test_a_choice_out_of_range_is_refused(choice):
    with pytest.raises(VibrationError) as refused:
        onset_of(NOISE, **choice)
    assert refused.value.field == next(iter(choice))


def test_a_table_is_no_series():
    with pytest.raises(VibrationError, match="one axis"):
        onset_of(np.zeros((3, 3)))


@given(SERIES)
def test_an_onset_lies_behind_the_first_part_and_is_above_the_threshold(values):
    found = onset_of(values)
    if found.index is not None:
        assert values[found.index] > found.threshold
        assert np.isfinite(values[: found.index]).sum() >= found.n_first


def test_a_series_that_only_rises_is_monotonic_however_long():
    for n in (3, 10, 500):
        assert monotonicity(np.arange(n)) == monotonicity(-np.exp(np.arange(n) / n)) == 1


def test_lag_one_is_cobles_measure():
    steps = np.diff(NOISE)
    wanted = abs((steps > 0).sum() - (steps < 0).sum()) / (NOISE.size - 1)
    assert monotonicity(NOISE, lag=1) == pytest.approx(wanted)


def test_noise_on_a_slow_trend_does_not_drown_it():
    trend = np.linspace(0, 20, 400) + NOISE
    assert monotonicity(trend) > 0.8
    assert monotonicity(trend, lag=1) < 0.3
    assert monotonicity(NOISE) < 0.3


def test_a_constant_has_no_direction():
    assert monotonicity(np.ones(10)) == 0


@pytest.mark.parametrize("values", [[], [1.0], [1.0, math.nan, 2.0, math.nan]])
def test_too_few_values_say_nothing(values):
    assert math.isnan(monotonicity(values))


def test_a_lag_longer_than_the_series_is_refused():
    with pytest.raises(VibrationError, match="1 to 3"):
        monotonicity([1, 2, 3, 4], lag=4)


@given(SERIES)
def test_all_three_are_shares(values):
    runs = [np.array(values, dtype=float), np.array(values[::-1], dtype=float)]
    for measure in (lambda r: monotonicity(r[0]), trendability, prognosability):
        ours = measure(runs)
        assert math.isnan(ours) or 0 <= ours <= 1


def test_trendability_is_the_least_correlation_of_runs_of_one_length():
    runs = [np.linspace(0, 3, 100) + NOISE[k * 100 : k * 100 + 100] for k in range(3)]
    wanted = min(abs(np.corrcoef(a, b)[0, 1]) for a, b in combinations(runs, 2))
    assert trendability(runs) == pytest.approx(wanted)


def test_runs_of_unequal_length_are_compared_by_their_share_of_life():
    short, long = np.linspace(0, 1, 17) ** 2, 5 * np.linspace(0, 1, 240) ** 2
    assert trendability([short, long]) == pytest.approx(1, abs=1e-3)
    assert prognosability([short, 0.2 * long]) > 0.9


def test_a_constant_run_has_no_trend():
    assert trendability([np.full(20, 0.1), np.arange(20.0)]) == 0


@pytest.mark.parametrize("measure", [trendability, prognosability])
def test_one_run_cannot_be_compared(measure):
    assert math.isnan(measure([np.arange(9.0)]))
    assert math.isnan(measure([np.arange(9.0), [math.nan] * 9]))


def test_prognosability_follows_its_formula():
    ends, starts = np.array([4.0, 6.0, 5.0]), np.array([1.0, 1.5, 0.0])
    runs = [np.linspace(a, b, 10) for a, b in zip(starts, ends, strict=True)]
    wanted = math.exp(-ends.std(ddof=1) / np.abs(ends - starts).mean())
    assert prognosability(runs) == pytest.approx(wanted)


def test_runs_without_change_foretell_nothing():
    assert math.isnan(prognosability([np.ones(9), np.ones(9)]))


def test_the_ranking_puts_the_trend_first_and_what_is_missing_last():
    tables = [
        np.column_stack(
            [NOISE[:n], run_to_failure(n, n // 2, seed), np.full(n, math.nan), np.ones(n)]
        )
        for seed, n in enumerate((60, 90))
    ]
    ranks = trend_ranking(tables)
    assert [rank.column for rank in ranks][0::3] == [1, 2]
    assert ranks[0].n_runs == 2
    assert ranks[-1].n_runs == 0
    assert math.isnan(ranks[-1].score)


def test_runs_of_different_features_are_refused():
    with pytest.raises(VibrationError, match="same features"):
        trend_ranking([np.zeros((4, 2)), np.zeros((4, 3))])


def test_no_runs_rank_nothing():
    assert trend_ranking([]) == []
