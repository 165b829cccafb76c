import json

import numpy as np
import pytest

from tests.commands.running import NOBODY, called, refusal, run
from vibration.simulation import INDEX_COLUMNS, simulate, single_class_recipe


@pytest.fixture
def out(tmp_path):
    return tmp_path / "record.npy"


def test_it_writes_the_record_of_the_recipe_bit_for_bit(out):
    called("simulate", "--class", "wear", "--severity", "mild", "--index", "3", "--out", str(out))
    expected = simulate(single_class_recipe("wear", "mild"), 3).samples
    assert np.load(out).tobytes() == expected.tobytes()


def test_its_json_has_the_keys_of_the_index_columns(out):
    printed = called("simulate", "--class", "imbalance", "--json", "--out", str(out))
    assert tuple(json.loads(printed)) == INDEX_COLUMNS


def test_a_healthy_record_has_no_severity(out):
    printed = called("simulate", "--class", "healthy", "--json", "--out", str(out))
    assert json.loads(printed)["severity"] is None


def test_its_table_shows_what_was_drawn(out):
    printed = called("simulate", "--class", "healthy", "--out", str(out))
    assert "rpm" in printed
    assert "severity         –" in printed


def test_rate_duration_and_speed_can_be_set(out):
    called(
        *("simulate", "--class", "imbalance", "--fs", "2000", "--duration", "0.5"),
        *("--speed", "1200", "--out", str(out)),
    )
    assert np.load(out).shape == (1000,)


def test_no_noise_means_another_record(out, tmp_path):
    quiet = tmp_path / "quiet.npy"
    called("simulate", "--class", "wear", "--out", str(out))
    called("simulate", "--class", "wear", "--noise", "none", "--out", str(quiet))
    assert not np.array_equal(np.load(out), np.load(quiet))


def test_a_name_that_is_no_npy_is_refused(tmp_path):
    assert refusal("simulate", "--class", "wear", "--out", str(tmp_path / "a.wav")).returncode == 2


def test_a_missing_folder_is_refused(tmp_path):
    error = refusal("simulate", "--class", "wear", "--out", str(tmp_path / "no" / "a.npy"))
    assert "does not exist" in str(error)


def test_simulating_and_measuring_need_no_database(out):
    made = run("simulate", "--class", "imbalance", "--json", "--out", out, **NOBODY)
    measured = run("measure", out, "--fs", "20480", "--json", **NOBODY)
    assert (made.returncode, measured.returncode) == (0, 0)
    turns_hz = json.loads(made.stdout)["rpm"] / 60
    highest = json.loads(measured.stdout)["spectrum_peaks"][0]
    assert highest["frequency_hz"] == pytest.approx(turns_hz, rel=0.01)
