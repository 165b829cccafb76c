"""Exact values of the time group."""

import numpy as np
import pytest

from vibration.features import FEATURE_NAMES, extract

FS_HZ = 20_480.0
SINE = 3 * np.sin(2 * np.pi * 64 * np.arange(20_480) / FS_HZ + 0.1)
SQUARE = np.tile(np.repeat([2.0, -2.0], 16), 100)


def measured(x):
    return dict(zip(FEATURE_NAMES, extract(x, FS_HZ).tolist(), strict=True))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rms", 3 / np.sqrt(2)),
        ("kurtosis", 1.5),
        ("crest_factor", np.sqrt(2)),
        ("shape_factor", np.pi / (2 * np.sqrt(2))),
        ("impulse_factor", np.pi / 2),
    ],
)
def test_a_sine_has_its_textbook_value(name, value):
    assert measured(SINE)[name] == pytest.approx(value, rel=1e-4)


def test_a_sine_is_symmetric():
    assert measured(SINE)["skewness"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    "name", ["kurtosis", "crest_factor", "shape_factor", "impulse_factor", "clearance_factor"]
)
def test_a_square_wave_has_all_factors_at_one(name):
    assert measured(SQUARE)[name] == pytest.approx(1)


def test_white_noise_is_gaussian():
    features = measured(np.random.default_rng(5).standard_normal(200_000))
    assert features["kurtosis"] == pytest.approx(3, abs=0.05)
    assert features["skewness"] == pytest.approx(0, abs=0.03)
    assert features["shape_factor"] == pytest.approx(np.sqrt(np.pi / 2), rel=0.01)


def test_the_peak_factors_multiply_up():
    features = measured(np.random.default_rng(6).standard_normal(5000))
    assert features["impulse_factor"] == pytest.approx(
        features["crest_factor"] * features["shape_factor"]
    )


def test_impacts_in_one_direction_skew_the_waveform():
    x = 0.1 * np.random.default_rng(7).standard_normal(8192)
    x[::256] += 5
    features = measured(x)
    assert features["skewness"] > 5
    assert features["kurtosis"] > 50
