"""Recordings larger than memory: laid in files, walked in blocks, and the same recordings."""

import mmap
import sys

import h5py
import nptdms
import numpy as np
import pytest
from scipy.io import savemat, wavfile

from vibration.errors import FormatError
from vibration.formats import read_recording, room, sandbox
from vibration.formats.blocks import map_of
from vibration.formats.examples import examples
from vibration.formats.gathering import Columns
from vibration.formats.resampling import resampled
from vibration.formats.room import SampleMap, room_of
from vibration.formats.steps import Steps

RNG = np.random.default_rng(5)
EXAMPLES = {each.name: each for each in examples(n=600) if "/" not in each.name}


@pytest.fixture
def cramped(monkeypatch):
    """Nothing fits into memory, and a block is a kilobyte."""
    monkeypatch.setattr(room, "_MEMORY_BYTES", 0)
    monkeypatch.setattr("vibration.formats.blocks._FEWEST", 16)
    for name, module in list(sys.modules.items()):
        if name.startswith("vibration.formats") and hasattr(module, "BLOCK_BYTES"):
            monkeypatch.setattr(module, "BLOCK_BYTES", 1024)
        for at_once in ("_VALUES_AT_ONCE", "_ROWS_AT_ONCE", "_LINES_AT_ONCE", "_STREAMED_BYTES"):
            if hasattr(module, at_once) and name.startswith("vibration.formats"):
                monkeypatch.setattr(module, at_once, 37)


def facts(reading):
    return [
        (
            recording.name, recording.label, recording.recorded_at, channel.name, channel.fs_hz,
            channel.unit, channel.rpm, channel.kind, channel.rates, channel.samples.tolist(),
            None if channel.times_s is None else channel.times_s.tolist(),
        )
        for recording in reading.recordings
        for channel in recording.channels
    ], reading.format, reading.questions, reading.left_out  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_recording_in_files_is_the_one_in_memory(tmp_path, name, request):
    path = tmp_path / name
    path.write_bytes(EXAMPLES[name].content())
    in_memory = read_recording(path)
    request.getfixturevalue("cramped")
    in_files = read_recording(path)
    assert facts(in_files) == facts(in_memory)
    assert all(isinstance(map_of(c.samples), SampleMap) for c in in_files.channels)


@pytest.mark.parametrize("shape", [(900, 3), (3, 900), (900,), (900, 1)])
@pytest.mark.parametrize("chunks", [None, True, "rows", "columns"])
def test_hdf5_is_read_tile_by_tile_whatever_its_shape_and_chunks(tmp_path, cramped, shape, chunks):
    values = RNG.standard_normal(shape)
    sized = {
        "rows": tuple(min(7, n) for n in shape),
        "columns": tuple(n if n == max(shape) else 1 for n in shape),
    }
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("vib", data=values, chunks=sized.get(chunks, chunks))
        file["vib"].attrs["fs"] = 12800.0
    channels = read_recording(tmp_path / "a.h5").channels
    by_channel = values.reshape(900, -1).T if shape[0] == 900 else values
    np.testing.assert_array_equal([c.samples for c in channels], by_channel)


