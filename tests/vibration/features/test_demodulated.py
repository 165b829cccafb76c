"""The envelope group on signals whose envelope is known."""

import numpy as np
import pytest

from vibration.features import FEATURE_NAMES, extract

FS_HZ = 20_480.0
T_S = np.arange(40_960) / FS_HZ
CARRIER = np.sin(2 * np.pi * 3000 * T_S)


def measured(x):
    return dict(zip(FEATURE_NAMES, extract(x, FS_HZ).tolist(), strict=True))


def test_amplitude_modulation_is_read_from_the_envelope():
    features = measured(2 * (1 + 0.5 * np.cos(2 * np.pi * 37 * T_S)) * CARRIER)
    assert features["modulation_frequency"] == pytest.approx(37)
    assert features["envelope_peak"] == pytest.approx(3, rel=1e-3)
    assert features["envelope_rms"] == pytest.approx(1 / np.sqrt(2), rel=1e-3)
    assert features["envelope_kurtosis"] == pytest.approx(1.5, rel=1e-2)


def test_a_steady_tone_has_no_swing():
    features = measured(2 * CARRIER)
    assert features["envelope_rms"] == pytest.approx(0, abs=1e-6)
    assert features["envelope_peak"] == pytest.approx(2, rel=1e-6)


def test_the_envelope_of_noise_is_rayleigh():
    features = measured(np.random.default_rng(4).standard_normal(200_000))
    assert features["envelope_rms"] == pytest.approx(np.sqrt(2 - np.pi / 2), rel=0.01)
    assert features["envelope_kurtosis"] == pytest.approx(3.245, abs=0.05)


def test_a_swing_slower_than_1_hz_is_not_the_modulation():
    t_s = np.arange(8 * 20_480) / FS_HZ
    swing = 1 + 0.5 * np.cos(2 * np.pi * 0.5 * t_s) + 0.1 * np.cos(2 * np.pi * 20 * t_s)
    features = measured(swing * np.sin(2 * np.pi * 3000 * t_s))
    assert features["modulation_frequency"] == pytest.approx(20)


def test_repeated_impacts_give_their_rate():
    rings = np.exp(-((T_S * 81.25) % 1) * 12) * CARRIER
    noise = 0.05 * np.random.default_rng(4).standard_normal(T_S.size)
    assert measured(rings + noise)["modulation_frequency"] == pytest.approx(81.25, abs=0.5)
