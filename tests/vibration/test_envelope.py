"""The analytic signal for any length, and the spectrum of known modulations."""

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from vibration.envelope import envelope, envelope_spectrum
from vibration.errors import VibrationError

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
