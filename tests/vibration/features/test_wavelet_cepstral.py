"""Wavelet energies by octave and the cepstrum of echoes and harmonics."""

import numpy as np
import pytest

from vibration.features import FEATURE_NAMES, extract

FS_HZ = 20_480.0


def measured(x, fs_hz=FS_HZ):
    return dict(zip(FEATURE_NAMES, extract(x, fs_hz).tolist(), strict=True))


def tone(f_hz, n=20_480):
    return np.sin(2 * np.pi * f_hz * np.arange(n) / FS_HZ)


@pytest.mark.parametrize(
    ("name", "f_hz"),
    [
        ("wavelet_energy_d1", 7500),
        ("wavelet_energy_d3", 1800),
        ("wavelet_energy_d5", 450),
    ],
)
def test_a_tone_falls_into_the_detail_of_its_octave(name, f_hz):
    features = measured(tone(f_hz))
    assert features[name] > 0.8
    assert features["wavelet_detail_ratio"] > 0.95


def test_a_slow_tone_falls_into_the_approximation():
    assert measured(tone(20))["wavelet_detail_ratio"] < 0.01


def test_white_noise_has_half_its_energy_in_each_finer_octave():
    features = measured(np.random.default_rng(8).standard_normal(100_000))
    shares = [features[f"wavelet_energy_d{level}"] for level in (1, 3, 5)]
    assert shares == pytest.approx([1 / 2, 1 / 8, 1 / 32], rel=0.05)
    assert features["wavelet_detail_ratio"] == pytest.approx(31 / 32, rel=0.01)
    assert features["wavelet_kurtosis"] == pytest.approx(3, abs=0.1)


def test_an_echo_stands_out_in_the_cepstrum():
    x = np.random.default_rng(9).standard_normal(20_480)
    plain, echoed = measured(x), measured(x + 0.8 * np.roll(x, 700))
    assert echoed["cepstral_peak_ratio"] > 5 * plain["cepstral_peak_ratio"]


def test_the_quefrency_centroid_is_in_milliseconds():
    # a white cepstrum is even between 1 ms and T/2 = 500 ms
    features = measured(np.random.default_rng(10).standard_normal(20_480))
    assert features["quefrency_centroid"] == pytest.approx(250, rel=0.05)


def test_a_record_shorter_than_2_ms_has_no_quefrency_to_speak_of():
    features = measured(np.random.default_rng(11).standard_normal(1024), fs_hz=2e6)
    assert np.isnan(features["cepstral_peak_ratio"])
    assert np.isnan(features["quefrency_centroid"])
