"""Files of every layout, written by others where others can, read back."""

import doctest

import h5py
import numpy as np
import pytest

from vibration.errors import FormatError
from vibration.formats import axes, read_recording
from vibration.formats import examples as layouts_written
from vibration.formats.examples import FS_HZ, bearing_signal, examples, write_examples

X = bearing_signal(512)
Y = bearing_signal(512, seed=1, severity=0.3)
WRITTEN = {e.name: e for e in examples(n=512) if "/" not in e.name}
ASKED = {"cwru.mat"}


def read(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(WRITTEN[name].content())
    return read_recording(path, name=name)


@pytest.mark.parametrize("name", WRITTEN)
def test_every_layout_is_read_with_its_rate_or_asks(tmp_path, name):
    reading = read(tmp_path, name)
    channel = reading.channels[0]
    assert channel.samples.size == 512
    assert channel.fs_hz == (None if name in ASKED else pytest.approx(FS_HZ))


@pytest.mark.parametrize(
    "name", ["matlab5.mat", "labview.tdms", "numpy.npz", "columns.parquet", "columns.feather"]
)
def test_samples_come_back_bit_for_bit(tmp_path, name):
    np.testing.assert_array_equal(read(tmp_path, name).channels[0].samples, X)


@pytest.mark.parametrize(
    ("name", "scale", "step"),
    [("sound8.wav", 8, 0.1), ("sound16.wav", 8, 1e-3), ("sound32.wav", 8, 1e-7),
     ("float.wav", 8, 1e-6)],
)  # fmt: skip
def test_sound_is_a_share_of_full_scale(tmp_path, name, scale, step):
    channel = read(tmp_path, name).channels[1]
    assert channel.unit == "full scale"
    np.testing.assert_allclose(scale * channel.samples, Y, atol=step)


def test_two_segments_under_one_labview_head_are_two_recordings(tmp_path):
    reading = read(tmp_path, "labview.lvm")
    assert [each.name for each in reading.recordings] == ["segment 1", "segment 2"]
    assert reading.recordings[0].recorded_at.isoformat() == "2024-04-16T11:02:03.500000"


def test_a_temperature_beside_vibration_has_its_own_rate(tmp_path):
    channels = {channel.name: channel for channel in read(tmp_path, "labview.tdms").channels}
    assert (channels["temperature"].fs_hz, channels["temperature"].unit) == (1.0, "°C")
    assert not channels["temperature"].is_vibration


def test_a_group_states_the_speed_of_its_datasets(tmp_path):
    channel = read(tmp_path, "attributes.h5").channels[0]
    assert (channel.name, channel.unit, channel.rpm) == ("pump.drive_end", "g", 1800.0)


@pytest.mark.parametrize(
    ("run", "form", "fs_hz", "rpm"),
    [("ims_run", "csv/ims", 20000.0, 2000.0), ("femto_run", "csv/femto", 25600.0, 1800.0),
     ("xjtu_run", "csv/xjtu", 25600.0, 2100.0)],
)  # fmt: skip
def test_runs_are_known_by_their_layout_and_say_so(tmp_path, run, form, fs_hz, rpm):
    example = next(e for e in examples() if e.name.startswith(run))
    path = tmp_path / example.name
    path.parent.mkdir(parents=True)
    path.write_bytes(example.content())
    channel = (reading := read_recording(path)).channels[0]
    assert (reading.format, channel.fs_hz, channel.rpm) == (form, fs_hz, rpm)
    assert channel.source_of("fs_hz") == channel.source_of("rpm") == "known layout"


def test_examples_are_the_same_for_the_same_seed(tmp_path):
    first, second = (write_examples(tmp_path / f"{n}", seed=3) for n in (1, 2))
    texts = [i for i, path in enumerate(first) if path.suffix in (".csv", ".uff", ".npy")]
    assert len(texts) > 10
    assert all(first[i].read_bytes() == second[i].read_bytes() for i in texts)


@pytest.fixture
def linked(tmp_path):
    other, path = tmp_path / "other.h5", tmp_path / "a.h5"
    with h5py.File(other, "w") as file:
        file["secret"] = X
    layout = h5py.VirtualLayout(X.shape, "f8")
    layout[:] = h5py.VirtualSource(str(other), "secret", X.shape)
    with h5py.File(path, "w") as file:
        file["own"] = X
        file["external"] = h5py.ExternalLink("other.h5", "/secret")
        file["soft"] = h5py.SoftLink("/own")
        file.create_dataset("stored", (16,), "f8", external=[(str(other), 0, 128)])
        file.create_virtual_dataset("virtual", layout)
        file.create_group("loop")["self"] = file["/"]
    return path


def test_nothing_outside_an_hdf5_file_is_followed(linked):
    reading = read_recording(linked)
    assert [channel.name for channel in reading.channels] == ["own"]
    assert {each.name for each in reading.left_out} == {"external", "soft", "stored", "virtual"}


def packed_by_blosc(file, *, skipped=False):
    """Write a dataset in chunks of its own, as PyTables packs them; or with the filter left out."""
    made = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    made.set_chunk((128,))
    made.set_filter(32001, h5py.h5z.FLAG_OPTIONAL, (2, 2, 4, 512, 5, 1, 0))
    space = h5py.h5s.create_simple((512,))
    dataset = h5py.h5d.create(file.id, b"packed", h5py.h5t.NATIVE_DOUBLE, space, made)
    for start in range(0, 512, 128):
        content = X[start : start + 128].astype("<f8").tobytes()
        dataset.write_direct_chunk((start,), content, 1 if skipped else 0)


@pytest.mark.parametrize("is_matlab", [False, True])
def test_a_dataset_of_a_missing_filter_is_left_out_by_name(tmp_path, is_matlab):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        packed_by_blosc(file)
        file["plain"] = Y
        if is_matlab:
            file["plain"].attrs["MATLAB_class"] = file["packed"].attrs["MATLAB_class"] = b"double"
    reading = read_recording(tmp_path / "a.h5")
    assert [channel.name for channel in reading.channels] == ["plain"]
    (left_out,) = reading.left_out
    assert left_out.name == "packed"
    assert left_out.reason == "it is packed by filter 32001, which is not installed"


def test_a_filter_that_packed_nothing_need_not_be_there(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        packed_by_blosc(file, skipped=True)
    np.testing.assert_array_equal(read_recording(tmp_path / "a.h5").channel("packed").samples, X)


def test_an_hdf5_bomb_is_refused_by_counting(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("zeros", (1 << 36,), "u1", chunks=(1 << 20,), compression="gzip")
    with pytest.raises(FormatError, match="can be kept"):
        read_recording(tmp_path / "a.h5")


def uff(**changes):
    lines = WRITTEN["universal.uff"].content().decode().split("\n")
    for number, line in changes.items():
        lines[int(number[1:])] = line
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("function", "says"), [(4, "frequency response"), (9, "power spectral density"), (7, "correl")]
)
def test_functions_that_are_no_time_response_are_refused_by_name(tmp_path, function, says):
    line = WRITTEN["universal.uff"].content().decode().split("\n")[7]
    (tmp_path / "a.uff").write_bytes(uff(_7=f"{function:5d}{line[5:]}"))
    with pytest.raises(FormatError, match=says):
        read_recording(tmp_path / "a.uff")


def test_an_uneven_abscissa_is_refused(tmp_path):
    line = WRITTEN["universal.uff"].content().decode().split("\n")[8]
    (tmp_path / "a.uff").write_bytes(uff(_8=f"{line[:20]}{0:10d}{line[30:]}"))
    with pytest.raises(FormatError, match="uneven"):
        read_recording(tmp_path / "a.uff")


@pytest.mark.parametrize("module", [axes, layouts_written])
def test_the_examples_in_the_docstrings_run(module):
    result = doctest.testmod(module, extraglobs={"np": np})
    assert (result.attempted > 0, result.failed) == (True, 0)


def test_a_labview_head_that_does_not_end_is_refused_early(tmp_path):
    path = tmp_path / "heads.lvm"
    path.write_text("LabVIEW Measurement\n" + "Key\tvalue\n" * 100_000)
    with pytest.raises(FormatError, match="whose head does not end"):
        read_recording(path)
