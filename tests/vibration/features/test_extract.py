"""Laws that hold for all 36 features together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info, threadpool_limits

from vibration.errors import VibrationError
from vibration.features import FEATURE_NAMES, FEATURES, extract

FS_HZ = 20_480.0
POWER_OF_UNIT = {"g": 1, "g²": 2, "g³": 3}
SIGNED = {"skewness"}
LEVELS = {"rms", "envelope_rms", "envelope_peak"} | {
    name for name in FEATURE_NAMES if name.startswith("band_energy")
}
SHAFT_RATIOS = {"harmonic_ratio_2x", "harmonic_ratio_3x", "subsynchronous_ratio"}


def noisy_record(n=4096, seed=1, fs_hz=FS_HZ):
    rng = np.random.default_rng(seed)
    t_s = np.arange(n) / fs_hz
    tone = sum(a * np.sin(2 * np.pi * 60 * k * t_s + k) for k, a in ((1, 1.0), (2, 0.4), (3, 0.2)))
    return tone + 0.3 * rng.standard_normal(n) + 2.0 * (rng.random(n) > 0.995)


def measured(x, fs_hz=FS_HZ, shaft_hz=60.0):
    return dict(zip(FEATURE_NAMES, extract(x, fs_hz, shaft_hz).tolist(), strict=True))


def blas_libraries():
    return [library for library in threadpool_info() if library["user_api"] == "blas"]


def nan_names(features):
    return {name for name, value in features.items() if np.isnan(value)}


def test_there_are_36_values_and_none_is_undefined_for_an_ordinary_record():
    values = extract(noisy_record(), FS_HZ, 60.0)
    assert values.shape == (36,)
    assert values.dtype == np.float64
    assert np.isfinite(values).all()


@pytest.mark.parametrize("n", [102_400, 10_007])
def test_float32_agrees_with_float64(n):
    x = noisy_record(n).astype(np.float32)
    np.testing.assert_allclose(
        extract(x, FS_HZ, 60.0), extract(x.astype(np.float64), FS_HZ, 60.0), rtol=1e-4
    )


@settings(max_examples=25, deadline=None)
@given(factor=st.floats(1e-6, 1e6))
def test_scaling_the_record_scales_each_feature_by_the_power_of_its_unit(factor):
    x = noisy_record()
    powers = np.array([POWER_OF_UNIT.get(feature.unit, 0) for feature in FEATURES])
    np.testing.assert_allclose(
        extract(factor * x, FS_HZ, 60.0), extract(x, FS_HZ, 60.0) * factor**powers, rtol=1e-6
    )


def test_turning_the_sensor_round_changes_the_sign_of_the_skewness_alone():
    signs = np.array([-1 if name in SIGNED else 1 for name in FEATURE_NAMES])
    x = noisy_record()
    np.testing.assert_allclose(extract(-x, FS_HZ, 60.0), signs * extract(x, FS_HZ, 60.0), rtol=1e-9)


@settings(max_examples=25, deadline=None)
@given(offset=st.floats(-1e3, 1e3))
def test_an_offset_changes_nothing(offset):
    x = noisy_record()
    np.testing.assert_allclose(extract(x + offset, FS_HZ, 60.0), extract(x, FS_HZ, 60.0), rtol=1e-6)


def test_a_float32_record_on_a_large_offset_keeps_its_features():
    x = noisy_record(16_384)
    np.testing.assert_allclose(
        extract((x + 10).astype(np.float32), FS_HZ, 60.0), extract(x, FS_HZ, 60.0), rtol=1e-3
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_units_neither_overflow_nor_vanish(dtype):
    x = noisy_record().astype(dtype)
    size = 1e30 if dtype is np.float32 else 1e90
    reference = extract(x, FS_HZ, 60.0)
    pure = [i for i, feature in enumerate(FEATURES) if feature.unit not in POWER_OF_UNIT]
    for factor in (dtype(size), dtype(1 / size)):
        np.testing.assert_allclose(
            extract(x * factor, FS_HZ, 60.0)[pure], reference[pure], rtol=1e-4
        )


@settings(max_examples=30, deadline=None)
@given(
    fs_hz=st.floats(1e3, 2e5),
    n=st.integers(1024, 6000),
    shaft_hz=st.floats(0.5, 400),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_shares_and_coherences_stay_in_0_to_1_at_any_rate_and_length(fs_hz, n, shaft_hz, dtype):
    features = measured(noisy_record(n, fs_hz=fs_hz).astype(dtype), fs_hz, shaft_hz)
    for name in (
        "spectral_entropy",
        "spectral_flatness",
        "wavelet_detail_ratio",
        "bispectrum_entropy",
        "bicoherence_max",
        "nonlinearity_index",
    ):
        assert 0 <= features[name] <= 1 + 1e-6, name
    assert nan_names(features) <= SHAFT_RATIOS | LEVELS | {"dominant_frequency"}


@pytest.mark.parametrize("n", [1024, 1025, 4093, 65_537])
def test_any_length_will_do_primes_too(n):
    assert np.isfinite(extract(noisy_record(n), FS_HZ, 500.0)).all()


def test_measuring_leaves_the_record_as_it_was_and_repeats_itself():
    x = noisy_record().astype(np.float32)
    before = x.copy()
    first, second = extract(x, FS_HZ, 60.0), extract(x, FS_HZ, 60.0)
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(first, second)


def test_the_number_of_blas_threads_changes_no_digit_and_is_left_alone():
    x = noisy_record(102_400).astype(np.float32)
    results = []
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="blas"):
            results.append(extract(x, FS_HZ, 60.0))
            assert {lib["num_threads"] for lib in blas_libraries()} == {threads}
    np.testing.assert_array_equal(*results)


@pytest.mark.parametrize("shaft_hz", [None, float("nan"), 0.0])
def test_without_a_shaft_speed_only_the_shaft_ratios_are_undefined(shaft_hz):
    assert nan_names(measured(noisy_record(), shaft_hz=shaft_hz)) == SHAFT_RATIOS


@pytest.mark.parametrize("value", [0.0, 1.0, -3.7, 1e6])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_constant_record_has_levels_of_zero_and_nothing_else(value, dtype):
    features = measured(np.full(2048, value, dtype=dtype))
    assert {name for name, v in features.items() if v == 0} == LEVELS
    assert nan_names(features) == set(FEATURE_NAMES) - LEVELS


def test_rounding_around_a_constant_is_no_vibration():
    x = np.full(2048, 0.1) + np.tile([0.0, np.spacing(0.1)], 1024)
    assert nan_names(measured(x)) == set(FEATURE_NAMES) - LEVELS


def test_a_constant_record_has_no_energy_above_nyquist_to_speak_of():
    features = measured(np.zeros(2048), fs_hz=3000.0)
    assert features["band_energy_500_2000"] == 0
    assert np.isnan(features["band_energy_2000_5000"])


def test_a_record_under_1024_samples_is_refused():
    with pytest.raises(VibrationError, match=r"1023 samples: at least 1024"):
        extract(np.ones(1023), FS_HZ)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_samples_that_are_not_finite_are_counted_and_advice_is_given(bad):
    x = noisy_record()
    x[[3, 70, 1000]] = bad
    with pytest.raises(VibrationError, match=r"3 of 4096 samples are not finite.*interpolate"):
        extract(x, FS_HZ)


@pytest.mark.parametrize("fs_hz", [0, -1.0, float("nan"), float("inf")])
def test_an_impossible_sampling_rate_is_refused(fs_hz):
    with pytest.raises(VibrationError, match="sampling rate"):
        extract(noisy_record(), fs_hz)


@pytest.mark.parametrize("shaft_hz", [-60.0, float("inf")])
def test_an_impossible_shaft_speed_is_refused(shaft_hz):
    with pytest.raises(VibrationError, match="shaft speed"):
        extract(noisy_record(), FS_HZ, shaft_hz)


def test_more_than_one_channel_is_refused():
    with pytest.raises(VibrationError, match=r"shape \(2048, 2\)"):
        extract(np.ones((2048, 2)), FS_HZ)


@pytest.mark.parametrize("samples", [np.ones(2048, complex), np.array(["1"] * 2048)])
def test_samples_that_are_no_real_numbers_are_refused(samples):
    with pytest.raises(VibrationError, match="real numbers"):
        extract(samples, FS_HZ)


def test_integer_counts_are_measured_as_they_are():
    counts = np.round(1000 * noisy_record()).astype(np.int16)
    np.testing.assert_array_equal(
        extract(counts, FS_HZ, 60.0), extract(counts.astype(float), FS_HZ, 60.0)
    )
