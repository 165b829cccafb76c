"""Statistics of a span: known shapes, invariance, and that parts join without a seam."""

import doctest
import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

import vibration.statistics.moments
from vibration.errors import VibrationError
from vibration.features import FEATURE_NAMES, extract
from vibration.statistics.moments import span_statistics, statistics_of


def noise(n, seed=1):
    return np.random.default_rng(seed).standard_normal(n)


def test_the_examples_run():
    result = doctest.testmod(vibration.statistics.moments)
    assert (result.attempted > 0, result.failed) == (True, 0)


def test_a_sine_has_the_crest_factor_of_root_two_and_kurtosis_1_5():
    found = span_statistics(3 * np.sin(2 * np.pi * np.arange(4000) / 40))
    assert found.rms == pytest.approx(3 / np.sqrt(2))
    assert found.peak == pytest.approx(3)
    assert found.crest == pytest.approx(np.sqrt(2))
    assert found.kurtosis == pytest.approx(1.5)


def test_they_are_those_of_numpy_and_scipy():
    x = noise(5000) ** 3 + 7
    found = span_statistics(x)
    assert found.n == 5000
    assert found.mean == pytest.approx(x.mean())
    assert found.rms == pytest.approx(x.std())
    assert found.peak == pytest.approx(np.abs(x - x.mean()).max())
    assert found.kurtosis == pytest.approx(scipy.stats.kurtosis(x, fisher=False))


def test_they_are_the_features_of_the_same_name():
    x = (noise(4096) + 0.3).astype(np.float32)
    features = dict(zip(FEATURE_NAMES, extract(x, 1000.0), strict=True))
    found = span_statistics(x)
    assert found.rms == pytest.approx(features["rms"], rel=1e-5)
    assert found.crest == pytest.approx(features["crest_factor"], rel=1e-5)
    assert found.kurtosis == pytest.approx(features["kurtosis"], rel=1e-5)


@settings(max_examples=30, deadline=None)
@given(offset=st.floats(-1e3, 1e3), scale=st.floats(1e-3, 1e3), seed=st.integers(0, 100))
def test_crest_and_kurtosis_know_neither_offset_nor_scale(offset, scale, seed):
    plain, moved = (
        span_statistics(noise(500, seed)),
        span_statistics(offset + scale * noise(500, seed)),
    )
    assert moved.crest == pytest.approx(plain.crest, rel=1e-6)
    assert moved.kurtosis == pytest.approx(plain.kurtosis, rel=1e-6)


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(1, 999), max_size=5, unique=True), seed=st.integers(0, 100))
def test_parts_join_to_the_whole(cuts, seed):
    x = noise(1000, seed) + np.linspace(-3, 5, 1000) ** 3
    parts = np.split(x, sorted(cuts))
    joined = vibration.statistics.moments._Moments.of(parts[0])
    for part in parts[1:]:
        joined = joined.joined(vibration.statistics.moments._Moments.of(part))
    whole, found = span_statistics(x), joined.statistics()
    for name in ("n", "mean", "rms", "peak", "crest", "kurtosis"):
        assert getattr(found, name) == pytest.approx(getattr(whole, name), rel=1e-9)


def test_a_long_record_passes_in_parts():
    asked = []

    def read(first, last):
        asked.append(last - first)
        return noise(last - first, first).astype(np.float32)

    found = statistics_of(read, 2_500_000)
    assert (sum(asked), max(asked)) == (2_500_000, 1 << 20)
    assert (found.n, round(found.rms, 2), round(found.kurtosis, 1)) == (2_500_000, 1.0, 3.0)


@pytest.mark.parametrize("value", [0.0, 0.1, -1e30])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_constant_run_has_a_level_of_0_and_no_shape(value, dtype):
    found = span_statistics(np.full(1001, value, dtype))
    assert found.mean == pytest.approx(float(dtype(value)))
    assert (found.rms, found.peak) == (0.0, 0.0)
    assert math.isnan(found.crest)
    assert math.isnan(found.kurtosis)


def test_one_sample_is_a_constant_run():
    assert span_statistics([2.0]).mean == 2.0


@pytest.mark.parametrize(
    ("x", "words"),
    [
        ([], "at least 1"),
        ([1.0, math.nan], "not finite"),
        ([[1.0]], "one channel"),
        ([1e80, -1e90], "-1e\\+90, beyond"),
    ],
)
def test_what_has_no_statistics_is_refused(x, words):
    with pytest.raises(VibrationError, match=words):
        span_statistics(x)


def test_a_record_that_is_empty_or_comes_short_is_refused():
    with pytest.raises(VibrationError, match="no samples"):
        statistics_of(lambda first, last: np.zeros(0), 0)
    with pytest.raises(VibrationError, match="10 samples were asked for at 0 and 9 came"):
        statistics_of(lambda first, last: np.zeros(9), 10)
