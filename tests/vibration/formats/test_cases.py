"""Small files that people could not read: each has one right reading and wrong ones to avoid."""

import json

import pytest

from tests.vibration.formats.published import CASES
from vibration.errors import VibrationError
from vibration.formats import read_recording
from vibration.measure import measure

INDEX = CASES / "CASES.json"
pytestmark = pytest.mark.skipif(not INDEX.is_file(), reason=f"no cases in {CASES}")
ALL = json.loads(INDEX.read_text(encoding="utf-8")) if INDEX.is_file() else []


def by_id(case):
    return case["id"]


def of(accept):
    return [case for case in ALL if case["accept"] is accept]


@pytest.mark.parametrize("case", of(True), ids=by_id)
def test_the_channels_are_those_and_no_others(case):
    reading = read_recording(CASES / case["file"])
    found = [(channel.name, channel.samples.size) for channel in reading.channels]
    assert found == [(channel["name"], channel["n_samples"]) for channel in case["channels"]]


@pytest.mark.parametrize("case", of(True), ids=by_id)
def test_each_channel_has_its_rate_or_none(case):
    reading = read_recording(CASES / case["file"])
    for channel, right in zip(reading.channels, case["channels"], strict=True):
        assert channel.fs_hz == (pytest.approx(right["fs_hz"]) if right["fs_hz"] else None)


@pytest.mark.parametrize("case", of(True), ids=by_id)
def test_units_speed_and_what_is_vibration_are_right(case):
    reading = read_recording(CASES / case["file"])
    for channel, right in zip(reading.channels, case["channels"], strict=True):
        assert "unit" not in right or channel.unit == right["unit"]
        assert "is_vibration" not in right or channel.is_vibration == right["is_vibration"]
    assert reading.channels[0].rpm == case["rpm"]


@pytest.mark.parametrize("case", [c for c in of(True) if not c["fs_hz"]], ids=by_id)
def test_a_rate_that_is_not_to_be_had_is_asked_with_a_proposal(case):
    (question,) = read_recording(CASES / case["file"]).questions
    assert question.proposal == 10000.0


@pytest.mark.parametrize("case", [c for c in of(True) if c["fs_hz"]], ids=by_id)
def test_a_rate_against_the_file_is_refused(case):
    reading = read_recording(CASES / case["file"])
    with pytest.raises(VibrationError, match="contradicts --fs"):
        measure(reading, fs_hz=1.7 * case["fs_hz"])


@pytest.mark.parametrize("case", of(True), ids=by_id)
def test_the_right_rate_is_never_refused(case):
    reading = read_recording(CASES / case["file"])
    report = measure(reading, fs_hz=case["fs_hz"] or 10000.0)
    assert report["channel"] == case["channels"][0]["name"]


@pytest.mark.parametrize("case", of(False), ids=by_id)
def test_what_is_no_signal_is_refused_in_one_sentence(case):
    with pytest.raises(VibrationError) as refused:
        read_recording(CASES / case["file"])
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("file", "fs_hz", "rpm", "unit"),
    [
        ("e16-mat-tinterval/picoscope_v4.mat", 10000.0, None, None),
        ("e32-mat-datenum/excel_serial.csv", 1000.0, None, None),
        ("e34-header-lines/comments.csv", 12800.0, 1480.0, "m/s²"),
    ],
)
def test_the_twins_of_the_cases_are_read_too(file, fs_hz, rpm, unit):
    channel = read_recording(CASES / file).channel()
    assert (channel.fs_hz, channel.rpm, channel.unit) == (pytest.approx(fs_hz), rpm, unit)
