"""The tree of bands, and the impacts, noises and tones it must tell apart."""

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from vibration.errors import VibrationError
from vibration.spectra.kurtogram import fast_kurtogram

FS_HZ = 10_000.0


def noise(n=20_000, seed=1):
    return np.random.default_rng(seed).standard_normal(n)


def ringing(resonance_hz, n=20_000):
    """Impacts every 20 ms that make a resonance ring."""
    since_s = (np.arange(n) / FS_HZ) % 0.02
    return np.exp(-800 * since_s) * np.sin(2 * np.pi * resonance_hz * since_s)


@pytest.mark.parametrize("resonance_hz", [1000, 1700, 2300, 3100, 4200])
def test_the_best_band_holds_the_resonance_that_impacts_make_ring(resonance_hz):
    best = fast_kurtogram(ringing(resonance_hz) + 0.3 * noise(), FS_HZ).best
    assert best.low_hz < resonance_hz < best.high_hz
    assert best.kurtosis > 1


@pytest.mark.parametrize("seed", range(4))
def test_stationary_noise_is_impulsive_nowhere(seed):
    kurtogram = fast_kurtogram(noise(seed=seed), FS_HZ)
    assert max(np.abs(values).max() for values in kurtogram.kurtosis) < 0.5


@pytest.mark.parametrize("f_hz", [700.0, 1900.0, 3300.0])
def test_a_steady_tone_is_the_opposite_of_impulsive(f_hz):
    tone = np.sin(2 * np.pi * f_hz * np.arange(20_000) / FS_HZ)
    image = fast_kurtogram(tone + 1e-3 * noise(), FS_HZ, max_level=4).as_image(1000)
    assert image[:, round(f_hz / 5)] == pytest.approx(-1, abs=0.01)


def test_a_record_that_ends_where_it_does_not_begin_holds_no_impact():
    drifting = np.linspace(0, 50, 20_000) + 0.1 * noise()
    kurtogram = fast_kurtogram(drifting, FS_HZ)
    assert max(values[1:].max() for values in kurtogram.kurtosis[1:]) < 0.5


def test_level_0_is_the_kurtosis_of_the_analytic_signal():
    x = ringing(2300) + 0.3 * noise()
    power = np.abs(scipy.signal.hilbert(x - x.mean())) ** 2
    expected = np.mean(power**2) / np.mean(power) ** 2 - 2
    assert fast_kurtogram(x, FS_HZ).kurtosis[0] == pytest.approx([expected])


@settings(max_examples=20, deadline=None)
@given(exponent=st.floats(-30, 30), offset=st.floats(-3, 3))
def test_neither_gain_nor_offset_changes_it(exponent, offset):
    x = ringing(2300, 4000) + 0.3 * noise(4000)
    one, other = (fast_kurtogram(y, FS_HZ) for y in (x, 10.0**exponent * (x + offset)))
    for a, b in zip(one.kurtosis, other.kurtosis, strict=True):
        np.testing.assert_allclose(b, a, atol=1e-3)


def test_levels_halve_and_third_the_bands():
    kurtogram = fast_kurtogram(noise(), FS_HZ, max_level=4)
    assert kurtogram.levels == (0, 1, 1.6, 2, 2.6, 3, 3.6, 4)
    assert [values.size for values in kurtogram.kurtosis] == [1, 2, 3, 4, 6, 8, 12, 16]


def test_the_bands_of_a_level_cover_the_spectrum_without_a_gap():
    for edges_hz in fast_kurtogram(noise(), FS_HZ).edges_hz:
        np.testing.assert_allclose(np.diff(edges_hz), FS_HZ / 2 / (edges_hz.size - 1))
        assert (edges_hz[0], edges_hz[-1]) == (0, FS_HZ / 2)


def test_the_best_band_is_the_largest_value_of_all():
    kurtogram = fast_kurtogram(ringing(2300) + 0.3 * noise(), FS_HZ)
    best, row = kurtogram.best, kurtogram.levels.index(kurtogram.best.level)
    column = kurtogram.edges_hz[row].tolist().index(best.low_hz)
    assert kurtogram.edges_hz[row][column + 1] == best.high_hz
    assert best.kurtosis == kurtogram.kurtosis[row][column]
    assert best.kurtosis == max(values.max() for values in kurtogram.kurtosis)


def test_the_image_repeats_each_band_over_its_width():
    kurtogram = fast_kurtogram(noise(), FS_HZ, max_level=3)
    image = kurtogram.as_image(24)
    assert image.dtype == np.float32
    for row, values in zip(image, kurtogram.kurtosis, strict=True):
        np.testing.assert_array_equal(row, np.repeat(values, 24 // values.size).astype(np.float32))


def test_a_silent_band_is_not_a_number_and_never_the_best():
    tone = np.sin(2 * np.pi * 100 * np.arange(20_000) / FS_HZ)
    kurtogram = fast_kurtogram(tone, FS_HZ, max_level=5)
    assert np.isnan(kurtogram.kurtosis[-1][16:24]).all()
    assert np.isfinite(kurtogram.best.kurtosis)


def test_single_precision_agrees_with_double():
    x = ringing(2300) + 0.3 * noise()
    pairs = zip(
        fast_kurtogram(x, FS_HZ).kurtosis,
        fast_kurtogram(x.astype(np.float32), FS_HZ).kurtosis,
        strict=True,
    )
    for double, single in pairs:
        np.testing.assert_allclose(single, double, atol=1e-3)


@pytest.mark.parametrize(
    ("x", "max_level", "words"),
    [
        (np.ones(2000), None, "constant"),
        (noise(1000), None, "at least 1024"),
        (noise(2048), 6, "levels 0 to 5"),
        (noise(2048), -1, "levels 0 to 5"),
        (noise(2048), 2.5, "whole number"),
    ],
)
def test_what_has_no_kurtogram_is_refused(x, max_level, words):
    with pytest.raises(VibrationError, match=words):
        fast_kurtogram(x, FS_HZ, max_level=max_level)
