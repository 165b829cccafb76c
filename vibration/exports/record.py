"""One record, or a part of it, in the formats of other programs.

All take the same arguments and return the bytes of the file. Samples are written as they are, in
their unit: float32 stays float32.
"""

import io
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.exports.uff import known_speed, record_uff
from vibration.quantities import UNKNOWN, unit_of
from vibration.spectra.samples import FloatArray, as_samples, as_sampling_rate
from vibration.store import FORMAT

__all__ = [
    "RECORD_EXPORTS",
    "RecordExport",
    "record_csv",
    "record_mat",
    "record_npy",
    "record_uff",
    "record_wav",
]

_MAX_BYTES: Final = 2**31 - 2**16  # of one variable of a MATLAB 5 file, and of a WAV that all read


def record_npy(
    samples: npt.ArrayLike,
    *,
    fs_hz: float,
    unit: str,
    name: str,
    start_s: float = 0.0,
    rpm: float | None = None,
) -> bytes:
    """Write a NumPy array of the samples; it holds neither rate nor unit.

    Parameters
    ----------
    samples : array_like, shape (N,)
        Samples, N ≥ 1.
    fs_hz : float
        Sampling rate in Hz.
    unit, name : str
        Unit of the samples and name of the record.
    start_s : float
        Time of the first sample in s.
    rpm : float, optional
        Shaft speed in rpm.

    Returns
    -------
    bytes

    Raises
    ------
    VibrationError
        For what is no channel of finite samples, and a rate that is not positive.

    Examples
    --------
    >>> content = record_npy([1.0, 2.0], fs_hz=100.0, unit="g", name="one")
    >>> np.load(io.BytesIO(content)).tolist()
    [1.0, 2.0]
    """
    array, _ = _checked(samples, fs_hz)
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


def record_csv(
    samples: npt.ArrayLike,
    *,
    fs_hz: float,
    unit: str,
    name: str,
    start_s: float = 0.0,
    rpm: float | None = None,
) -> bytes:
    """Write a text table of times in s and samples, with name, rate and speed above it.

    Nine digits bring a float32 back exactly, and 17 a float64. UTF-8, commas, decimal points.

    Parameters
    ----------
    samples : array_like, shape (N,)
        Samples, N ≥ 1.
    fs_hz : float
        Sampling rate in Hz.
    unit, name : str
        Unit of the samples and name of the record.
    start_s : float
        Time of the first sample in s.
    rpm : float, optional
        Shaft speed in rpm.

    Returns
    -------
    bytes

    Raises
    ------
    VibrationError
        For what is no channel of finite samples, and a rate that is not positive.

    Examples
    --------
    >>> content = record_csv([1.0, -0.5], fs_hz=100.0, unit="g", name="one", rpm=1500)
    >>> print(content.decode(), end="")
    # one
    # Sampling rate: 100 Hz
    # Shaft speed: 1500 rpm
    time [s],acceleration [g]
    0.0,1
    0.01,-0.5
    """
    array, fs_hz = _checked(samples, fs_hz)
    head = [f"# {' '.join(name.split())}", f"# Sampling rate: {_number(fs_hz)} Hz"]
    speed, measured = known_speed(rpm), unit_of(unit).quantity
    quantity = "signal" if measured == UNKNOWN.quantity else measured.name
    if speed is not None:
        head.append(f"# Shaft speed: {_number(speed)} rpm")
    plain_unit = " ".join(unit.replace(",", " ").split())
    head.append(f"time [s],{quantity} [{plain_unit}]" if plain_unit else f"time [s],{quantity}")
    times_s = start_s + np.arange(array.size) / fs_hz
    digits = 9 if array.dtype == np.float32 else 17
    rows = [
        f"{time_s!r},{value:.{digits}g}"
        for time_s, value in zip(times_s.tolist(), array.tolist(), strict=True)
    ]
    return ("\n".join(head + rows) + "\n").encode()


