"""Amplitude scaling of the wavelets, the shortened transforms against whole ones, the borders."""

import math

import numpy as np
import pytest

from vibration.errors import VibrationError
from vibration.timefrequency import cwt_map

FS_HZ = 8192.0


def tone(f_hz, amplitude=1.0, n=8192):
    return amplitude * np.cos(2 * np.pi * f_hz * np.arange(n) / FS_HZ)


def noise(n, seed=1):
    return np.random.default_rng(seed).standard_normal(n)


def whole_transform(x, f_hz, omega0=6.0):
    """Power at every sample, in double precision and at full length."""
    n = 4 * x.size
    omega = 2 * np.pi * np.fft.fftfreq(n, 1 / FS_HZ)
    scale_s = omega0 / (2 * np.pi * f_hz[:, None])
    wavelets = 2 * np.exp(-((scale_s * omega - omega0) ** 2) / 2) * (omega > 0)
    return np.abs(np.fft.ifft(np.fft.fft(x - x.mean(), n) * wavelets)[:, : x.size]) ** 2


def middle(found):
    return found.level[:, found.time_s.size // 2]


@pytest.mark.parametrize("f_hz", [40.0, 333.3, 1000.0, 2500.0])
@pytest.mark.parametrize("amplitude", [0.01, 3.0])
@pytest.mark.parametrize("omega0", [5.0, 6.0, 12.0])
def test_a_sine_has_the_level_of_its_squared_amplitude(f_hz, amplitude, omega0):
    found = cwt_map(
        tone(f_hz, amplitude), FS_HZ, n_scales=33, omega0=omega0, f_range_hz=(f_hz / 2, f_hz)
    )
    assert middle(found)[-1] == pytest.approx(amplitude**2, rel=2e-3)


def test_a_row_of_one_sample_a_cell_is_the_whole_transform():
    x = noise(800)
    found = cwt_map(x, FS_HZ, f_range_hz=(100, 300))
    expected = whole_transform(x, found.f_hz)
    assert found.time_s.size == 800
    np.testing.assert_allclose(found.level, expected, rtol=1e-2, atol=1e-4 * expected.max())


def test_a_peak_of_the_whole_transform_is_kept_by_a_cell_that_has_it():
    x = noise(3000)
    found = cwt_map(x, FS_HZ, n_scales=40, n_time=50)
    centres = np.round(found.time_s * FS_HZ).astype(int)[1:-1]
    size = centres[1] - centres[0]
    cells = centres[:, None] + np.arange(-(size // 2), size // 2 + 1)
    expected = whole_transform(x, found.f_hz)[:, cells].max(axis=2)
    around = np.lib.stride_tricks.sliding_window_view(found.level, 3, axis=1).max(axis=2)
    peaks = (expected[:, 1:-1] >= expected[:, :-2]) & (expected[:, 1:-1] >= expected[:, 2:])
    assert np.all((around >= 0.97 * expected)[:, 1:-1][peaks])
    assert np.all(found.level[:, 1:-1] <= 1.03 * expected + 1e-5 * expected.max())


def test_rows_are_geometric_from_end_to_end():
    found = cwt_map(noise(8192), FS_HZ, n_scales=64, f_range_hz=(20, 2000))
    assert (found.f_hz[0], found.f_hz[-1]) == pytest.approx((20, 2000))
    np.testing.assert_allclose(found.f_hz[1:] / found.f_hz[:-1], 100 ** (1 / 63))


def test_the_default_range_is_ten_octaves_where_the_record_is_long_enough():
    found = cwt_map(np.zeros(40_000), FS_HZ, n_scales=8)
    assert (found.f_hz[0], found.f_hz[-1]) == pytest.approx((4, 4096))


def test_the_range_ends_where_the_borders_meet():
    found = cwt_map(noise(1000), FS_HZ, f_range_hz=(0, 4000))
    assert 2 * found.border_s[0] == pytest.approx(1000 / FS_HZ)


def test_a_tone_is_weakened_to_a_quarter_at_the_very_end_and_whole_beyond_its_border():
    found = cwt_map(tone(100), FS_HZ, f_range_hz=(99.9, 100), n_scales=8, n_time=8192)
    inside = (found.time_s > 2 * found.border_s[-1]) & (found.time_s < 1 - 2 * found.border_s[-1])
    assert found.level[-1, 0] == pytest.approx(0.25, rel=0.05)
    np.testing.assert_allclose(found.level[-1, inside], 1, rtol=0.02)


def test_the_ends_of_a_record_do_not_reach_each_other():
    x = np.zeros(4096)
    x[:400] = tone(200, n=400)
    found = cwt_map(x, FS_HZ, f_range_hz=(100, 400))
    assert found.level[:, -100:].max() < 1e-5 * found.level.max()


def test_df_and_dt_are_the_widths_at_half_power():
    f_range_hz = (500, 2000)
    steady = cwt_map(tone(1000), FS_HZ, f_range_hz=f_range_hz, n_scales=501)
    near = steady.f_hz[middle(steady) > 0.5]
    assert near[-1] - near[0] == pytest.approx(steady.df_hz, rel=0.1)
    click = cwt_map(np.eye(1, 4096, 2048)[0], FS_HZ, f_range_hz=f_range_hz, n_scales=9, n_time=4096)
    width_s = np.sum(click.level[4] > click.level[4].max() / 2) / FS_HZ
    assert width_s == pytest.approx(click.dt_s, abs=2 / FS_HZ)


def test_the_method_says_what_was_used():
    found = cwt_map(noise(1000), FS_HZ, n_scales=20)
    assert (found.method, found.quantity) == ("CWT, Morlet ω₀ 6, 20 scales", "power")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n_scales": 7}, "choose 8 to 512"),
        ({"n_scales": 513}, "choose 8 to 512"),
        ({"omega0": 3.9}, "choose 4 to 20"),
        ({"omega0": math.nan}, "choose 4 to 20"),
        ({"f_range_hz": (1, 10)}, "too few for wavelets below 22.13 Hz"),
    ],
)
def test_settings_that_are_not_offered_are_refused(arguments, words):
    with pytest.raises(VibrationError, match=words):
        cwt_map(noise(1000), FS_HZ, **arguments)


def test_too_long_a_record_is_sent_to_zoom_in():
    with pytest.raises(VibrationError, match="zoom in"):
        cwt_map(np.zeros((1 << 20) + 1, np.float32), FS_HZ)
