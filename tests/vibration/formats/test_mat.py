"""MATLAB 5 files of each layout, and what must be refused."""

import io
import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import loadmat, savemat

from vibration.errors import VibrationError
from vibration.formats import mat5, read_recording

X = np.random.default_rng(0).standard_normal((200, 1))


def save(tmp_path, variables, **options):
    path = tmp_path / "a.mat"
    savemat(path, variables, **options)
    return path


def described(recording):
    return [(c.name, c.fs_hz, c.unit, c.rpm) for c in recording.channels]


@pytest.mark.parametrize("compressed", [False, True])
def test_cwru_names_give_ends_unit_and_speed(tmp_path, compressed):
    variables = {"X105_DE_time": X, "X105_FE_time": X, "X105_BA_time": X, "X105RPM": 1797}
    recording = read_recording(save(tmp_path, variables, do_compression=compressed))
    assert recording.format == "mat/cwru"
    assert described(recording) == [
        (f"X105_{end}_time", None, "g", 1797.0) for end in ("DE", "FE", "BA")
    ]


def test_two_cwru_recordings_in_one_file_keep_their_own_speed(tmp_path):
    variables = {"X098_DE_time": X, "X099_DE_time": -X, "X099RPM": 1750}
    recording = read_recording(save(tmp_path, variables))
    assert described(recording) == [
        ("X098_DE_time", None, "g", None),
        ("X099_DE_time", None, "g", 1750.0),
    ]


def test_mfpt_rate_is_the_shafts_and_sr_the_samplings(tmp_path):
    bearing = {"sr": 48828, "rate": 25, "gs": X, "load": "0"}
    recording = read_recording(save(tmp_path, {"bearing": bearing, "BPFO": 81.1}))
    assert recording.format == "mat/mfpt"
    assert described(recording) == [("bearing.gs", 48828.0, "g", 1500.0)]


def test_uestc_states_its_rate_and_no_unit(tmp_path):
    variables = {"Data": X, "SampleFrequency": np.uint16(20000), "StartTime": "now"}
    recording = read_recording(save(tmp_path, variables))
    assert described(recording) == [("Data", 20000.0, None, None)]


@pytest.mark.parametrize("values", [X, X.T, X.astype("f4"), (100 * X).astype("i2")])
def test_any_vector_is_a_signal_of_unknown_rate(tmp_path, values):
    recording = read_recording(save(tmp_path, {"z20_4": values, "note": "text"}))
    assert described(recording) == [("z20_4", None, None, None)]
    np.testing.assert_array_equal(recording.channel().samples, values.reshape(-1))


def test_a_time_vector_gives_the_rate_of_the_others(tmp_path):
    variables = {"t": np.arange(200) / 1000, "x": X}
    assert described(read_recording(save(tmp_path, variables))) == [("x", 1000.0, None, None)]


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"a": "text"}, "text 'a'"),
        ({"a": np.array([X, X], dtype=object)}, "cell array 'a'"),
        ({"a": {"b": X}}, "struct 'a'"),
        ({"a": X + 1j}, "complex numbers 'a'"),
        ({"a": 3.0}, "a number 'a'"),
        ({"a": np.zeros((0, 0))}, "no numeric signal"),
        ({}, "nothing"),
        ({"a": np.where(X > 0, X, np.nan)}, "not finite"),
        ({"a": np.zeros((3, 4, 5))}, "3 axes"),
        ({"a": np.zeros((300, 300))}, "which axis is time"),
        ({"Data": X, "SampleFrequency": 0}, "must be positive"),
        ({"X1_DE_time": X + 1j}, "complex"),
    ],
)
def test_what_is_no_signal_is_refused(tmp_path, variables, says):
    with pytest.raises(VibrationError, match=says):
        read_recording(save(tmp_path, variables))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"x" * 10, "not a MATLAB 5 file"),
        (b"\0" * 600, "not a MATLAB 5 file"),
        (b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM", "7.3"),
        (b"".ljust(512) + b"\x89HDF\r\n\x1a\n", "7.3"),
    ],
)
def test_other_containers_are_refused(tmp_path, content, says):
    path = tmp_path / "a.mat"
    path.write_bytes(content)
    with pytest.raises(VibrationError, match=says):
        read_recording(path)