def record_mat(
    samples: npt.ArrayLike,
    *,
    fs_hz: float,
    unit: str,
    name: str,
    start_s: float = 0.0,
    rpm: float | None = None,
) -> bytes:
    """Write a MATLAB 5 file: ``signals`` (N, 1), ``fs``, ``unit``, ``name``, ``start_s``, ``rpm``.

    The names are those of `exports.export_mat`; ``rpm`` is left out where it is unknown.

    Parameters
    ----------
    samples : array_like, shape (N,)
        Samples, N ≥ 1.
    fs_hz : float
        Sampling rate in Hz.
    unit, name : str
        Unit of the samples and name of the record.
    start_s : float
        Time of the first sample in s.
    rpm : float, optional
        Shaft speed in rpm.

    Returns
    -------
    bytes

    Raises
    ------
    VibrationError
        For what is no channel of finite samples, a rate that is not positive, and 2 GiB or more.

    Examples
    --------
    >>> from scipy.io import loadmat
    >>> content = record_mat([1.0, 2.0], fs_hz=100.0, unit="g", name="one")
    >>> loadmat(io.BytesIO(content))["signals"].tolist()
    [[1.0], [2.0]]
    """
    from scipy.io import savemat

    array, fs_hz = _checked(samples, fs_hz)
    _check_size(array, "MATLAB 5")
    variables: dict[str, Any] = {
        "format": FORMAT,
        "name": name,
        "unit": unit,
        "fs": fs_hz,
        "start_s": float(start_s),
        "signals": array[:, None],
    }
    speed = known_speed(rpm)
    if speed is not None:
        variables["rpm"] = speed
    file = io.BytesIO()
    savemat(file, variables)  # type: ignore[arg-type] # its stubs know paths only
    return file.getvalue()


def record_wav(
    samples: npt.ArrayLike,
    *,
    fs_hz: float,
    unit: str,
    name: str,
    start_s: float = 0.0,
    rpm: float | None = None,
) -> bytes:
    """Write a WAV file of 32-bit floats: the samples in their unit, not scaled to ±1.

    References
    ----------
    Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0" (1991).

    Parameters
    ----------
    samples : array_like, shape (N,)
        Samples, N ≥ 1; those of float64 are rounded to float32.
    fs_hz : float
        Sampling rate in Hz, a whole number as the format has no other.
    unit, name : str
        Unit of the samples and name of the record; the file holds neither.
    start_s : float
        Time of the first sample in s; the file begins at 0.
    rpm : float, optional
        Shaft speed in rpm; the file does not hold it.

    Returns
    -------
    bytes

    Raises
    ------
    VibrationError
        For what is no channel of finite samples, a rate that is not whole, and 2 GiB or more.

    Examples
    --------
    >>> content = record_wav([1.0, 2.5], fs_hz=100.0, unit="g", name="one")
    >>> content[:4], content[8:12]
    (b'RIFF', b'WAVE')
    """
    from scipy.io import wavfile

    array, fs_hz = _checked(samples, fs_hz)
    _check_size(array, "WAV")
    if fs_hz != round(fs_hz) or fs_hz >= 2**31:
        raise VibrationError(
            f"A WAV file holds whole sampling rates only, and this record has {_number(fs_hz)} Hz: "
            "rounded, every frequency would be wrong. Take CSV, MATLAB or UFF.",
            field="fs_hz",
        )
    file = io.BytesIO()
    wavfile.write(file, round(fs_hz), array.astype(np.float32, copy=False))
    return file.getvalue()


class RecordExport(NamedTuple):
    """A way to write a record: the function, the file's suffix and its media type."""

    function: Callable[..., bytes]
    suffix: str
    content_type: str


RECORD_EXPORTS: Final[Mapping[str, RecordExport]] = MappingProxyType(
    {
        "npy": RecordExport(record_npy, ".npy", "application/octet-stream"),
        "csv": RecordExport(record_csv, ".csv", "text/csv; charset=utf-8"),
        "mat": RecordExport(record_mat, ".mat", "application/x-matlab-data"),
        "wav": RecordExport(record_wav, ".wav", "audio/wav"),
        "uff": RecordExport(record_uff, ".uff", "application/octet-stream"),
    }
)


def _checked(samples: npt.ArrayLike, fs_hz: float) -> tuple[FloatArray, float]:
    return as_samples(samples, min_samples=1), as_sampling_rate(fs_hz)


def _check_size(array: FloatArray, kind: str) -> None:
    if array.nbytes > _MAX_BYTES:
        raise VibrationError(
            f"The samples take {array.nbytes / 2**30:.1f} GiB and a {kind} file less than 2: "
            "export a shorter part, or NPY.",
            field="samples",
        )


def _number(value: float) -> str:
    return repr(float(value)).removesuffix(".0")
