"""Reading in a child: the same readings, and no harm to the process that asked."""

import os
import signal
import threading
import zlib

import numpy as np
import pytest
from scipy.io import savemat

from vibration.errors import FormatError
from vibration.formats import read_recording, sandbox
from vibration.formats.room import samples_path
from vibration.formats.sandbox import Limits, pool, wire

X = np.random.default_rng(0).standard_normal(2048)


@pytest.fixture
def record(tmp_path):
    savemat(tmp_path / "a.mat", {"vib": X, "fs": 12800.0, "rpm": 1500.0, "note": np.ones(20) * 1j})
    return tmp_path / "a.mat"


def test_a_reading_in_a_child_is_the_reading(record):
    ours, theirs = sandbox.read(record), read_recording(record)
    np.testing.assert_array_equal(ours.channel().samples, theirs.channel().samples)
    for name in ("name", "fs_hz", "rpm", "unit", "origins", "rates", "is_vibration"):
        assert getattr(ours.channel(), name) == getattr(theirs.channel(), name)
    assert (ours.format, ours.questions, ours.left_out) == (
        theirs.format,
        theirs.questions,
        theirs.left_out,
    )


def test_a_refusal_is_the_readers_own_sentence(tmp_path):
    (tmp_path / "a.npy").write_bytes(b"nothing of the kind")
    with pytest.raises(FormatError, match="does not begin as one"):
        sandbox.read(tmp_path / "a.npy")


def test_uneven_times_come_back_with_the_samples(tmp_path):
    times_s = np.arange(2048) / 8000 + 2e-5 * np.sin(np.arange(2048.0))
    np.savetxt(
        tmp_path / "a.csv", np.column_stack([times_s, X]), delimiter=",", header="time (s),x"
    )
    channel = sandbox.read(tmp_path / "a.csv").channel()
    np.testing.assert_allclose(channel.times_s, times_s, atol=1e-12)


def test_samples_from_a_child_cannot_be_changed(record):
    assert not sandbox.read(record).channel().samples.flags.writeable


def test_too_much_memory_is_refused_and_the_next_file_read(record, tmp_path):
    np.save(tmp_path / "big.npy", np.tile(X, 4000))
    with pytest.raises(FormatError, match="more than 8 MB of memory"):
        sandbox.read(tmp_path / "big.npy", limits=Limits(memory_bytes=8 << 20))
    assert sandbox.read(record).channel().fs_hz == 12800.0


def test_too_much_time_is_refused_and_the_next_file_read(record):
    with pytest.raises(FormatError, match="too long"):
        sandbox.read(record, limits=Limits(wall_s=0.0))
    assert sandbox.read(record).channel().fs_hz == 12800.0


def test_a_child_that_died_is_replaced(record):
    sandbox.read(record)
    for child in pool._POOL._idle:
        child._process.kill()
        child._process.wait()
    assert sandbox.read(record).channel().fs_hz == 12800.0


def test_a_child_that_dies_while_it_reads_is_one_sentence(record, monkeypatch):
    take, line = pool._Pool._take, pool._Child._line

    def stopped(children):
        child = take(children)
        child._process.send_signal(signal.SIGSTOP)
        return child

    def killed(child, until):
        child._process.kill()
        return line(child, until)

    monkeypatch.setattr(pool._Pool, "_take", stopped)
    monkeypatch.setattr(pool._Child, "_line", killed)
    with pytest.raises(FormatError, match="cannot be read"):
        sandbox.read(record)


def test_threads_read_side_by_side(record):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(sandbox.read(record).channel().fs_hz))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [12800.0] * 6


def test_a_forked_process_has_children_of_its_own(record):
    sandbox.read(record)
    ours = {child._process.pid for child in pool._POOL._idle}
    into, out = os.pipe()
    pid = os.fork()
    if pid == 0:
        sandbox.read(record)
        theirs = [str(child._process.pid) for child in pool._POOL._idle]
        pool._POOL.end()
        os.write(out, " ".join(theirs).encode())
        os._exit(0)
    os.waitpid(pid, 0)
    os.close(out)
    theirs = {int(each) for each in os.read(into, 100).split()}
    os.close(into)
    assert theirs
    assert not ours & theirs
    assert sandbox.read(record).channel().fs_hz == 12800.0


def test_the_child_is_given_no_secrets(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    child = pool._Child()
    try:
        assert child._process.args[0]
        with open(f"/proc/{child._process.pid}/environ", "rb") as environment:
            assert b"secret" not in environment.read()
    finally:
        child.end()


def test_packed_zeros_are_refused_by_counting(tmp_path):
    """130 kB that unpack to 128 MiB, which as doubles would be a gigabyte."""
    count = 1 << 27
    tag = np.array([14, 56 + count, 6, 8, 6, 0, 5, 8, count, 1, 1, 1, ord("x"), 0], dtype="<u4")
    head = tag.tobytes() + np.array([2, count], dtype="<u4").tobytes()
    packing = zlib.compressobj(9)
    body = packing.compress(head)
    for _ in range(128):
        body += packing.compress(bytes(1 << 20))
    body += packing.flush()
    start = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"
    path = tmp_path / "zeros.mat"
    path.write_bytes(start + np.array([15, len(body)], dtype="<u4").tobytes() + body)
    assert path.stat().st_size < 140_000
    with pytest.raises(FormatError, match=r"1073\.7 MB of samples; at most 80 MB"):
        sandbox.read(path, name="zeros.mat", kept_bytes=80_000_000)


@pytest.mark.parametrize(
    "place", [{"at": 0, "n": 5, "type": "<f8"}, {"at": 0, "n": 1, "type": "O"}]
)
def test_an_answer_that_makes_no_sense_is_not_believed(place, tmp_path):
    samples_path(tmp_path, 1).write_bytes(bytes(8))
    with pytest.raises(ValueError, match=r"buffer|unknown kind"):
        wire._Files(tmp_path).array(place | {"file": 1})