def test_an_old_matlab_4_file_is_refused(tmp_path):
    with pytest.raises(VibrationError, match="not a MATLAB 5 file"):
        read_recording(save(tmp_path, {"x": X}, format="4"))


@pytest.mark.parametrize("compressed", [False, True])
def test_a_file_cut_short_is_refused(tmp_path, compressed):
    path = save(tmp_path, {"x": X}, do_compression=compressed)
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(VibrationError, match="cut short"):
        read_recording(path)


def test_a_variable_that_unpacks_beyond_reason_is_refused_unopened(tmp_path, monkeypatch):
    path = save(tmp_path, {"x": np.zeros(100_000)}, do_compression=True)
    monkeypatch.setattr(mat5, "MAX_BYTES", 10_000)
    with pytest.raises(VibrationError, match="2 GiB"):
        read_recording(path)


def test_big_endian_files_are_measured_in_their_own_order(tmp_path):
    path = tmp_path / "a.mat"
    path.write_bytes(b"".ljust(124) + b"\x01\x00MI" + struct.pack(">II", 14, 9999))
    with pytest.raises(VibrationError, match="cut short"):
        read_recording(path)


def test_values_are_those_scipy_reads(tmp_path):
    variables = {"x": X, "n": (100 * X).astype("i2"), "wide": X.reshape(4, 50), "one": 7.5}
    for compressed in (False, True):
        path = save(tmp_path, variables, do_compression=compressed)
        ours, theirs = mat5.read_mat5(path, "<"), loadmat(path)
        for key in variables:
            np.testing.assert_array_equal(ours[key], theirs[key])


def test_a_variable_on_which_scipy_crashes_is_refused(tmp_path):
    field = np.array(["a", {"x": 1}], dtype=object)
    bearing = {"sr": 1, "gs": np.ones((50, 1)), "c": field}
    path = save(tmp_path, {"bearing": bearing, "Data": np.ones((50, 1))})
    content = bytearray(path.read_bytes())
    content[228], content[297], content[455] = 193, 156, 0
    path.write_bytes(content)
    with pytest.raises(VibrationError, match="damaged"):
        read_recording(path)


@pytest.mark.parametrize("compressed", [False, True])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_damage_whatever_breaks_the_reader(tmp_path_factory, compressed, data):
    buffer = io.BytesIO()
    variables = {"bearing": {"sr": 48828, "rate": 25, "gs": X[:20]}, "x": "text"}
    savemat(buffer, variables, do_compression=compressed)
    content = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(128, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "any.mat"
    path.write_bytes(content)
    with suppress(VibrationError):
        assert read_recording(path).channels


@pytest.mark.parametrize("turn", [np.asarray, np.transpose])
def test_a_leading_column_of_times_gives_the_rate_and_is_no_channel(tmp_path, turn):
    times_s = 3 + np.arange(200) / 2500
    recording = read_recording(save(tmp_path, {"data": turn(np.column_stack([times_s, X]))}))
    assert described(recording) == [("data 2", 2500.0, None, None)]
    np.testing.assert_array_equal(recording.channel().samples, X[:, 0])


def test_a_leading_column_of_numbers_is_no_channel_and_proves_no_rate(tmp_path):
    recording = read_recording(save(tmp_path, {"data": np.column_stack([np.arange(200.0), X])}))
    assert described(recording) == [("data 2", None, None, None)]


@pytest.mark.parametrize("title", ["fs", "Fs", "sr", "sampling_rate", "SampleFrequency"])
def test_a_number_that_is_named_as_the_rate_is_the_rate(tmp_path, title):
    recording = read_recording(save(tmp_path, {"vib": X, title: 12800.0, "rpm": 1500}))
    assert described(recording) == [("vib", 12800.0, None, 1500.0)]


def test_two_rates_that_differ_say_nothing(tmp_path):
    recording = read_recording(save(tmp_path, {"vib": X, "fs": 12800.0, "sampling_rate": 25600.0}))
    assert described(recording) == [("vib", None, None, None)]


def test_a_stated_rate_that_cannot_be_is_refused(tmp_path):
    with pytest.raises(VibrationError, match="sampling rate; it must be positive"):
        read_recording(save(tmp_path, {"vib": X, "fs": 0.0}))
