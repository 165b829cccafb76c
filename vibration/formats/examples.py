"""Small recordings of our own in every layout that can be written: for trials and the tutorial.

The signals are synthetic: a bearing whose outer race rings at each passage, over noise. Whoever can
write a layout without us does (scipy, h5py, npTDMS, pyarrow, NumPy); the rest is written by hand
after the layouts' descriptions. enDAQ's files have no public writer and are not among them.
"""

import gzip
import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

FS_HZ: Final = 20_000.0
RPM: Final = 1800.0
BPFO_ORDER: Final = 3.5848  # of a 6205, as in CWRU's drive end
_RESONANCE_HZ: Final = 3200.0
_DECAY_S: Final = 0.0012
_N: Final = 4096

Signal = npt.NDArray[np.float64]


def bearing_signal(
    n: int = _N, *, fs_hz: float = FS_HZ, rpm: float = RPM, severity: float = 1.0, seed: int = 0
) -> Signal:
    """Vibration of a bearing with a damaged outer race, in g.

    x = s·Σ exp(−(t−tₖ)/τ)·sin(2πf_r(t−tₖ)) + n, with the passages tₖ at 3.5848 times the shaft
    frequency (1 % slip), f_r = 3.2 kHz, τ = 1.2 ms and noise n of 0.1 g.

    Parameters
    ----------
    n : int
        Number of samples.
    fs_hz, rpm : float
        Sampling rate in Hz and shaft speed in rpm.
    severity : float
        Height s of the impacts in g; 0 is healthy.
    seed : int
        Of the noise and the slip.

    Returns
    -------
    ndarray, (n,)

    References
    ----------
    P. D. McFadden, J. D. Smith, J. Sound Vib. 96 (1984).

    Examples
    --------
    >>> x = bearing_signal(1000, severity=0.0)
    >>> round(float(x.std()), 1)
    0.1
    """
    rng = np.random.default_rng(seed)
    t_s = np.arange(n) / fs_hz
    x = 0.1 * rng.standard_normal(n)
    if severity:
        interval_s = 60.0 / (rpm * BPFO_ORDER)
        slips = 1.0 + 0.01 * rng.standard_normal(int(t_s[-1] / interval_s) + 2)
        for start_s in np.cumsum(interval_s * slips):
            first = math.ceil(start_s * fs_hz)
            # After twenty decays nothing is heard of it.
            after_s = t_s[first : first + math.ceil(20 * _DECAY_S * fs_hz)] - start_s
            ringing = np.exp(-after_s / _DECAY_S) * np.sin(2 * np.pi * _RESONANCE_HZ * after_s)
            x[first : first + after_s.size] += severity * ringing
    return x


def write_examples(folder: Path, *, seed: int = 0) -> list[Path]:
    """Write one small recording in every layout, and three short runs to failure.

    Parameters
    ----------
    folder : Path
        Made where it is missing; files of the same names are replaced.
    seed : int
        The same seed writes the same samples.

    Returns
    -------
    list of Path
        In the order written.
    """
    written = []
    for example in examples(seed=seed):
        path = folder / example.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(example.content())
        written.append(path)
    return written


@dataclass(frozen=True)
class Example:
    """A file to write: its name below the folder, and what makes its bytes."""

    name: str
    content: Callable[[], bytes]


def examples(*, seed: int = 0, n: int = _N) -> Iterator[Example]:
    """Give the examples, of n samples a channel; a file is made when its `content` is called."""
    x, y = bearing_signal(n, seed=seed), bearing_signal(n, seed=seed + 1, severity=0.3)
    for name, content in (_TEXTS | _CONTAINERS).items():
        yield Example(name, lambda content=content: content(x, y))  # type: ignore[misc]
    yield from _runs(seed)


def onset_of(n_files: int) -> int:
    """Return the number of the first damaged file of an example run: two thirds through."""
    return 2 * n_files // 3


def _severity(number: int, n_files: int) -> float:
    """Return how hard the impacts are: none before the onset, growing after it."""
    return 0.4 * max(0, number - onset_of(n_files) + 1)


