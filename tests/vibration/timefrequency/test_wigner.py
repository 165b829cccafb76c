"""Smoothed pseudo-Wigner–Ville: the definition, its scaling, its cross-terms."""

import numpy as np
import pytest
import scipy.signal

from vibration.errors import VibrationError
from vibration.timefrequency import wigner_ville_map

FS_HZ = 8192.0


def tone(f_hz, amplitude=1.0, n=8192):
    return amplitude * np.cos(2 * np.pi * f_hz * np.arange(n) / FS_HZ)


def noise(n, seed=1):
    return np.random.default_rng(seed).standard_normal(n)


def window_of(n):
    return scipy.signal.get_window("blackmanharris", n)


def by_definition(x, centre, window, g):
    """Density at one time: the double sum over lags and smoothing, term by term."""
    half = window // 2
    z = np.pad(scipy.signal.hilbert(x - x.mean()), window)
    lags = np.arange(-half + 1, half)
    h = window_of(window)[1:]
    f = np.arange(window - 3) / (2 * window)
    density = np.zeros(f.size)
    for u, weight in enumerate(g, start=centre - g.size // 2 + window):
        products = h * z[u + lags] * z[u - lags].conj()
        density += weight * (np.exp(-4j * np.pi * np.outer(f, lags)) @ products).real
    return density / FS_HZ


@pytest.mark.parametrize("smooth_s", [None, 64 / FS_HZ, 8 / FS_HZ])
def test_a_map_is_its_definition_clipped_at_zero(smooth_s):
    x, window = noise(512), 64
    found = wigner_ville_map(x, FS_HZ, window=window, smooth_s=smooth_s)
    length = 32 if smooth_s is None else round(smooth_s * FS_HZ)
    g = window_of(length)
    for column in (0, found.time_s.size // 2, -1):
        centre = round(found.time_s[column] * FS_HZ)
        expected = by_definition(x, centre, window, g / g.sum()).clip(min=0)
        np.testing.assert_allclose(
            found.level[:, column], expected, rtol=1e-3, atol=1e-5 * expected.max()
        )


@pytest.mark.parametrize("column", [8191, 8192, 8193])
def test_blocks_have_no_seam(column):
    x = noise(20_000)
    found = wigner_ville_map(x, FS_HZ, window=64, n_time=10_000)
    g = window_of(32)
    expected = by_definition(x, 2 * column + 16, 64, g / g.sum()).clip(min=0)
    assert found.time_s[column] == pytest.approx((2 * column + 16) / FS_HZ)
    np.testing.assert_allclose(
        found.level[:, column], expected, rtol=1e-3, atol=1e-5 * expected.max()
    )


@pytest.mark.parametrize("amplitude", [0.5, 3.0])
def test_the_mean_square_of_a_tone_is_the_integral_over_frequency(amplitude):
    found = wigner_ville_map(tone(1024, amplitude), FS_HZ, window=256)
    inner = found.level[:, 20:-20]
    np.testing.assert_allclose(inner.sum(axis=0) * found.f_hz[1], amplitude**2 / 2, rtol=1e-3)


def test_a_cross_term_shows_without_smoothing_and_goes_with_it():
    x = tone(512) + tone(1536)
    middle_hz = 1024

    def between(smooth_s):
        found = wigner_ville_map(x, FS_HZ, window=256, smooth_s=smooth_s)
        inner = found.level[:, found.time_s.size // 4 : -(found.time_s.size // 4)]
        row = np.abs(found.f_hz - middle_hz).argmin()
        return inner[row].max() / inner.max()

    assert between(8 / FS_HZ) > 0.5
    assert between(None) < 1e-3


def width(positions, values):
    """Width at half height, between samples by interpolation."""
    top = values.argmax()
    half = values.max() / 2
    left = np.interp(half, values[: top + 1], positions[: top + 1])
    return np.interp(-half, -values[top:], positions[top:]) - left


def test_df_and_dt_are_the_widths_at_half_power():
    steady = wigner_ville_map(tone(1024), FS_HZ, window=256)
    near = np.abs(steady.f_hz - 1024) < 64
    middle = steady.level[near, steady.time_s.size // 2]
    assert width(steady.f_hz[near], middle) == pytest.approx(steady.df_hz, rel=0.04)
    click = wigner_ville_map(np.eye(1, 4096, 2048)[0], FS_HZ, smooth_s=0.03125, n_time=4096)
    near = np.abs(click.time_s - 2048 / FS_HZ) < 0.014
    total = click.level[20:-20, near].sum(axis=0)
    assert width(click.time_s[near], total) == pytest.approx(click.dt_s, rel=0.02)


def test_what_lies_near_0_hz_does_not_show_near_nyquist():
    found = wigner_ville_map(tone(8), FS_HZ, window=256)
    assert found.level[-20:, 20:-20].max() < 1e-4 * found.level.max()


def test_the_method_says_what_was_used():
    found = wigner_ville_map(noise(8192), FS_HZ, window=1024, smooth_s=0.0125)
    assert found.method == "Wigner–Ville, lag 1\u202f024, smoothed over 12.7 ms"
    assert found.quantity == "density"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"window": 63}, "choose 64 to 8"),
        ({"window": 8193}, "choose 64 to 8"),
        ({"smooth_s": 0.0}, "smoothing time"),
        ({"smooth_s": np.inf}, "smoothing time"),
        ({"n_freq": 0}, "n_freq is 0"),
    ],
)
def test_settings_that_are_not_offered_are_refused(arguments, words):
    with pytest.raises(VibrationError, match=words):
        wigner_ville_map(noise(1000), FS_HZ, **arguments)


def test_too_long_a_record_is_sent_to_zoom_in():
    with pytest.raises(VibrationError, match="at most 65\u202f536 samples"):
        wigner_ville_map(np.zeros(65_537, np.float32), FS_HZ, window=8192)
