"""One record in other programs' formats: what goes in comes out of an independent reader."""

import doctest
import io

import numpy as np
import pytest
import scipy.io
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import vibration.exports.record
import vibration.exports.uff
from vibration.errors import VibrationError
from vibration.exports.record import (
    RECORD_EXPORTS,
    record_csv,
    record_mat,
    record_npy,
    record_uff,
    record_wav,
)
from vibration.formats import SUFFIXES, read_recording

FACTS = {"fs_hz": 20_480.0, "unit": "g", "name": "outer race, mild"}
FLOATS = arrays(
    np.float32,
    st.integers(16, 60),
    elements=st.floats(width=32, allow_nan=False, allow_infinity=False),
)


def noise(n=500, dtype=np.float32):
    return np.random.default_rng(1).standard_normal(n).astype(dtype)


def read_back(folder, code, x, **facts):
    export = RECORD_EXPORTS[code]
    path = folder / f"record{export.suffix}"
    path.write_bytes(export.function(x, **FACTS | facts))
    return read_recording(path).channel()


def parse_58b(content):
    """Read one dataset 58b by the columns of the public format."""
    lines, at = [], 0
    for _ in range(13):
        end = content.index(b"\n", at)
        lines.append(content[at:end].decode("ascii"))
        at = end + 1
    opening, dataset, *head = lines
    assert (opening[:6], dataset[:7]) == ("    -1", "    58b")
    order, floats, n_lines, n_bytes = (
        int(dataset[a:b]) for a, b in ((7, 13), (13, 19), (19, 31), (31, 43))
    )
    assert (order, floats, n_lines) == (1, 2, len(head))
    numbers = head[6]
    kind, n = int(numbers[:10]), int(numbers[10:20])
    values = np.frombuffer(content[at : at + n_bytes], {2: "<f4", 4: "<f8"}[kind])
    assert (values.size, content[at + n_bytes :]) == (n, b"    -1\n")
    return {
        "values": values,
        "id": [line.strip() for line in head[:5]],
        "function": int(head[5][:5]),
        "even": int(numbers[20:30]),
        "start_s": float(numbers[30:43]),
        "step_s": float(numbers[43:56]),
        "z": float(numbers[56:69]),
        "axes": [(int(line[:10]), line[26:46].strip(), line[47:67].strip()) for line in head[7:11]],
    }


@pytest.mark.parametrize("module", [vibration.exports.record, vibration.exports.uff])
def test_the_examples_run(module):
    result = doctest.testmod(module)
    assert (result.attempted > 0, result.failed) == (True, 0)