def _runs(seed: int, n_files: int = 12) -> Iterator[Example]:
    """Give runs to failure laid out as those of IMS, FEMTO and XJTU-SY."""
    began = datetime(2024, 2, 12, 10, 32, 39)
    for k in range(n_files):
        when = began + timedelta(minutes=10 * k)
        severity = _severity(k, n_files)
        yield Example(f"ims_run/{when:%Y.%m.%d.%H.%M.%S}", _later(_ims, severity, seed + 10 * k))
    for k in range(n_files):
        severity = _severity(k, n_files)
        yield Example(
            f"femto_run/Bearing1_1/acc_{k + 1:05d}.csv", _later(_femto, severity, seed + 10 * k, k)
        )
    for k in range(n_files):
        severity = _severity(k, n_files)
        yield Example(
            f"xjtu_run/35Hz12kN/Bearing1_1/{k + 1}.csv", _later(_xjtu, severity, seed + k)
        )


def _later(make: Callable[..., bytes], *arguments: Any) -> Callable[[], bytes]:
    return lambda: make(*arguments)


def _ims(severity: float, seed: int) -> bytes:
    columns = [
        bearing_signal(_N, fs_hz=20_000, rpm=2000, severity=severity * (b == 0), seed=seed + b)
        for b in range(4)
    ]
    return _rows(np.stack(columns, axis=1), "\t", 3)


def _femto(severity: float, seed: int, number: int) -> bytes:
    n = 2560
    x = bearing_signal(n, fs_hz=25_600, severity=severity, seed=seed)
    y = bearing_signal(n, fs_hz=25_600, severity=0.5 * severity, seed=seed + 1)
    micros = 65_664 + np.floor(np.arange(n) * 1e6 / 25_600)
    lines = [
        f"9,{39 + number // 6},{10 * (number % 6)},{int(m)},{a:.3f},{b:.3f}"
        for m, a, b in zip(micros, x, y, strict=True)
    ]
    return ("\n".join(lines) + "\n").encode()


def _xjtu(severity: float, seed: int) -> bytes:
    columns = [
        bearing_signal(4096, fs_hz=25_600, rpm=2100, severity=severity * part, seed=seed + k)
        for k, part in enumerate((1.0, 0.5))
    ]
    titles = b"Horizontal_vibration_signals,Vertical_vibration_signals\n"
    return titles + _rows(np.stack(columns, axis=1), ",", 5)


def _rows(table: Signal, separator: str, digits: int) -> bytes:
    text = io.BytesIO()
    np.savetxt(text, table, fmt=f"%.{digits}f", delimiter=separator)
    return text.getvalue()


def _timed(x: Signal, y: Signal) -> Signal:
    return np.column_stack([np.arange(x.size) / FS_HZ, x, y])


def _titled(x: Signal, y: Signal) -> bytes:
    return b"Time (s),DE (g),FE (g)\n" + _rows(_timed(x, y), ",", 6)


def _semicolons(x: Signal, y: Signal) -> bytes:
    table = _rows(_timed(1e3 * x, 1e3 * y), ";", 6).replace(b".", b",")
    return "Zeit [s];Lager A [mg];Lager B [mg]\n".encode("latin-1") + table


def _commented(x: Signal, y: Signal) -> bytes:
    head = f"# Sampling rate: {FS_HZ:g} Hz\n# Unit: m/s2\n# Speed: {RPM:g} rpm\n# accel\n"
    return head.encode() + _rows(9.80665 * x[:, None], ",", 5)


def _keys(x: Signal, y: Signal) -> bytes:
    head = f"Sample Rate,{FS_HZ:g}\nUnits,g\nRPM,{RPM:g}\nChannel 1\n"
    return head.encode() + _rows(x[:, None], ",", 5)


def _picoscope(x: Signal, y: Signal) -> bytes:
    times_ms = 1e3 * np.arange(x.size) / FS_HZ
    table = np.column_stack([times_ms, 100 * x, 100 * y])
    return b"Time,Channel A,Channel B\r\n(ms),(mV),(mV)\r\n\r\n" + _rows(table, ",", 5)


