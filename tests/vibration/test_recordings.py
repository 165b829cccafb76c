"""Published recordings: what their makers documented must be what we read and measure."""

import csv
import os
from pathlib import Path

import pytest

from vibration.errors import VibrationError
from vibration.formats import SUFFIXES, read_recording
from vibration.machines.bearings import BearingGeometry, Line, bearing_lines
from vibration.machines.lines import find_lines
from vibration.machines.slip import judge_lines
from vibration.measure import measure
from vibration.spectra.envelope import band_envelope_spectrum, envelope_spectrum
from vibration.spectra.kurtogram import fast_kurtogram

FOLDER = Path(
    os.environ.get("RECORDINGS_DIR") or Path(__file__).parents[3] / "shared" / "data" / "recordings"
)
pytestmark = pytest.mark.skipif(
    not (FOLDER / "MANIFEST.csv").is_file(),
    reason=f"no recordings in {FOLDER}; set RECORDINGS_DIR to the folder that holds MANIFEST.csv",
)


def rows(table):
    path = FOLDER / table
    return list(csv.DictReader(path.open(encoding="utf-8"))) if path.is_file() else []


def by_file(row):
    return row["file"]


def known(text):
    return float(text) if text not in ("", "unknown") else None


MANIFEST = [row for row in rows("MANIFEST.csv") if Path(row["file"]).suffix in SUFFIXES]
REFUSED = [row for row in MANIFEST if row["format"] == "mat7.3" or "mat73" in row["file"]]
READ = [row for row in MANIFEST if row not in REFUSED]


VIBRATIONS = [
    row for row in READ if known(row["fs_hz"]) and not row["label"].startswith("temperature")
]
PEAKS = [row for row in rows("EXPECTED_PEAKS.csv") if not row["fault"].startswith("CONTROL")]


@pytest.mark.parametrize("row", READ, ids=by_file)
def test_each_channel_has_the_documented_length(row):
    recording = read_recording(FOLDER / row["file"])
    assert {len(channel.samples) for channel in recording.channels} == {int(row["n_samples"])}


@pytest.mark.parametrize("row", READ, ids=by_file)
def test_a_rate_is_known_exactly_where_the_file_states_it(row):
    expected = known(row["fs_hz"]) if row["fs_source"] == "stored in file" else None
    recording = read_recording(FOLDER / row["file"])
    assert {channel.fs_hz for channel in recording.channels} == {expected}


@pytest.mark.parametrize("row", READ, ids=by_file)
def test_a_speed_is_known_exactly_where_the_file_states_it(row):
    expected = known(row["rpm"]) if row["rpm_source"] == "stored in file" else None
    recording = read_recording(FOLDER / row["file"])
    assert {channel.rpm for channel in recording.channels} == {expected}


@pytest.mark.parametrize("row", REFUSED, ids=by_file)
def test_what_cannot_be_read_yet_is_refused(row):
    with pytest.raises(VibrationError, match=r"7\.3"):
        read_recording(FOLDER / row["file"])


@pytest.mark.parametrize(
    "row", [r for r in READ if r["fs_source"] != "stored in file"], ids=by_file
)
def test_without_a_rate_measuring_is_refused(row):
    recording = read_recording(FOLDER / row["file"])
    with pytest.raises(VibrationError, match=r"--fs|no vibration channel"):
        measure(recording)


@pytest.mark.parametrize("row", VIBRATIONS, ids=by_file)
def test_features_are_measured_at_the_documented_rate(row):
    report = measure(read_recording(FOLDER / row["file"]), fs_hz=known(row["fs_hz"]))
    assert report["features"]["rms"] > 0
    assert len(report["envelope_peaks"]) == 20


