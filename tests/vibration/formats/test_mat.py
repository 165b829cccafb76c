"""MATLAB 5 files of each layout, and what must be refused."""

import io
import struct
from contextlib import suppress

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import loadmat, savemat

from vibration.errors import VibrationError
from vibration.formats import read_recording
from vibration.formats.files import SourceFile
from vibration.formats.matlab import level5

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


@pytest.mark.parametrize("values", [X, X.T, X.astype("f4"), (100 * X).round(2)])
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
        ({"a": np.array([{}, "text"], dtype=object)}, "cell array 'a'"),
        ({"a": {"b": "text"}}, "struct 'a'"),
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
        (b"x" * 10, "not a MATLAB file"),
        (b"\0" * 600, "not a MATLAB file"),
        (b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM", "not a MATLAB file"),
        (b"".ljust(512) + b"\x89HDF\r\n\x1a\n", "damaged HDF5"),
    ],
)
def test_other_containers_are_refused(tmp_path, content, says):
    path = tmp_path / "a.mat"
    path.write_bytes(content)
    with pytest.raises(VibrationError, match=says):
        read_recording(path)


def test_matlab_4_is_read(tmp_path):
    variables = {"x": X, "fs": 12800.0, "note": "text"}
    recording = read_recording(save(tmp_path, variables, format="4"))
    assert described(recording) == [("x", 12800.0, None, None)]
    np.testing.assert_array_equal(recording.channel().samples, X[:, 0])


@pytest.mark.parametrize("compressed", [False, True])
def test_a_file_cut_short_is_refused(tmp_path, compressed):
    path = save(tmp_path, {"x": X}, do_compression=compressed)
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(VibrationError, match="cut short"):
        read_recording(path)


def test_more_than_may_be_kept_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    path = save(tmp_path, {"x": np.zeros(100_000, dtype="u1")}, do_compression=True)
    with monkeypatch.context() as patched:
        patched.setattr(level5._Reader, "_unpacked", None)
        with pytest.raises(VibrationError, match=r"0\.4 MB of samples; at most 0\.1 MB"):
            read_recording(path, kept_bytes=100_000)


def test_what_is_kept_adds_up_over_the_variables(tmp_path):
    path = save(tmp_path, {"x": np.zeros(10_000), "y": np.zeros(10_000)})
    with pytest.raises(VibrationError, match="can be kept"):
        read_recording(path, kept_bytes=100_000)


def test_big_endian_files_are_measured_in_their_own_order(tmp_path):
    path = tmp_path / "a.mat"
    path.write_bytes(b"".ljust(124) + b"\x01\x00MI" + struct.pack(">II", 14, 9999))
    with pytest.raises(VibrationError, match="cut short"):
        read_recording(path)


def test_values_are_those_scipy_reads(tmp_path):
    variables = {"x": X, "n": (100 * X).astype("i2"), "wide": X.reshape(4, 50), "one": 7.5}
    for compressed in (False, True):
        path = save(tmp_path, variables, do_compression=compressed)
        ours = level5.read_mat5(SourceFile(path, path.name), "<")
        theirs = loadmat(path)
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


def test_a_struct_states_the_rate_of_what_stands_in_it(tmp_path):
    variables = {"a": {"fs": 1000.0, "x": X}, "b": {"dt": 1e-4, "y": X}}
    assert described(read_recording(save(tmp_path, variables))) == [
        ("a.x", 1000.0, None, None),
        ("b.y", 10000.0, None, None),
    ]


def test_each_struct_of_an_array_is_a_recording(tmp_path):
    structs = np.zeros(2, dtype=[("fs", object), ("acc", object)])
    for place, fs_hz in enumerate((1000.0, 2000.0)):
        structs[place] = (fs_hz, X)
    reading = read_recording(save(tmp_path, {"runs": structs}))
    assert [each.name for each in reading.recordings] == ["runs(1)", "runs(2)"]
    assert [channel.fs_hz for channel in reading.channels] == [1000.0, 2000.0]


def test_each_cell_is_a_recording(tmp_path):
    cells = np.empty(2, dtype=object)
    cells[0], cells[1] = X, X[:100]
    reading = read_recording(save(tmp_path, {"c": cells}))
    assert [len(channel.samples) for channel in reading.channels] == [200, 100]
    assert [each.name for each in reading.recordings] == ["c(1)", "c(2)"]