def _utf16(x: Signal, y: Signal) -> bytes:
    return _titled(x, y).decode().replace(",", "\t").encode("utf-16")


def _lvm(x: Signal, y: Signal) -> bytes:
    head = (
        "LabVIEW Measurement\nWriter_Version\t2\nReader_Version\t2\nSeparator\tTab\n"
        "Decimal_Separator\t.\nMulti_Headings\tYes\nX_Columns\tNo\nTime_Pref\tRelative\n"
        "Operator\tlab\nDate\t2024/04/16\nTime\t11:02:03.5\n***End_of_Header***\t\n\n"
    )
    body = ""
    for part in (x, y):
        body += (
            f"Channels\t1\nSamples\t{part.size}\nDate\t2024/04/16\nTime\t11:02:03.5\n"
            "Y_Unit_Label\tg\nX_Dimension\tTime\nX0\t0.0\n"
            f"Delta_X\t{1 / FS_HZ:.6e}\n***End_of_Header***\t\nX_Value\tAcceleration\tComment\n"
        )
        body += "".join(f"\t{value:.6f}\t\n" for value in part) + "\n"
    return (head + body).encode()


def _cells(x: Signal, y: Signal) -> bytes:
    lines = ["id;fs_hz;rpm;signal"]
    lines += [
        f"record {n};{FS_HZ:g};{RPM:g};[{', '.join(f'{v:.5f}' for v in part)}]"
        for n, part in enumerate((x, y), 1)
    ]
    return ("\n".join(lines) + "\n").encode()


def _packed(x: Signal, y: Signal) -> bytes:
    return gzip.compress(_titled(x, y), mtime=0)


def _mat(x: Signal, y: Signal) -> bytes:
    return _saved({"vib": x, "fs": FS_HZ, "rpm": RPM, "temperature": 40 + y[:32]})


def _mat4(x: Signal, y: Signal) -> bytes:
    return _saved({"A": x, "B": y, "Tinterval": 1 / FS_HZ}, format="4")


def _cwru(x: Signal, y: Signal) -> bytes:
    return _saved({"X105_DE_time": x, "X105_FE_time": y, "X105RPM": 1797.0}, do_compression=True)


def _mfpt(x: Signal, y: Signal) -> bytes:
    return _saved({"bearing": {"sr": FS_HZ, "rate": RPM / 60, "gs": x, "load": 270.0}})


def _saved(variables: dict[str, Any], **options: Any) -> bytes:
    from scipy.io import savemat

    content = io.BytesIO()
    savemat(content, variables, oned_as="column", **options)  # type: ignore[arg-type]
    return content.getvalue()


def _mat73(x: Signal, y: Signal) -> bytes:
    import h5py

    content = io.BytesIO()
    with h5py.File(content, "w", userblock_size=512) as file:
        for key, value in (("acc", np.stack([x, y])), ("fs", np.array([[FS_HZ]]))):
            file[key] = value
            file[key].attrs["MATLAB_class"] = np.bytes_("double")
    head = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM"
    return head + content.getvalue()[128:]


def _hdf5(x: Signal, y: Signal) -> bytes:
    import h5py

    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        group = file.create_group("pump")
        group.attrs["rpm"] = RPM
        for name, values in (("drive_end", x), ("fan_end", y)):
            group[name] = values.astype(np.float32)
            group[name].attrs.update({"sampling_rate": FS_HZ, "unit": "g"})
    return content.getvalue()


def _npy(x: Signal, y: Signal) -> bytes:
    content = io.BytesIO()
    np.save(content, _timed(x, y))
    return content.getvalue()


def _npz(x: Signal, y: Signal) -> bytes:
    content = io.BytesIO()
    np.savez_compressed(content, acc=x, fs=FS_HZ, rpm=RPM)
    return content.getvalue()