@pytest.mark.parametrize("dtype", ["f4", "f8", "i2", "i4", ">f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_is_read_in_blocks_whatever_its_type_and_order(tmp_path, cramped, dtype, order):
    values = np.asarray(1000 * RNG.standard_normal((700, 3)), dtype=dtype, order=order)
    np.save(tmp_path / "a.npy", values)
    channels = read_recording(tmp_path / "a.npy").channels
    np.testing.assert_array_equal([c.samples for c in channels], values.T)


@pytest.mark.parametrize("packs", [False, True])
def test_a_matlab_variable_is_unpacked_into_a_file(tmp_path, cramped, packs):
    values = RNG.standard_normal(5000)
    savemat(tmp_path / "a.mat", {"vib": values, "fs": 12800.0}, do_compression=packs)
    channel = read_recording(tmp_path / "a.mat").channel()
    np.testing.assert_array_equal(channel.samples, values)
    assert channel.fs_hz == 12800.0


@pytest.mark.parametrize("dtype", ["u1", "i2", "i4", "f4", "f8"])
@pytest.mark.parametrize("n_channels", [1, 3])
def test_a_sound_is_what_scipy_reads(tmp_path, cramped, dtype, n_channels):
    kind = np.dtype(dtype)
    drawn = RNG.standard_normal((500, n_channels))
    scale = {"u1": 128.0, "i2": 2.0**15, "i4": 2.0**31}.get(dtype, 1.0)
    values = drawn / 5 if kind.kind == "f" else (0.1 * drawn * scale + 128 * (dtype == "u1"))
    wavfile.write(tmp_path / "a.wav", 48_000, values.astype(kind))
    theirs = wavfile.read(tmp_path / "a.wav")[1].reshape(500, -1).astype(float)
    channels = read_recording(tmp_path / "a.wav").channels
    expected = (theirs - 128 * (dtype == "u1")) / scale
    np.testing.assert_allclose([c.samples for c in channels], expected.T, rtol=1e-7)


def test_labview_rows_with_empty_cells_and_remarks_are_read_like_whole_ones(tmp_path, cramped):
    rows = [f"\t{n}\t{n + 0.5}" for n in range(90)]
    rows[50] += "\thot"
    rows[80:] = [f"\t{n}\t" for n in range(80, 90)]
    head = ["LabVIEW Measurement\t", "Separator\tTab", "X_Columns\tNo", "***End_of_Header***\t"]
    head += ["Channels\t2", "Delta_X\t0.001\t0.001", "***End_of_Header***\t"]
    path = tmp_path / "a.lvm"
    path.write_text("\n".join([*head, "X_Value\tDE\tFE\tComment", *rows]))
    full, short = read_recording(path).channels
    np.testing.assert_array_equal(full.samples, np.arange(90))
    np.testing.assert_array_equal(short.samples, np.arange(80) + 0.5)


def test_a_universal_file_with_an_empty_field_is_read(tmp_path, cramped):
    text = EXAMPLES["universal.uff"].content().decode()
    path = tmp_path / "a.uff"
    path.write_text(text)
    whole = read_recording(path).channel().samples
    lines = text.splitlines()
    lines[20:21] = [lines[20][:20], " " * 20 + lines[20][20:]]
    path.write_text("\n".join(lines) + "\n")
    np.testing.assert_array_equal(read_recording(path).channel().samples, whole)


def test_a_block_too_large_to_unpack_is_refused_in_words(tmp_path):
    path = tmp_path / "a.tdms"
    with nptdms.TdmsWriter(str(path)) as writer:
        samples = np.zeros(16_000_000, np.float32)
        writer.write_segment([nptdms.ChannelObject("pump", "DE", samples)])
    with pytest.raises(FormatError, match="holds a block of samples that is too large"):
        sandbox.read(path, limits=sandbox.Limits(memory_bytes=48 << 20))


def test_a_value_that_is_not_finite_is_counted_over_all_blocks(tmp_path, cramped):
    values = np.ones(4000)
    values[[1500, 3999]] = np.nan
    np.save(tmp_path / "a.npy", values)
    with pytest.raises(FormatError, match="2 of 4000 samples not finite, the first at sample 1500"):
        read_recording(tmp_path / "a.npy")


def test_an_odd_step_is_found_whatever_block_it_lies_in(cramped):
    times = np.arange(3000) / 1000
    times[2000:] += 0.5
    with room_of(None):
        steps = Steps(times)
    assert steps.grows
    assert not steps.is_even
    assert "it has a gap once, first at sample 2001" in steps.unevenness(1.0, "s")


def test_steps_are_those_of_all_numbers_at_once(cramped):
    times = np.cumsum(RNG.uniform(0.5, 1.5, 5000))
    steps, every = Steps(times), np.diff(times)
    assert steps.ups == np.count_nonzero(every > 0)
    line = times[0] + steps.mean * np.arange(5000)
    assert steps.deviation == pytest.approx(np.abs(times - line).max(), rel=1e-9)
    sizes = f"smallest {every.min():.6g} s, largest {every.max():.6g} s"
    assert sizes in steps.unevenness(1.0, "s")


@pytest.mark.parametrize("expected", [0, 350, 10_000])
def test_rows_are_kept_however_many_come(cramped, expected):
    parts = [RNG.standard_normal((n, 3)) for n in (100, 1, 250, 600, 7)]
    with room_of(None):
        columns = Columns(3)
        for part in parts:
            columns.append(part, expected_rows=expected)
        whole = columns.whole()
    np.testing.assert_array_equal(whole, np.concatenate(parts))
    assert whole[:, 1].flags.c_contiguous


def test_a_resampling_in_parts_is_the_one_of_all_at_once(monkeypatch):
    times_s = np.sort(np.arange(6000) / 1000 + 2e-4 * RNG.standard_normal(6000))
    samples = np.sin(2 * np.pi * 40 * times_s)
    at_once = resampled(samples, times_s, 900.0)
    monkeypatch.setattr("vibration.formats.resampling._AT_ONCE", 500)
    inside = slice(20, -20)  # at the ends the filter feels how they are padded
    in_parts = resampled(samples, times_s, 900.0)
    np.testing.assert_allclose(in_parts[inside], at_once[inside], atol=1e-9)
    np.testing.assert_allclose(in_parts, at_once, atol=1e-3)


def test_a_child_hands_over_the_file_it_laid_the_samples_in(tmp_path):
    """More than a reading holds in memory: neither process copies it."""
    values = RNG.standard_normal((9_000_000, 2), dtype=np.float32)
    np.save(tmp_path / "a.npy", values)
    channels = sandbox.read(tmp_path / "a.npy", room=tmp_path).channels
    assert len({id(map_of(c.samples)) for c in channels}) == 1
    assert isinstance(map_of(channels[0].samples), mmap.mmap)
    np.testing.assert_array_equal(channels[1].samples, values[:, 1])
    assert [path.name for path in tmp_path.iterdir()] == ["a.npy"]