@pytest.mark.parametrize("row", PEAKS, ids=by_file)
def test_the_fault_frequency_stands_where_it_was_published(row):
    report = measure(
        read_recording(FOLDER / row["file"]), channel=row["signal"], fs_hz=float(row["fs_hz"])
    )
    in_range = [p for p in report["envelope_peaks"] if 10 <= p["frequency_hz"] <= 400]
    near = [
        rank
        for rank, peak in enumerate(in_range, start=1)
        if abs(peak["frequency_hz"] - float(row["measured_hz"])) <= float(row["tolerance_hz"])
    ]
    assert near
    assert near[0] <= int(row["rank_10_400Hz"])
    assert in_range[near[0] - 1]["amplitude"] == pytest.approx(float(row["amplitude"]), rel=0.02)


def samples_of(row):
    return read_recording(FOLDER / row["file"]).channel(row["signal"]).samples


def line_of(row):
    return Line(row["fault"], 1, float(row["order"]), float(row["expected_hz"]))


@pytest.mark.parametrize("row", rows("EXPECTED_PEAKS.csv"), ids=by_file)
def test_a_line_is_found_where_there_is_a_fault_and_nowhere_else(row):
    spectrum = envelope_spectrum(samples_of(row), float(row["fs_hz"]))
    is_control = row["fault"].startswith("CONTROL")
    assert find_lines(*spectrum, [line_of(row)])[0].is_found is not is_control


@pytest.mark.parametrize("row", PEAKS, ids=by_file)
def test_the_line_of_the_fault_is_measured(row):
    spectrum = envelope_spectrum(samples_of(row), float(row["fs_hz"]))
    found = find_lines(*spectrum, [line_of(row)])[0]
    assert abs(found.measured_hz - float(row["measured_hz"])) <= float(row["tolerance_hz"])
    assert found.deviation_percent == pytest.approx(float(row["deviation_pct"]), abs=0.3)


@pytest.mark.parametrize("row", PEAKS, ids=by_file)
def test_the_band_of_the_kurtogram_shows_the_line_of_the_fault(row):
    x, fs_hz = samples_of(row), float(row["fs_hz"])
    best = fast_kurtogram(x, fs_hz).best
    spectrum = band_envelope_spectrum(x, fs_hz, (best.low_hz, best.high_hz))
    found = find_lines(*spectrum, [line_of(row)])[0]
    assert found.is_found
    assert abs(found.measured_hz - float(row["measured_hz"])) <= float(row["tolerance_hz"])


SKF_6205 = BearingGeometry(9, 0.3126 * 25.4, 1.537 * 25.4).orders
SKF_6203 = BearingGeometry(8, 0.2656 * 25.4, 1.122 * 25.4).orders
HEALTHY = [
    (row, channel, orders)
    for row in VIBRATIONS
    if row["label"] == "normal" and row["file"].startswith("cwru/")
    for channel, orders in zip(
        row["variables_columns"].split(";"), (SKF_6205, SKF_6203), strict=False
    )
]


@pytest.mark.parametrize(
    ("row", "channel", "orders"), HEALTHY, ids=[channel for _, channel, _ in HEALTHY]
)
def test_a_healthy_bearing_shows_none_of_its_basic_lines(row, channel, orders):
    x = read_recording(FOLDER / row["file"]).channel(channel).samples
    lines = bearing_lines(orders, float(row["rpm"]) / 60, harmonics=1)
    found = find_lines(*envelope_spectrum(x, float(row["fs_hz"])), lines)
    assert [each.line.name for each in found if each.is_found] == []


MFPT_NICE = BearingGeometry(8, 0.235 * 25.4, 1.245 * 25.4).orders


@pytest.mark.parametrize("row", PEAKS, ids=by_file)
def test_of_the_lines_of_a_bearing_only_those_of_the_fault_count(row):
    orders = SKF_6205 if row["file"].startswith("cwru/") else MFPT_NICE
    shaft_hz = float(row["shaft_hz"])
    spectrum = envelope_spectrum(samples_of(row), float(row["fs_hz"]))
    judged = judge_lines(*spectrum, bearing_lines(orders, shaft_hz), shaft_hz=shaft_hz)
    assert {one.found.line.name for one in judged.lines if one.verdict == "found"} == {row["fault"]}
    assert 100 * judged.slip == pytest.approx(float(row["deviation_pct"]), abs=0.15)
