"""NumPy files: one array, and nothing guessed about it."""

import io
import zipfile
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibration.errors import FormatError, VibrationError
from vibration.formats import read_recording

X = np.random.default_rng(0).standard_normal(200)


def save(tmp_path, array, **options):
    path = tmp_path / "a.npy"
    np.save(path, array, **options)
    return path


@pytest.mark.parametrize("dtype", ["f2", "<f4", ">f4", "f8", ">f8", "i2", "u1", "i8"])
def test_real_numbers_of_any_type_are_read(tmp_path, dtype):
    array = (10 * np.abs(X)).astype(dtype)
    channel = read_recording(save(tmp_path, array)).channel()
    np.testing.assert_array_equal(channel.samples, array)
    assert channel.samples.dtype in (np.float32, np.float64)


def test_nothing_is_known_beyond_the_samples(tmp_path):
    channel = read_recording(save(tmp_path, X)).channel()
    assert channel.quantity == "unknown"
    assert (channel.fs_hz, channel.unit, channel.rpm) == (None, None, None)


@pytest.mark.parametrize("turn", [np.asarray, np.transpose, np.asfortranarray])
def test_the_longer_axis_is_time(tmp_path, turn):
    recording = read_recording(save(tmp_path, turn(np.stack([X, -X], axis=1))))
    assert [channel.name for channel in recording.channels] == ["signal 1", "signal 2"]
    np.testing.assert_array_equal(recording.channels[1].samples, -X)


@pytest.mark.parametrize("shape", [(200, 1), (1, 200)])
def test_a_column_or_a_row_is_one_channel(tmp_path, shape):
    (channel,) = read_recording(save(tmp_path, X.reshape(shape))).channels
    np.testing.assert_array_equal(channel.samples, X)


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.ones((5, 5)), "which axis is time"),
        (np.ones((100, 200)), "which axis is time"),
        (np.ones((2, 3, 4)), "3 axes"),
        (np.float64(3), "damaged|single number"),
        (np.ones(0), "empty"),
        (X + 1j, "complex"),
        (np.array(["a", "b"]), "not numbers"),
        (np.array([True, False]), "not numbers"),
        (np.array([1, np.nan, np.inf]), "2 of 3 samples not finite, the first at sample 1"),
        (np.zeros(3, dtype="datetime64[s]"), "not numbers"),
    ],
)
def test_what_is_no_signal_is_refused(tmp_path, array, says):
    with pytest.raises(VibrationError, match=says):
        read_recording(save(tmp_path, array))


def test_pickled_objects_are_never_loaded(tmp_path):
    path = save(tmp_path, np.array([{}, []], dtype=object), allow_pickle=True)
    with pytest.raises(VibrationError, match="Python objects"):
        read_recording(path)


def raw(header, body=b"", version=b"\x01\x00"):
    text = header.encode().ljust(118) + b"\n"
    return b"\x93NUMPY" + version + len(text).to_bytes(2, "little") + text + body


@pytest.mark.parametrize(
    "content",
    [
        b"not numpy at all",
        b"\x93NUMPY",
        raw("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"),
        raw("{'descr': '<f8', 'fortran_order': False, 'shape': (-5,), }", b"\0" * 80),
        raw("{'descr': '<f8', 'fortran_order': False, 'shape': (10,), }", b"\0" * 79),
        raw("{'descr': '<f8', 'shape': (10,), }", b"\0" * 80),
        raw("{'descr': 'zz', 'fortran_order': False, 'shape': (1,), }", b"\0" * 80),
        raw("import os", b"\0" * 80),
        raw("{", b"\0" * 80),
        raw("{}", b"", version=b"\x09\x00"),
    ],
)
def test_a_damaged_header_is_refused(tmp_path, content):
    path = tmp_path / "a.npy"
    path.write_bytes(content)
    with pytest.raises(VibrationError, match=r"a\.npy"):
        read_recording(path)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_damage_whatever_breaks_the_reader(tmp_path_factory, data):
    buffer = io.BytesIO()
    np.save(buffer, X[:20])
    content = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, 127))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "any.npy"
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    with suppress(VibrationError):
        assert read_recording(path).channels


def test_a_leading_column_of_times_gives_the_rate_and_is_no_channel(tmp_path):
    recording = read_recording(save(tmp_path, np.column_stack([np.arange(200) / 2500, X])))
    assert [(c.name, c.fs_hz) for c in recording.channels] == [("signal 2", 2500.0)]


def test_unsigned_samples_that_fall_are_no_axis(tmp_path):
    falling = np.arange(200, 0, -1).astype("u2")
    recording = read_recording(save(tmp_path, np.column_stack([falling, falling])))
    assert [channel.name for channel in recording.channels] == ["signal 1", "signal 2"]


def test_the_fields_of_a_record_array_are_channels(tmp_path):
    array = np.zeros(200, dtype=[("t_s", "f8"), ("acc", "f4")])
    array["t_s"], array["acc"] = np.arange(200) / 2500, X
    recording = read_recording(save(tmp_path, array))
    assert [(c.name, c.fs_hz) for c in recording.channels] == [("acc", 2500.0)]


def test_whole_numbers_without_a_scale_are_counts(tmp_path):
    assert read_recording(save(tmp_path, (1000 * X).astype("i2"))).channel().unit == "counts"


def test_more_than_may_be_kept_is_refused_by_the_head_alone(tmp_path):
    path = save(tmp_path, np.zeros(1000, dtype="i1"))
    with pytest.raises(VibrationError, match="can be kept"):
        read_recording(path, kept_bytes=3000)


def spoilt_npz(how):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        entry = io.BytesIO()
        np.save(entry, X)
        archive.writestr("DE.npy", entry.getvalue())
    content = bytearray(packed.getvalue())
    listed = content.index(b"PK\x01\x02")
    if how == "encrypted":
        content[6] = content[listed + 8] = 1
    elif how == "packed by a method of the future":
        content[8] = content[listed + 10] = 77
    else:
        content[120:400] = bytes(280)
    return content


@pytest.mark.parametrize("how", ["encrypted", "packed by a method of the future", "damaged"])
def test_an_archive_that_cannot_be_unpacked_is_refused(tmp_path, how):
    (tmp_path / "a.npz").write_bytes(spoilt_npz(how))
    with pytest.raises(FormatError, match="not a readable NumPy file"):
        read_recording(tmp_path / "a.npz")
