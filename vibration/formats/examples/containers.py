"""Examples in binary layouts, written by whoever writes them without us."""

import io
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from vibration.formats.examples.signal import FS_HZ, RPM, Signal
from vibration.formats.examples.texts import timed


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
    np.save(content, timed(x, y))
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


CONTAINERS: Final[dict[str, Callable[[Signal, Signal], bytes]]] = {
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