def _wav(dtype: str) -> Callable[[Signal, Signal], bytes]:
    def made(x: Signal, y: Signal) -> bytes:
        from scipy.io import wavfile

        stereo = np.stack([x, y], axis=1) / 8.0
        if dtype != "f4":
            middle = 128 if dtype == "u1" else 0  # eight bits have no sign
            stereo = np.round(stereo * (np.iinfo(dtype).max - middle - 1)) + middle
        content = io.BytesIO()
        wavfile.write(content, int(FS_HZ), stereo.astype(dtype))
        return content.getvalue()

    return made


def _uff(x: Signal, y: Signal) -> bytes:
    """Return a dataset 58 in text, after SDRC's description."""
    blank = f" {'NONE':10s}{0:10d}{0:4d}"
    axis = "{:10d}{:5d}{:5d}{:5d} {:20s} {:20s}"
    lines = ["    -1", "    58", "Drive end", "NONE", "NONE", "NONE", "NONE"]
    lines += [f"{1:5d}{0:10d}{1:5d}{0:10d}{blank}{blank}"]
    lines += [f"{4:10d}{x.size:10d}{1:10d}{0.0:13.5E}{1 / FS_HZ:13.5E}{0.0:13.5E}"]
    lines += [axis.format(17, 0, 0, 0, "Time", "s"), axis.format(12, 1, 0, 0, "Acceleration", "g")]
    lines += 2 * [axis.format(0, 0, 0, 0, "NONE", "NONE")]
    lines += ["".join(f"{v:20.11E}" for v in x[first : first + 4]) for first in range(0, x.size, 4)]
    return ("\n".join([*lines, "    -1"]) + "\n").encode()


def _tdms(x: Signal, y: Signal) -> bytes:
    from nptdms import ChannelObject, TdmsWriter

    content = io.BytesIO()
    facts = {"wf_increment": 1 / FS_HZ, "unit_string": "g"}
    slow = {"wf_increment": 1.0, "unit_string": "deg C"}
    with TdmsWriter(content) as writer:
        writer.write_segment(
            [
                ChannelObject("pump", "drive end", x, facts),
                ChannelObject("pump", "fan end", y, facts),
                ChannelObject("pump", "temperature", 40 + y[:32], slow),
            ]
        )
    return content.getvalue()


def _table(x: Signal, y: Signal) -> Any:
    import pyarrow

    schema = pyarrow.schema(
        [("DE (g)", pyarrow.float64()), ("FE (g)", pyarrow.float64())],
        metadata={"fs_hz": f"{FS_HZ:g}", "rpm": f"{RPM:g}"},
    )
    return pyarrow.table([x, y], schema=schema)


def _parquet(x: Signal, y: Signal) -> bytes:
    from pyarrow import parquet

    content = io.BytesIO()
    parquet.write_table(_table(x, y), content)
    return content.getvalue()


def _feather(x: Signal, y: Signal) -> bytes:
    from pyarrow import feather

    content = io.BytesIO()
    feather.write_feather(_table(x, y), content)
    return content.getvalue()


_Maker = Callable[[Signal, Signal], bytes]
_TEXTS: Final[dict[str, _Maker]] = {
    "titled.csv": _titled,
    "decimal_commas.csv": _semicolons,
    "comments.csv": _commented,
    "key_lines.csv": _keys,
    "picoscope.csv": _picoscope,
    "utf16.tsv": _utf16,
    "labview.lvm": _lvm,
    "cells.csv": _cells,
    "packed.csv.gz": _packed,
    "universal.uff": _uff,
}
_CONTAINERS: Final[dict[str, _Maker]] = {
    "matlab5.mat": _mat,
    "matlab4.mat": _mat4,
    "matlab73.mat": _mat73,
    "cwru.mat": _cwru,
    "mfpt.mat": _mfpt,
    "numpy.npy": _npy,
    "numpy.npz": _npz,
    "sound8.wav": _wav("u1"),
    "sound16.wav": _wav("i2"),
    "sound32.wav": _wav("i4"),
    "float.wav": _wav("f4"),
    "labview.tdms": _tdms,
    "attributes.h5": _hdf5,
    "columns.parquet": _parquet,
    "columns.feather": _feather,
}
