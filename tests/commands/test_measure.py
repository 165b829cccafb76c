import json

import numpy as np
import pytest

from tests.commands.running import called, refusal
from vibration.features import FEATURE_NAMES


@pytest.fixture
def sine(tmp_path):
    path = tmp_path / "sine.npy"
    np.save(path, np.sin(2 * np.pi * 50 * np.arange(4096) / 4096).astype("f4"))
    return path


def test_its_json_holds_features_and_peaks(sine):
    measured = json.loads(called("measure", str(sine), "--fs", "4096", "--json"))
    assert tuple(measured["features"]) == FEATURE_NAMES
    assert measured["spectrum_peaks"][0]["frequency_hz"] == pytest.approx(50)


def test_an_undefined_feature_is_null(sine):
    measured = json.loads(called("measure", str(sine), "--fs", "4096", "--json"))
    assert measured["features"]["harmonic_ratio_2x"] is None


def test_the_speed_defines_the_orders(sine):
    line = ("measure", str(sine), "--fs", "4096", "--rpm", "1500", "--json")
    assert json.loads(called(*line))["features"]["harmonic_ratio_2x"] is not None


def test_its_table_leaves_an_unknown_unit_open(sine):
    printed = called("measure", str(sine), "--fs", "4096")
    assert "0.70711 ?" in printed
    assert "50.00 Hz" in printed


def test_a_file_without_a_rate_is_refused_naming_the_option(sine):
    error = refusal("measure", str(sine))
    assert "--fs" in str(error)
    assert error.returncode == 2


def test_an_unknown_channel_is_refused(sine):
    assert refusal("measure", str(sine), "--fs", "4096", "--channel", "Z").returncode == 2
