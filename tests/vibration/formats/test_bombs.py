"""Small files that unpack to gigabytes: refused while they are counted, never at the time limit."""

import struct
import zipfile
import zlib

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.io import savemat

from vibration.errors import FormatError
from vibration.formats import archives, sandbox

BLOCK = 1 << 20
N_BLOCKS = 2000
REFUSAL = r"unpacks to more than (50|200) times its size"


def packed_zeros(head: bytes, *, wbits: int = 15, filler: bytes = bytes(BLOCK)) -> bytes:
    """Return a stream that unpacks to a head and 2000 blocks; the blocks are packed once."""
    packing = zlib.compressobj(9, zlib.DEFLATED, wbits)
    start = packing.compress(head) + packing.flush(zlib.Z_FULL_FLUSH)
    block = packing.compress(filler) + packing.flush(zlib.Z_FULL_FLUSH)
    return start + block * N_BLOCKS


def npy_head(n: int) -> bytes:
    words = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({n},), }}".encode().ljust(117)
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + words + b"\n"


def matlab(n: int, kind: int = 6) -> bytes:
    data = struct.pack("<2I", 9, 8 * n)
    body = struct.pack("<4I2I2i2I8s", 6, 8, kind, 0, 5, 8, n, 1, 1, 3, b"vib") + data
    packed = packed_zeros(struct.pack("<2I", 14, len(body) + 8 * n) + body)
    head = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"
    return head + struct.pack("<2I", 15, len(packed)) + packed


def npz(path, n_arrays=1):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        content = npy_head(BLOCK) + bytes(8 * BLOCK)
        for number in range(n_arrays):
            archive.writestr(f"a{number}.npy", content)


def hdf5(path, *, chunk=b"", shape=(250 * BLOCK,), chunks=(BLOCK,), n_written=0, name="vib"):
    with h5py.File(path, "w") as file:
        made = file.create_dataset(name, shape, "f8", chunks=chunks, compression="gzip")
        for number in range(n_written):
            made.id.write_direct_chunk((number * chunks[0], *(0 for _ in chunks[1:])), chunk)


def zeros_hdf5(path):
    hdf5(path, chunk=zlib.compress(bytes(8 * BLOCK)), n_written=250)


def wide_chunks(path):
    """One column, in chunks of a thousand: each chunk is unpacked for a thousandth of it."""
    with h5py.File(path, "w") as file:
        options = {"maxshape": (None, None), "chunks": (1000, 1000), "compression": "gzip"}
        made = file.create_dataset("vib", (200_000, 1), "f8", **options)
        chunk = zlib.compress(bytes(8_000_000))
        for first in range(0, 200_000, 1000):
            made.id.write_direct_chunk((first, 0), chunk)


def parquet(path):
    table = pa.table({"vib": np.zeros(4 * BLOCK)})
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        for _ in range(4):
            writer.write_table(table)


BOMBS = {
    "array.npz": lambda path: npz(path, 5),
    "text.csv.gz": lambda path: path.write_bytes(
        packed_zeros(b"", wbits=31, filler=b"0.0\n" * (BLOCK // 4))
    ),
    "array.npy.gz": lambda path: path.write_bytes(packed_zeros(npy_head(250 * BLOCK), wbits=31)),
    "stated.mat": lambda path: path.write_bytes(matlab(250 * BLOCK)),
    "cells.mat": lambda path: path.write_bytes(matlab(250 * BLOCK, kind=1)),
    "unwritten.h5": hdf5,
    "zeros.h5": zeros_hdf5,
    "wide.h5": wide_chunks,
    "table.parquet": parquet,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_while_it_is_counted(tmp_path, name):
    path = tmp_path / name
    BOMBS[name](path)
    assert path.stat().st_size < 5 * BLOCK
    with pytest.raises(FormatError, match=REFUSAL):
        sandbox.read(path)


def test_a_matlab_7_3_bomb_is_refused_while_it_is_counted(tmp_path):
    path = tmp_path / "a.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        for number in range(40):
            options = {"chunks": (1, BLOCK // 8), "compression": "gzip"}
            made = file.create_dataset(f"v{number}", (1, BLOCK // 8), "f8", **options)
            made.attrs["MATLAB_class"] = np.bytes_("double")
    head = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM"
    path.write_bytes(head + path.read_bytes()[len(head) :])
    with pytest.raises(FormatError, match=REFUSAL):
        sandbox.read(path)


def test_a_chunk_that_unpacks_to_more_than_it_says_is_damage(tmp_path):
    hdf5(tmp_path / "a.h5", chunk=packed_zeros(b""), shape=(BLOCK,), n_written=1)
    with pytest.raises(FormatError, match="damaged HDF5"):
        sandbox.read(tmp_path / "a.h5")


def test_what_is_packed_twice_is_refused(tmp_path):
    inner = packed_zeros(npy_head(250 * BLOCK), wbits=31)
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    (tmp_path / "a.npy.gz").write_bytes(packing.compress(inner) + packing.flush())
    with pytest.raises(FormatError, match="packed twice; unpack it first"):
        sandbox.read(tmp_path / "a.npy.gz")


def test_an_archive_of_many_small_bombs_is_refused_by_its_directory(tmp_path):
    with zipfile.ZipFile(tmp_path / "rig.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(60):
            archive.writestr(f"{number}.csv", b"0.125,0.25\n" * 90_000)
    opened = archives.opened_zip(tmp_path / "rig.zip", "rig.zip")
    with pytest.raises(FormatError, match=REFUSAL), opened:
        pass


def test_a_recording_beside_silent_channels_is_read(tmp_path):
    drawn = np.random.default_rng(3).standard_normal(600_000)
    silent = {f"spare{n}": np.zeros(drawn.size) for n in range(9)}
    np.savez_compressed(tmp_path / "a.npz", DE=drawn, fs=12_000.0, **silent)
    channels = {each.name: each for each in sandbox.read(tmp_path / "a.npz").channels}
    np.testing.assert_array_equal(channels["DE"].samples, drawn)


def test_a_table_of_samples_beside_columns_of_one_value_is_read(tmp_path):
    n = 100_000
    drawn = np.random.default_rng(3).standard_normal(n).astype("f4")
    same = {f"setting {number}": np.full(n, float(number)) for number in range(60)}
    pq.write_table(pa.table({"DE": drawn, **same}), tmp_path / "a.parquet")
    (channel,) = [
        each for each in sandbox.read(tmp_path / "a.parquet").channels if each.name == "DE"
    ]
    np.testing.assert_array_equal(channel.samples, drawn)


def test_a_file_of_sixty_long_channels_is_read(tmp_path):
    """More than memory holds: each then lies in a file of its own, which is mapped."""
    drawn = np.random.default_rng(4).standard_normal((60, 1 << 17))
    variables = {f"sensor{number}": row for number, row in enumerate(drawn)}
    savemat(tmp_path / "a.mat", {**variables, "fs": 12_000.0})
    channels = sandbox.read(tmp_path / "a.mat").channels
    np.testing.assert_array_equal([each.samples for each in channels], drawn)
