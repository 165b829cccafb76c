"""The analytic signal for any length, and the spectrum of known modulations."""

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from vibration.errors import VibrationError
from vibration.spectra.envelope import (
    band_envelope,
    band_envelope_spectrum,
    envelope,
    envelope_spectrum,
)

FS_HZ = 8000.0
T_S = np.arange(8000) / FS_HZ


def modulated(depth=0.5, rate_hz=30.0, amplitude=1.0):
    swing = 1 + depth * np.cos(2 * np.pi * rate_hz * T_S)
    return amplitude * swing * np.sin(2 * np.pi * 1000 * T_S)


@settings(max_examples=40, deadline=None)
@given(n=st.integers(8, 3000), seed=st.integers(0, 1000))
def test_the_envelope_agrees_with_scipy_for_any_length(n, seed):
    x = np.random.default_rng(seed).standard_normal(n)
    np.testing.assert_allclose(envelope(x), np.abs(scipy.signal.hilbert(x - x.mean())), atol=1e-10)


@pytest.mark.parametrize("n", [65_537, 100_003, 2 * 50_021])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-5), (np.float64, 1e-12)])
def test_a_large_prime_length_costs_no_accuracy(n, dtype, tolerance):
    x = np.random.default_rng(1).standard_normal(n).astype(dtype)
    expected = np.abs(scipy.signal.hilbert(x.astype(float) - x.mean(dtype=float)))
    np.testing.assert_allclose(envelope(x), expected, atol=tolerance)


def test_the_envelope_never_lies_under_the_vibration():
    x = np.random.default_rng(2).standard_normal(5000)
    assert np.all(envelope(x) >= np.abs(x - x.mean()) - 1e-12)


@pytest.mark.parametrize("factor", [-3.0, 1e-4, 250.0])
def test_the_envelope_scales_with_the_magnitude(factor):
    x = modulated()
    np.testing.assert_allclose(envelope(factor * x), abs(factor) * envelope(x), rtol=1e-9)


@pytest.mark.parametrize("band_hz", [None, (500.0, 1500.0)])
@pytest.mark.parametrize("exponent", [-100, 100])  # about 1e-30 and 1e30: no square is a float32
def test_no_unit_is_too_large_or_small_for_the_envelope(exponent, band_hz):
    x = modulated().astype(np.float32)
    expected = np.ldexp(band_envelope(x.astype(float), FS_HZ, band_hz), exponent)
    e = band_envelope(np.ldexp(x, exponent), FS_HZ, band_hz)
    np.testing.assert_allclose(e, expected, atol=2e-6 * expected.max())


def test_an_offset_does_not_reach_the_envelope():
    np.testing.assert_allclose(envelope(modulated() + 7), envelope(modulated()), atol=1e-9)


def test_the_envelope_of_a_modulated_tone_is_its_modulation():
    np.testing.assert_allclose(
        envelope(modulated()), 1 + 0.5 * np.cos(2 * np.pi * 30 * T_S), atol=1e-9
    )


def test_the_envelope_spectrum_reads_rate_and_depth():
    f_hz, a = envelope_spectrum(modulated(depth=0.4, rate_hz=25, amplitude=2), FS_HZ)
    assert f_hz[np.argmax(a)] == 25
    assert a.max() == pytest.approx(0.8)


def test_the_mean_of_the_envelope_leaves_no_line_at_zero():
    _, a = envelope_spectrum(modulated(), FS_HZ)
    assert a[0] == pytest.approx(0, abs=1e-12)


def test_the_whole_record_gives_the_resolution():
    f_hz, _ = envelope_spectrum(modulated(), FS_HZ)
    assert f_hz[1] == FS_HZ / T_S.size


def test_single_precision_stays_single():
    x = modulated().astype(np.float32)
    assert envelope(x).dtype == np.float32
    assert envelope_spectrum(x, FS_HZ)[1].dtype == np.float32


def test_the_record_is_left_as_it_was():
    x = modulated()
    envelope(x)
    np.testing.assert_array_equal(x, modulated())


