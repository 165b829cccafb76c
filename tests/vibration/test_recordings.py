"""Published recordings: what their makers documented must be what we read and measure."""

import csv

import pytest

from tests.vibration.formats.published import RECORDINGS
from vibration.errors import VibrationError
from vibration.features import MIN_FEATURE_SAMPLES
from vibration.formats import read_recording
from vibration.machines.bearings import BearingGeometry, Line, bearing_lines
from vibration.machines.lines import find_lines
from vibration.measure import measure
from vibration.spectra.envelope import band_envelope_spectrum, envelope_spectrum
from vibration.spectra.kurtogram import fast_kurtogram

FOLDER = RECORDINGS
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


def is_refused(row):
    probe = row["label"].startswith(("NEGATIVE", "FORMAT PROBE"))
    return probe or row["format"] == "json"


MANIFEST = rows("MANIFEST.csv")
REFUSED = [row for row in MANIFEST if is_refused(row)]
READ = [row for row in MANIFEST if not is_refused(row)]
# Both the 12 kHz and the 48 kHz files look like this; a rate beside rows that were drawn is none.
ASKED = ("cwru/", "mafaulda", "gearbox", "ultrasound")


def is_asked(row):
    return row["file"].startswith(ASKED) and not row["file"].startswith("cwru_npz")


VIBRATIONS = [
    row
    for row in READ
    if known(row["fs_hz"])
    and not row["label"].startswith("temp")
    and int(row["n_samples"]) >= MIN_FEATURE_SAMPLES
]
PEAKS = [row for row in rows("EXPECTED_PEAKS.csv") if not row["fault"].startswith("CONTROL")]


@pytest.mark.parametrize("row", READ, ids=by_file)
def test_the_channels_have_the_documented_length(row):
    channels = read_recording(FOLDER / row["file"]).channels
    assert max(channel.samples.size for channel in channels) == int(row["n_samples"])


@pytest.mark.parametrize("row", READ, ids=by_file)
def test_a_rate_is_the_documented_one_or_asked(row):
    reading = read_recording(FOLDER / row["file"])
    channel = reading.channels[0]
    if is_asked(row):
        assert {each.fs_hz for each in reading.channels} == {None}
        assert "fs_hz" in {question.about for question in reading.questions}
    else:
        assert channel.fs_hz == pytest.approx(known(row["fs_hz"]), rel=1e-5)


@pytest.mark.parametrize("row", READ, ids=by_file)
def test_a_speed_is_the_documented_one_or_unknown(row):
    channel = read_recording(FOLDER / row["file"]).channels[0]
    assert channel.rpm in (None, known(row["rpm"]))
    if row["rpm_source"] == "stored in file":
        assert channel.rpm == known(row["rpm"])


@pytest.mark.parametrize("row", READ, ids=by_file)
def test_what_a_file_does_not_hold_is_never_called_so(row):
    for channel in read_recording(FOLDER / row["file"]).channels:
        if row["fs_source"].startswith("documented"):
            assert channel.source_of("fs_hz") in (None, "known layout", "side-car")
        if row["rpm_source"].startswith("nominal"):
            assert channel.source_of("rpm") in (None, "known layout", "side-car")


@pytest.mark.parametrize("row", REFUSED, ids=by_file)
def test_what_is_no_vibration_is_refused(row):
    with pytest.raises(VibrationError):
        read_recording(FOLDER / row["file"])


@pytest.mark.parametrize("row", [r for r in READ if is_asked(r)], ids=by_file)
def test_without_a_rate_measuring_is_refused(row):
    with pytest.raises(VibrationError, match="--fs"):
        measure(read_recording(FOLDER / row["file"]))


@pytest.mark.parametrize("row", VIBRATIONS, ids=by_file)
def test_features_are_measured_at_the_documented_rate(row):
    reading = read_recording(FOLDER / row["file"])
    channel = max(reading.channels, key=lambda each: each.samples.size).name
    report = measure(reading, channel=channel, fs_hz=known(row["fs_hz"]))
    assert report["features"]["rms"] > 0
    assert len(report["envelope_peaks"]) > 0


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
