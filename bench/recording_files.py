"""Files of a gigabyte in each layout, for what reading them costs."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import h5py
import numpy as np

FILE_BYTES = 999_000_000  # two of them fit into one import
FS_HZ = 25_600
_BLOCK = 1 << 20
_NOISE = np.random.default_rng(0).standard_normal(_BLOCK).astype(np.float32)


def write_npy(path: Path) -> None:
    array = np.lib.format.open_memmap(path, "w+", "<f4", (FILE_BYTES // 8, 2))
    for first in range(0, len(array), _BLOCK // 2):
        part = array[first : first + _BLOCK // 2]
        part[:] = np.roll(_NOISE, first)[: part.size].reshape(-1, 2)


def _write_wav(path: Path) -> None:
    import wave

    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(FS_HZ)
        for first in range(0, FILE_BYTES // 2, _BLOCK):
            file.writeframesraw((3000 * np.roll(_NOISE, first)).astype("<i2").tobytes())


def _write_mat73(path: Path) -> None:
    n = FILE_BYTES // 16
    with h5py.File(path, "w", userblock_size=512) as file:
        samples = file.create_dataset("vib", (2, n), "f8", chunks=(1, 1 << 16))
        samples.attrs["MATLAB_class"] = np.bytes_("double")
        for first in range(0, n, _BLOCK // 2):
            count = min(_BLOCK // 2, n - first)
            samples[:, first : first + count] = np.roll(_NOISE, first)[: 2 * count].reshape(2, -1)
        rate = file.create_dataset("fs", data=[[float(FS_HZ)]])
        rate.attrs["MATLAB_class"] = np.bytes_("double")
    with path.open("r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")


def _write_csv(path: Path) -> None:
    rows = [f",{a:.5f},{b:.5f}\n" for a, b in _NOISE[:200_000].reshape(-1, 2).tolist()]
    with path.open("w") as file:
        file.write("Time (s),DE (g),FE (g)\n")
        first = 0
        while file.tell() < FILE_BYTES:
            file.write("".join(f"{(first + n) / FS_HZ:.7f}{row}" for n, row in enumerate(rows)))
            first += len(rows)


def _write_mat5(path: Path, *, packs: bool = False) -> None:
    from scipy.io import savemat

    n_parts = FILE_BYTES // _NOISE.size // 8
    samples = np.round(np.concatenate([np.roll(_NOISE, n) for n in range(n_parts)]), 3)
    samples = samples.astype(np.float64)
    savemat(path, {"vib": samples, "fs": float(FS_HZ)}, do_compression=packs)


def _write_lvm(path: Path) -> None:
    head = (
        "LabVIEW Measurement\t\nWriter_Version\t2\nSeparator\tTab\nX_Columns\tNo\n"
        "***End_of_Header***\t\nChannels\t2\nY_Unit_Label\tg\tg\nX_Dimension\tTime\tTime\n"
        f"Delta_X\t{1 / FS_HZ}\t{1 / FS_HZ}\n***End_of_Header***\t\t\n"
        "X_Value\tDE\tFE\tComment\n"
    )
    rows = "".join(f"\t{a:.6f}\t{b:.6f}\n" for a, b in _NOISE[:200_000].reshape(-1, 2).tolist())
    with path.open("w") as file:
        file.write(head)
        while file.tell() < FILE_BYTES:
            file.write(rows)


def _write_uff(path: Path, *, is_text: bool = False) -> None:
    n = FILE_BYTES // (13 if is_text else 8)
    kind, title = (2, "    58") if is_text else (4, "    58b")
    title += (
        "" if is_text else f"     1     2{11:12d}{8 * n:12d}     0     0           0           0"
    )
    names = ["pump", "NONE", "01-Jan-24 10:00:00", "NONE", "NONE"]
    names.append(f"{1:5d}{1:10d}{1:5d}{0:10d} {'NONE':10s}{1:10d}{3:4d} {'NONE':10s}{1:10d}{3:4d}")
    names.append(f"{kind:10d}{n:10d}{1:10d}{0:13.5E}{1 / FS_HZ:13.5E}{0:13.5E}")
    for code, label, unit in (
        (17, "Time", "s"),
        (12, "Acceleration", "g"),
        (0, "", ""),
        (0, "", ""),
    ):
        names.append(f"{code:10d}{0:5d}{0:5d}{0:5d} {label:20s} {unit:20s}")
    with path.open("wb") as file:
        file.write(f"{-1:6d}\n{title}\n".encode() + "\n".join(names).encode() + b"\n")
        if is_text:
            cells = [f"{value:13.5E}" for value in _NOISE[:60_000].tolist()]
            lines = "".join(
                "".join(cells[at : at + 6]) + "\n" for at in range(0, 60_000, 6)
            ).encode()
            for first in range(0, n, 60_000):
                n_lines = -(-min(60_000, n - first) // 6)
                file.write(lines[: n_lines * 79])
        else:
            for first in range(0, n, _BLOCK):
                file.write(_NOISE[: min(_BLOCK, n - first)].astype("<f8").tobytes())
        file.write(f"\n{-1:6d}\n".encode())


def _write_tdms(path: Path) -> None:
    from nptdms import ChannelObject, TdmsWriter

    facts = {"wf_increment": 1 / FS_HZ, "unit_string": "g"}
    with TdmsWriter(str(path)) as writer:
        for first in range(0, FILE_BYTES // 8, _BLOCK):
            samples = np.roll(_NOISE, first)
            writer.write_segment(
                [ChannelObject("pump", name, samples, facts) for name in ("drive end", "fan end")]
            )


def _write_interleaved_tdms(path: Path) -> None:
    """Write one segment of many chunks, sample by sample, as a card streams them."""
    from nptdms import ChannelObject, TdmsWriter

    at_once = FS_HZ
    facts = {"wf_increment": 1 / FS_HZ, "unit_string": "g"}
    samples = _NOISE[:at_once]
    with TdmsWriter(str(path)) as writer:
        writer.write_segment([ChannelObject("pump", name, samples, facts) for name in ("DE", "FE")])
    chunk = np.repeat(samples.astype("<f4"), 2).tobytes()
    with path.open("r+b") as file:
        head = bytearray(file.read())
        n_chunks = FILE_BYTES // len(chunk)
        flags = int.from_bytes(head[4:8], "little") | 1 << 5
        head[4:8] = flags.to_bytes(4, "little")
        raw_at = int.from_bytes(head[20:28], "little")
        head[12:20] = (raw_at + n_chunks * len(chunk)).to_bytes(8, "little")
        file.seek(0)
        file.write(head[: 28 + raw_at])
        for _ in range(n_chunks):
            file.write(chunk)


def _write_parquet(path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    schema = pyarrow.schema(
        [("DE (g)", pyarrow.float64()), ("FE (g)", pyarrow.float64())],
        metadata={"fs_hz": str(FS_HZ)},
    )
    with parquet.ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
        for first in range(0, FILE_BYTES // 16, _BLOCK):
            columns = [np.roll(_NOISE, first + k).astype(np.float64) for k in range(2)]
            writer.write_table(pyarrow.table(columns, schema=schema))


SUFFIXES = {"mat73": "mat"}
WRITERS: dict[str, Callable[[Path], None]] = {
    "npy": write_npy,
    "wav": _write_wav,
    "mat73": _write_mat73,
    "mat": _write_mat5,
    "mat_packed": partial(_write_mat5, packs=True),
    "csv": _write_csv,
    "lvm": _write_lvm,
    "uff": _write_uff,
    "uff_text": partial(_write_uff, is_text=True),
    "tdms": _write_tdms,
    "tdms_interleaved": _write_interleaved_tdms,
    "parquet": _write_parquet,
}
