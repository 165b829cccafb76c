"""What holds for every method: positions, ratios, laws of scaling and shifting, refusals."""

import doctest
import importlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibration.errors import VibrationError
from vibration.timefrequency import cwt_map, stft_map, wigner_ville_map

FS_HZ = 8192.0
METHODS = [stft_map, cwt_map, wigner_ville_map]
every_method = pytest.mark.parametrize("method", METHODS)


def tone(f_hz, amplitude=1.0, n=8192):
    return amplitude * np.cos(2 * np.pi * f_hz * np.arange(n) / FS_HZ)


def noise(n, seed=1):
    return np.random.default_rng(seed).standard_normal(n)


def burst(first, n=8192, length=2000):
    """Noise with silence around it, its mean exactly 0."""
    x = np.zeros(n)
    half = np.round(noise(length // 2) * 1024) / 1024
    x[first : first + length] = np.concatenate([half, -half])
    return x


def rows_near(found, f_hz):
    return np.abs(found.f_hz - f_hz).argmin()


def cell_s(found):
    return found.time_s[1] - found.time_s[0]


@pytest.mark.parametrize("name", ["maps", "stft", "cwt", "wigner"])
def test_the_examples_run(name):
    result = doctest.testmod(importlib.import_module(f"vibration.timefrequency.{name}"))
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(
    ("method", "settings"),
    [
        (stft_map, {"window": 256}),
        (cwt_map, {"f_range_hz": (200, 4000), "omega0": 8}),
        (wigner_ville_map, {"window": 256}),
    ],
)
def test_the_ridge_of_a_chirp_is_its_instantaneous_frequency(method, settings):
    t_s = np.arange(8192) / FS_HZ
    found = method(np.sin(2 * np.pi * (500 * t_s + 1250 * t_s**2)), FS_HZ, **settings)
    inner = slice(found.time_s.size // 10, -(found.time_s.size // 10))
    ridge_hz = found.f_hz[found.level[:, inner].argmax(axis=0)]
    expected_hz = 500 + 2500 * found.time_s[inner]
    of_the_row = expected_hz / np.sqrt(200 * 4000) if method is cwt_map else 1.0
    assert np.all(np.abs(ridge_hz - expected_hz) <= found.df_hz * of_the_row)


@every_method
def test_two_tones_are_two_ridges_with_nothing_between(method):
    found = method(tone(512) + tone(2048, 2), FS_HZ)
    level = found.level[:, found.time_s.size // 2]
    low, high = rows_near(found, 512), rows_near(found, 2048)
    middle = rows_near(found, 1280)
    assert level[middle:].argmax() + middle == high
    assert level[:middle].argmax() == low
    assert level[high] / level[low] == pytest.approx(4, rel=0.02)
    assert level[middle] < 2e-3 * level[low]


@every_method
@pytest.mark.parametrize("sample", [3000, 4321, 5555])
def test_a_click_stands_at_its_time(method, sample):
    x = np.zeros(8192)
    x[sample] = 1
    found = method(x, FS_HZ)
    at = found.time_s[found.level[-20:].sum(axis=0).argmax()]
    assert abs(at - sample / FS_HZ) <= cell_s(found) / 2 + 1 / FS_HZ


@every_method
def test_a_later_signal_is_the_same_map_later(method):
    found = method(burst(3000), FS_HZ, n_time=200)
    cell = round(cell_s(found) * FS_HZ)
    later = method(burst(3000 + 3 * cell), FS_HZ, n_time=200)
    np.testing.assert_allclose(
        later.level[:, 3:], found.level[:, :-3], rtol=1e-3, atol=1e-4 * found.level.max()
    )


@every_method
def test_twice_the_signal_is_four_times_the_level(method):
    x = noise(4000).astype(np.float32)
    x -= x.mean()
    once, twice = method(x, FS_HZ), method(2 * x, FS_HZ)
    np.testing.assert_allclose(twice.level, 4 * once.level, rtol=1e-4, atol=1e-6)


@every_method
def test_an_offset_changes_nothing(method):
    x = noise(4000)
    expected = method(x, FS_HZ).level
    np.testing.assert_allclose(
        method(x + 1000, FS_HZ).level, expected, rtol=1e-3, atol=1e-6 * expected.max()
    )


@every_method
@pytest.mark.parametrize("value", [0.0, 0.1])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_silence_has_no_level(method, value, dtype):
    assert not method(np.full(3000, value, dtype), FS_HZ).level.any()


@every_method
def test_pooling_keeps_a_click(method):
    x = np.zeros(8192)
    x[4321] = 1
    coarse = {"n_time": 10} if method is cwt_map else {"n_time": 10, "n_freq": 7}
    assert method(x, FS_HZ, **coarse).level.max() > 0.7 * method(x, FS_HZ).level.max()


@every_method
@pytest.mark.parametrize("n", [16, 17, 31, 97, 500, 1009, 1840])
def test_a_short_record_has_a_map_too(method, n):
    found = method(noise(n), FS_HZ)
    assert found.level.shape == (found.f_hz.size, found.time_s.size)
    assert found.level.max() > 0
    assert 0 <= found.time_s[0] <= found.time_s[-1] <= n / FS_HZ


@settings(max_examples=40, deadline=None)
@given(
    method=st.sampled_from(METHODS),
    n=st.integers(16, 3000),
    n_time=st.integers(1, 300),
    n_freq=st.integers(1, 100),
)
def test_a_map_is_finite_in_order_and_no_larger_than_asked(method, n, n_time, n_freq):
    rows = {"n_scales": max(8, n_freq)} if method is cwt_map else {"n_freq": n_freq}
    found = method(noise(n), FS_HZ, n_time=n_time, **rows)
    assert found.level.dtype == np.float32
    assert found.level.shape == (found.f_hz.size, found.time_s.size)
    assert found.time_s.size <= n_time
    assert found.f_hz.size <= next(iter(rows.values()))
    assert np.all(np.isfinite(found.level))
    assert np.all(found.level >= 0)
    assert np.all(np.diff(found.f_hz) > 0)
    np.testing.assert_allclose(np.diff(found.time_s, 2), 0, atol=1e-9)


@pytest.mark.parametrize("method", [stft_map, wigner_ville_map])
def test_a_part_of_the_range_is_that_part_of_the_map(method):
    x = noise(4000)
    whole, part = method(x, FS_HZ, window=256), method(x, FS_HZ, window=256, f_range_hz=(500, 900))
    inside = np.isin(whole.f_hz, part.f_hz)
    assert part.f_hz[0] <= 500
    assert part.f_hz[-1] >= 900
    np.testing.assert_array_equal(part.level, whole.level[inside])


@pytest.mark.parametrize("method", [stft_map, wigner_ville_map])
def test_a_range_between_two_lines_has_both(method):
    assert method(noise(4000), FS_HZ, f_range_hz=(1001, 1002)).f_hz.size == 2


@every_method
def test_a_range_beyond_the_signals_is_cut(method):
    found = method(noise(4000), FS_HZ, f_range_hz=(-100, 1e6))
    assert 0 <= found.f_hz[0] < found.f_hz[-1] <= FS_HZ / 2 + found.df_hz


@every_method
@pytest.mark.parametrize(
    ("x", "arguments", "words"),
    [
        (noise(15), {}, "at least 16"),
        (noise(100), {"fs_hz": 0.0}, "sampling rate"),
        (noise(100), {"fs_hz": -1.0}, "sampling rate"),
        (noise(100), {"fs_hz": np.nan}, "sampling rate"),
        (np.append(noise(99), np.nan), {}, "1 of 100 samples"),
        (noise(100).reshape(50, 2), {}, "one channel"),
        (1e20 * noise(100), {}, "check the unit"),
        (noise(100), {"f_range_hz": (500.0, 500.0)}, "holds no frequency"),
        (noise(100), {"f_range_hz": (900.0, 500.0)}, "holds no frequency"),
        (noise(100), {"f_range_hz": (5000.0, 6000.0)}, "0 and 4096 Hz"),
        (noise(100), {"f_range_hz": (-9.0, 0.0)}, "holds no frequency"),
        (noise(100), {"f_range_hz": (np.nan, 500.0)}, "holds no frequency"),
        (noise(100), {"f_range_hz": (0.0, np.nan)}, "holds no frequency"),
        (noise(100), {"n_time": 0}, "n_time is 0"),
    ],
)
def test_what_cannot_be_mapped_is_refused(method, x, arguments, words):
    with pytest.raises(VibrationError, match=words):
        method(x, **{"fs_hz": FS_HZ, **arguments})