def test_a_rate_that_names_an_array_is_the_rate_of_that_array(tmp_path):
    variables = {"vib": X, "current": X[:100], "fs_vib": 1000.0, "fs_current": 500.0}
    rates = {c.name: c.fs_hz for c in read_recording(save(tmp_path, variables)).channels}
    assert rates == {"vib": 1000.0, "current": 500.0}


def test_a_stated_rate_is_that_of_the_longest_arrays_alone(tmp_path):
    reading = read_recording(save(tmp_path, {"vib": X, "more": X[:50], "fs": 1000.0}))
    assert {c.name: c.fs_hz for c in reading.channels} == {"vib": 1000.0, "more": None}


def test_two_rates_that_differ_are_asked_about_with_both(tmp_path):
    reading = read_recording(save(tmp_path, {"vib": X, "fs": 12800.0, "dt": 1e-4}))
    (question,) = reading.questions
    assert "12800 Hz" in question.sentence
    assert "10000 Hz" in question.sentence


@pytest.mark.parametrize("name", ["Tinterval", "dt", "Delta_X", "sample_interval", "deltaT"])
def test_an_interval_is_the_inverse_of_a_rate(tmp_path, name):
    recording = read_recording(save(tmp_path, {"A": X, name: 1e-4}))
    assert described(recording) == [("A", 10000.0, None, None)]


def test_spectra_and_correlations_are_left_out_by_name(tmp_path):
    variables = {"acc": X, "fs": 1000.0, "fft_acc": np.abs(X), "PSD": np.abs(X), "xcorr": X}
    reading = read_recording(save(tmp_path, variables))
    assert [channel.name for channel in reading.channels] == ["acc"]
    assert {each.name for each in reading.left_out} == {"fft_acc", "PSD", "xcorr"}


def paderborn(tmp_path):
    axes = np.zeros(2, dtype=[("Name", object), ("Data", object)])
    axes[0] = ("HostService", np.arange(200) / 64000)
    axes[1] = ("Mech_4kHz", np.arange(50) / 4000)
    kinds = [("Name", object), ("Data", object), ("Raster", object)]
    channels = np.zeros(2, dtype=kinds)
    channels[0] = ("vibration_1", X, "HostService")
    channels[1] = ("force", X[:50], "Mech_4kHz")
    record = {"X": axes, "Y": channels, "Info": "made"}
    path = tmp_path / "N15_M07_F10_K001_1.mat"
    savemat(path, {"N15_M07_F10_K001_1": record})
    return path


def test_paderborn_axes_give_each_channel_its_rate(tmp_path):
    reading = read_recording(paderborn(tmp_path))
    assert reading.format == "mat/paderborn"
    assert described(reading) == [
        ("vibration_1", 64000.0, None, 1500.0),
        ("force", 4000.0, None, None),
    ]
    assert [channel.is_vibration for channel in reading.channels] == [True, False]


def save73(tmp_path, **variables):
    path = tmp_path / "a.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        for key, values in variables.items():
            array = np.asarray(values, dtype=np.float64)
            file[key] = array.T if array.ndim > 1 else array.reshape(-1, 1)
            file[key].attrs["MATLAB_class"] = np.bytes_("double")
    with path.open("r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")
    return path


def test_references_outside_a_matlab_7_3_file_are_not_followed(tmp_path):
    path, other = save73(tmp_path, acc=X, fs=25600.0), tmp_path / "other.bin"
    other.write_bytes(bytes(16))
    with h5py.File(path, "r+") as file:
        runs = file.create_group("runs")
        runs.create_dataset("x", (2,), h5py.ref_dtype, external=[(str(other), 0, 16)])
    reading = read_recording(path)
    assert [channel.name for channel in reading.channels] == ["acc"]
    assert ["lie in another file" in each.reason for each in reading.left_out] == [True]


def test_matlab_7_3_is_read_with_its_axes_turned(tmp_path):
    path = save73(tmp_path, acc=np.hstack([X, -X]), fs=25600.0)
    reading = read_recording(path)
    assert described(reading) == [("acc 1", 25600.0, None, None), ("acc 2", 25600.0, None, None)]
    np.testing.assert_array_equal(reading.channels[1].samples, -X[:, 0])