@pytest.mark.parametrize("code", ["npy", "csv", "mat"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_samples_come_back_bit_for_bit(tmp_path, code, dtype):
    x = noise(dtype=dtype)
    np.testing.assert_array_equal(read_back(tmp_path, code, x).samples.astype(dtype), x)


@pytest.mark.parametrize("code", ["csv", "mat"])
@pytest.mark.parametrize("fs_hz", [20_480.0, 25_641.025641, 100 / 3, 97_656.25])
@pytest.mark.parametrize("start_s", [0.0, 3.7])
def test_the_rate_comes_back(tmp_path, code, fs_hz, start_s):
    channel = read_back(tmp_path, code, noise(), fs_hz=fs_hz, start_s=start_s)
    assert channel.fs_hz == pytest.approx(fs_hz, rel=1e-11)


@pytest.mark.parametrize("code", ["csv", "mat"])
@pytest.mark.parametrize("unit", ["g", "m/s²", "mm/s"])
def test_the_unit_comes_back(tmp_path, code, unit):
    assert read_back(tmp_path, code, noise(), unit=unit).unit == unit


@pytest.mark.parametrize(("rpm", "expected"), [(1797.5, 1797.5), (None, None), (np.nan, None)])
def test_matlab_keeps_the_speed_where_it_is_known(tmp_path, rpm, expected):
    assert read_back(tmp_path, "mat", noise(), rpm=rpm).rpm == expected


@settings(max_examples=60, deadline=None)
@given(x=FLOATS)
def test_csv_brings_any_float32_back(tmp_path_factory, x):
    channel = read_back(tmp_path_factory.mktemp("csv"), "csv", x)
    np.testing.assert_array_equal(channel.samples.astype(np.float32), x)
    assert channel.fs_hz == FACTS["fs_hz"]


@pytest.mark.parametrize("name", ["12", "a;b\tc", "temperature, load\nrpm 5", "déséquilibre", ""])
def test_no_name_of_a_record_confuses_the_reader_of_its_csv(tmp_path, name):
    channel = read_back(tmp_path, "csv", noise(), name=name, rpm=1500)
    assert (channel.name, channel.fs_hz) == ("acceleration [g]", 20_480.0)
    np.testing.assert_array_equal(channel.samples.astype(np.float32), noise())


def test_csv_says_name_rate_and_speed_and_begins_at_its_start():
    lines = record_csv(noise(20), **FACTS, start_s=2.5, rpm=1797.5).decode().splitlines()
    assert lines[:4] == [
        "# outer race, mild",
        "# Sampling rate: 20480 Hz",
        "# Shaft speed: 1797.5 rpm",
        "time [s],acceleration [g]",
    ]
    assert float(lines[4].split(",")[0]) == 2.5


def test_a_unit_that_is_unknown_leaves_a_plain_title():
    lines = record_csv([1.0], fs_hz=1.0, unit="", name="x").decode().splitlines()
    assert lines[2] == "time [s],signal"


def test_matlab_says_name_and_start():
    found = scipy.io.loadmat(io.BytesIO(record_mat(noise(), **FACTS, start_s=2.5)))
    assert (found["name"][0], found["start_s"][0, 0]) == ("outer race, mild", 2.5)
    assert found["signals"].shape == (500, 1)


def test_wav_holds_the_samples_in_their_unit_as_32_bit_floats():
    rate_hz, samples = scipy.io.wavfile.read(io.BytesIO(record_wav(40 * noise(), **FACTS)))
    assert (rate_hz, samples.dtype) == (20_480, np.float32)
    np.testing.assert_array_equal(samples, 40 * noise())


def test_wav_refuses_a_rate_that_is_not_whole():
    with pytest.raises(VibrationError, match=r"this record has 25641\.5 Hz"):
        record_wav(noise(), fs_hz=25_641.5, unit="g", name="x")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_universal_file_holds_the_samples_bit_for_bit(dtype):
    found = parse_58b(record_uff(noise(dtype=dtype), **FACTS))
    np.testing.assert_array_equal(found["values"], noise(dtype=dtype))
    assert found["values"].dtype == dtype


def test_a_universal_file_is_an_even_time_response_with_its_facts():
    found = parse_58b(record_uff(noise(), **FACTS, start_s=2.5, rpm=1797.5))
    assert (found["function"], found["even"]) == (1, 1)
    assert (found["start_s"], found["step_s"], found["z"]) == (2.5, 1 / 20_480, 1797.5)
    assert found["id"][:2] == ["outer race, mild", "Sampling rate 20480.0 Hz"]
    assert found["axes"] == [
        (17, "Time", "s"),
        (12, "Acceleration", "g"),
        (0, "NONE", "NONE"),
        (19, "Shaft speed", "rpm"),
    ]


@pytest.mark.parametrize(
    ("unit", "axis"),
    [
        ("m/s²", (12, "Acceleration", "m/s^2")),
        ("mm/s", (11, "Velocity", "mm/s")),
        ("µm", (8, "Displacement", "um")),
        ("V", (0, "NONE", "V")),
    ],
)
def test_a_universal_file_names_the_quantity_of_a_unit(unit, axis):
    assert parse_58b(record_uff(noise(), **FACTS | {"unit": unit}))["axes"][1] == axis


@settings(max_examples=60, deadline=None)
@given(
    fs_hz=st.floats(1e-3, 1e7),
    start_s=st.floats(-1e9, 1e9),
    name=st.text(max_size=120),
    unit=st.text(max_size=30),
)
def test_a_universal_file_stays_in_its_columns(fs_hz, start_s, name, unit):
    found = parse_58b(record_uff(noise(8), fs_hz=fs_hz, unit=unit, name=name, start_s=start_s))
    assert 1 / found["step_s"] == pytest.approx(fs_hz, rel=1e-6)
    assert found["start_s"] == pytest.approx(start_s, rel=1e-5)
    assert found["z"] == 0


def test_a_universal_file_writes_letters_without_their_accents():
    found = parse_58b(record_uff(noise(), **FACTS | {"name": "déséquilibre – Hülle 轴"}))
    assert found["id"][0] == "desequilibre - Hulle ?"


def test_npy_is_the_array_itself():
    x = np.load(io.BytesIO(record_npy(noise(), **FACTS)), allow_pickle=False)
    np.testing.assert_array_equal(x, noise())
    assert x.dtype == np.float32


@pytest.mark.parametrize("code", RECORD_EXPORTS)
@pytest.mark.parametrize(
    ("x", "fs_hz", "words"),
    [([], 1.0, "at least 1"), ([1.0, np.inf], 1.0, "not finite"), ([1.0], 0.0, "sampling rate")],
)
def test_what_cannot_be_written_is_refused(code, x, fs_hz, words):
    with pytest.raises(VibrationError, match=words):
        RECORD_EXPORTS[code].function(x, **FACTS | {"fs_hz": fs_hz})


@pytest.mark.parametrize("function", [record_mat, record_wav])
def test_two_gib_are_refused_where_the_format_cannot_hold_them(function, monkeypatch):
    monkeypatch.setattr(vibration.exports.record, "_MAX_BYTES", 1000)
    with pytest.raises(VibrationError, match="less than 2"):
        function(noise(), **FACTS)


def test_every_suffix_that_the_portal_writes_can_be_read():
    assert {export.suffix for export in RECORD_EXPORTS.values()} <= set(SUFFIXES)
