"""Echoes and harmonic families gather in one peak of the cepstrum."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibration.errors import VibrationError
from vibration.spectra.cepstrum import real_cepstrum

FS_HZ = 1000.0


def noise(n=4000, seed=1):
    return np.random.default_rng(seed).standard_normal(n)


def test_an_echo_peaks_at_its_delay_with_half_its_strength():
    source = noise(1000) * np.exp(-np.arange(1000) / 100)
    x = np.zeros(4000)
    x[:1000] += source
    x[600:1600] += 0.4 * source
    quefrency_s, c = real_cepstrum(x, FS_HZ)
    top = 200 + np.argmax(c[200:])
    assert quefrency_s[top] == 0.6
    assert c[top] == pytest.approx(0.2, rel=0.1)  # ln|1 + a·e^(−iωτ)| has the line a/2 at τ


@pytest.mark.parametrize("spacing_hz", [20.0, 25.0, 40.0])
def test_a_family_of_harmonics_peaks_at_its_period(spacing_hz):
    t_s = np.arange(4000) / FS_HZ
    x = 0.001 * noise() + sum(
        np.cos(2 * np.pi * f * t_s + f) for f in np.arange(spacing_hz, 490, spacing_hz)
    )
    quefrency_s, c = real_cepstrum(x, FS_HZ)
    search = (quefrency_s > 0.5 / spacing_hz) & (quefrency_s < 1.5 / spacing_hz)
    assert quefrency_s[search][np.argmax(c[search])] == pytest.approx(1 / spacing_hz)


@settings(max_examples=30, deadline=None)
@given(n=st.integers(8, 2000), gain=st.floats(1e-3, 1e3))
def test_a_gain_moves_only_quefrency_0(n, gain):
    x = noise(n)
    (_, one), (_, other) = real_cepstrum(x, FS_HZ), real_cepstrum(gain * x, FS_HZ)
    moved = other - one  # the removed mean leaves rounding noise at 0 Hz, one bin in n
    assert moved[0] == pytest.approx(np.log(gain), abs=60 / n)
    assert np.abs(moved[1:]).max() < 60 / n


@pytest.mark.parametrize("n", [1000, 1001, 1009])
def test_quefrencies_reach_half_the_record(n):
    quefrency_s, c = real_cepstrum(noise(n), FS_HZ)
    assert quefrency_s.shape == c.shape == (n // 2 + 1,)
    assert quefrency_s[-1] == (n // 2) / FS_HZ


def test_the_spectrum_comes_back_from_it():
    x = noise(1000)
    _, c = real_cepstrum(x, FS_HZ)
    both_sides = np.concatenate([c, c[-2:0:-1]])
    magnitude = np.exp(np.fft.rfft(both_sides).real)
    np.testing.assert_allclose(magnitude[1:], np.abs(np.fft.rfft(x))[1:], rtol=1e-9)


def test_single_precision_stays_single():
    assert real_cepstrum(noise().astype(np.float32), FS_HZ)[1].dtype == np.float32


def test_a_constant_record_is_refused():
    with pytest.raises(VibrationError, match="constant"):
        real_cepstrum(np.full(100, 0.1), FS_HZ)