def test_samples_that_are_not_finite_are_refused():
    with pytest.raises(VibrationError, match="2 of 100 samples"):
        envelope([np.nan, np.inf, *range(98)])


def in_band(low_hz, high_hz, n=8001):
    """Noise whose spectrum fills a band and nothing else."""
    spectrum = np.fft.rfft(np.random.default_rng(4).standard_normal(n))
    f_hz = np.fft.rfftfreq(n, 1 / FS_HZ)
    spectrum[(f_hz < low_hz) | (f_hz > high_hz)] = 0
    return np.fft.irfft(spectrum, n)


@pytest.mark.parametrize("n", [1000, 1001, 1009])
@pytest.mark.parametrize("band_hz", [None, (0.0, FS_HZ / 2)])
def test_the_band_of_the_whole_spectrum_is_the_whole_record(n, band_hz):
    x = np.random.default_rng(3).standard_normal(n)
    np.testing.assert_allclose(band_envelope(x, FS_HZ, band_hz), envelope(x), atol=1e-12)


def test_inside_the_band_nothing_is_changed():
    x = in_band(1100, 1900)
    np.testing.assert_allclose(band_envelope(x, FS_HZ, (1000, 2000)), envelope(x), atol=1e-12)


def test_outside_the_band_nothing_is_left():
    x = in_band(1100, 1900)
    assert band_envelope(x, FS_HZ, (2000, 3000)).max() < 1e-12


def test_a_tone_on_an_edge_keeps_half():
    tone = np.sin(2 * np.pi * 1000 * T_S)
    np.testing.assert_allclose(band_envelope(tone, FS_HZ, (1000, 2000)), 0.5, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(f_hz=st.floats(5, 3995), edge_hz=st.floats(400, 3600))
def test_neighbouring_bands_share_a_tone_between_them(f_hz, edge_hz):
    tone = np.sin(2 * np.pi * round(f_hz) * T_S)
    width_hz = min(edge_hz, FS_HZ / 2 - edge_hz)
    bands = [(edge_hz - width_hz, edge_hz), (edge_hz, edge_hz + width_hz)]
    total = sum(band_envelope(tone, FS_HZ, band)[0] for band in bands)
    whole = band_envelope(tone, FS_HZ, (edge_hz - width_hz, edge_hz + width_hz))[0]
    near_an_outer_edge = min(abs(round(f_hz) - e) for e in (bands[0][0], bands[1][1]))
    if near_an_outer_edge > 0.1 * width_hz:
        assert total == pytest.approx(whole, abs=1e-9)


def test_the_band_uncovers_a_modulation_that_a_strong_tone_hides():
    x = modulated(depth=0.5, rate_hz=30, amplitude=0.1) + 5 * np.sin(2 * np.pi * 3000 * T_S)
    f_hz, a = band_envelope_spectrum(x, FS_HZ, (800, 1200))
    assert f_hz[np.argmax(a)] == 30
    assert a.max() == pytest.approx(0.05)


@pytest.mark.parametrize("n", [65_537, 100_003])
def test_a_band_of_a_large_prime_length_costs_no_accuracy(n):
    x = np.random.default_rng(1).standard_normal(n)
    got = band_envelope(x.astype(np.float32), FS_HZ, (1000, 2000))
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, band_envelope(x, FS_HZ, (1000, 2000)), atol=1e-5)


@pytest.mark.parametrize(
    ("band_hz", "words"),
    [
        ((-1, 100), "does not lie within 0-4000 Hz"),
        ((200, 100), "does not lie within"),
        ((3000, 4001), "does not lie within"),
        ((float("nan"), 100), "does not lie within"),
        ((100, 101), "make it 2 Hz wide"),
    ],
)
def test_a_band_that_the_record_cannot_hold_is_refused(band_hz, words):
    with pytest.raises(VibrationError, match=words):
        band_envelope(modulated(), FS_HZ, band_hz)
