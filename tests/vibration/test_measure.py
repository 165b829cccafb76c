"""What `measure` says about a recording."""

import json

import numpy as np
import pytest

from vibration.errors import VibrationError
from vibration.features import FEATURE_NAMES
from vibration.formats import Channel, Reading, read_recording
from vibration.formats.facts import stated
from vibration.measure import measure

FS_HZ = 8192.0
T_S = np.arange(8192) / FS_HZ
AMPLITUDE_MODULATED = (1 + 0.5 * np.cos(2 * np.pi * 30 * T_S)) * np.sin(2 * np.pi * 1000 * T_S)


def recording(*, fs_hz=None, rpm=None, unit=None):
    temperature = Channel("temperature", 70 + T_S, fs_hz=fs_hz, is_vibration=False)
    rates = () if fs_hz is None else (stated(fs_hz, "variable fs"),)
    bearing = Channel("bearing", AMPLITUDE_MODULATED, fs_hz=fs_hz, unit=unit, rpm=rpm, rates=rates)
    return Reading.of_channels("test", (temperature, bearing))


def test_the_report_has_exactly_its_six_parts():
    report = measure(recording(fs_hz=FS_HZ))
    assert list(report) == [
        "format",
        "channels",
        "channel",
        "features",
        "spectrum_peaks",
        "envelope_peaks",
    ]
    assert list(report["features"]) == list(FEATURE_NAMES)


def test_the_report_is_json_with_null_for_the_undefined():
    report = json.loads(json.dumps(measure(recording(fs_hz=FS_HZ)), allow_nan=False))
    assert report["features"]["harmonic_ratio_2x"] is None


@pytest.mark.parametrize(("size", "dtype"), [(1e20, np.float32), (1e110, np.float64)])
def test_large_samples_are_measured_with_null_for_what_no_number_holds(size, dtype):
    x = (size * AMPLITUDE_MODULATED).astype(dtype)
    report = measure(Reading.of_channels("test", [Channel("bearing", x)]), fs_hz=FS_HZ)
    assert (
        json.loads(json.dumps(report, allow_nan=False))["envelope_peaks"][0]["frequency_hz"] == 30
    )
    expected = np.sqrt(np.mean(x.astype(float) ** 2))
    assert report["features"]["rms"] == pytest.approx(expected, rel=1e-5)


def test_the_first_vibration_channel_is_measured_unless_another_is_named():
    assert measure(recording(fs_hz=FS_HZ))["channel"] == "bearing"
    assert measure(recording(fs_hz=FS_HZ), channel="temperature")["channel"] == "temperature"


def test_the_spectrum_peaks_at_the_carrier_and_the_envelope_at_its_modulation():
    report = measure(recording(fs_hz=FS_HZ))
    assert report["spectrum_peaks"][0] == {
        "frequency_hz": pytest.approx(1000),
        "amplitude": pytest.approx(1, rel=1e-3),
    }
    assert report["envelope_peaks"][0] == {
        "frequency_hz": pytest.approx(30),
        "amplitude": pytest.approx(0.5, rel=1e-3),
    }


def test_peaks_are_two_hertz_apart_from_one_hertz_up_and_the_highest_first():
    noise = np.random.default_rng(0).standard_normal(40_000)
    report = measure(Reading.of_channels("test", [Channel("noise", noise, fs_hz=FS_HZ)]))
    for key in ("spectrum_peaks", "envelope_peaks"):
        frequencies = sorted(peak["frequency_hz"] for peak in report[key])
        heights = [peak["amplitude"] for peak in report[key]]
        assert len(frequencies) == 20
        assert frequencies[0] >= 1
        assert min(np.diff(frequencies)) >= 2
        assert heights == sorted(heights, reverse=True)


def test_without_any_rate_it_is_refused_naming_the_option():
    with pytest.raises(VibrationError, match="--fs"):
        measure(recording())


@pytest.mark.parametrize("resample", [False, True])
def test_times_with_a_gap_are_refused_naming_where_to_cut(tmp_path, resample):
    times_s = T_S[:4000] + np.where(np.arange(4000) < 2000, 0.0, 10.0)
    rows = "".join(f"{t:.7f},{v:.5f}\n" for t, v in zip(times_s, AMPLITUDE_MODULATED, strict=False))
    (tmp_path / "a.csv").write_text("time (s),acc (g)\n" + rows)
    with pytest.raises(VibrationError, match=r"after sample 2000: cut the file there\.$"):
        measure(read_recording(tmp_path / "a.csv"), resample=resample)


def test_a_given_rate_serves_where_the_file_has_none():
    report = measure(recording(), fs_hz=FS_HZ)
    assert report["spectrum_peaks"][0]["frequency_hz"] == pytest.approx(1000)
    assert {channel["fs_hz"] for channel in report["channels"]} == {FS_HZ}


def test_a_given_rate_that_contradicts_the_file_is_refused_naming_both():
    with pytest.raises(VibrationError, match=r"8192 Hz \(variable fs\) .* --fs 12000"):
        measure(recording(fs_hz=FS_HZ), fs_hz=12000)


def test_a_given_rate_that_agrees_is_accepted():
    assert measure(recording(fs_hz=FS_HZ), fs_hz=8192)["channel"] == "bearing"


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_a_rate_or_speed_that_cannot_be_is_refused(value):
    with pytest.raises(VibrationError, match=r"rate .* positive"):
        measure(recording(), fs_hz=value)
    with pytest.raises(VibrationError, match=r"speed .* positive"):
        measure(recording(), fs_hz=FS_HZ, rpm=value)


def test_a_given_speed_takes_the_place_of_the_nominal_one():
    report = measure(recording(fs_hz=FS_HZ, rpm=1797), rpm=60_000)
    assert report["channels"][1]["rpm"] == 60_000
    assert report["features"]["harmonic_ratio_2x"] == pytest.approx(0, abs=1e-2)


def test_a_record_too_short_for_features_is_refused():
    short = Reading.of_channels("test", [Channel("x", np.ones(100), fs_hz=FS_HZ)])
    with pytest.raises(VibrationError, match="1024"):
        measure(short)
