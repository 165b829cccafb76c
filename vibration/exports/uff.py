"""One record as a universal file: dataset 58, function at nodal degree of freedom, binary (58b)."""

import math
import unicodedata
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.quantities import unit_of
from vibration.spectra.samples import as_samples, as_sampling_rate

_EDGE: Final = b"    -1\n"
_LITTLE_ENDIAN, _IEEE_754, _TEXT_LINES = 1, 2, 11
_TIME_RESPONSE, _EVEN = 1, 1
_REAL_SINGLE, _REAL_DOUBLE = 2, 4
_UNKNOWN, _DISPLACEMENT, _VELOCITY, _ACCELERATION, _TIME, _RPM = 0, 8, 11, 12, 17, 19
_NO_NAME: Final = "NONE"
_ORDINATES: Final = {
    "acceleration": (_ACCELERATION, "Acceleration"),
    "velocity": (_VELOCITY, "Velocity"),
    "displacement": (_DISPLACEMENT, "Displacement"),
}
_ASCII: Final = str.maketrans({"²": "^2", "³": "^3", "µ": "u", "μ": "u", "°": "deg", "–": "-"})
_MAX_SAMPLES: Final = 10**9  # what a field of ten columns holds, and its bytes one of twelve


def record_uff(
    samples: npt.ArrayLike,
    *,
    fs_hz: float,
    unit: str,
    name: str,
    start_s: float = 0.0,
    rpm: float | None = None,
) -> bytes:
    """Write a universal file: one dataset 58b, a time response over even steps of 1/fs.

    The header is text in the columns of dataset 58; the samples are IEEE numbers, little-endian,
    float32 or float64 as they came, bit for bit. The shaft speed is the z-axis. The fields of the
    header leave eight digits to 1/fs; the second line holds the rate in full.

    References
    ----------
    SDRC, "Universal file datasets", no. 58, and its binary form by the Structural Dynamics
    Research Laboratory, University of Cincinnati.

    Parameters
    ----------
    samples : array_like, shape (N,)
        Samples, N ≥ 1.
    fs_hz : float
        Sampling rate in Hz.
    unit, name : str
        Unit of the samples and name of the record; letters beyond ASCII are replaced.
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
        For what is no channel of finite samples, a rate that is not positive, and a billion
        samples.

    Examples
    --------
    >>> content = record_uff([1.0, 2.0], fs_hz=100.0, unit="g", name="one")
    >>> [line.decode().split() for line in content.splitlines()[:3]]
    [['-1'], ['58b', '1', '2', '11', '16', '0', '0', '0', '0'], ['one']]
    """
    array, fs_hz = as_samples(samples, min_samples=1), as_sampling_rate(fs_hz)
    if array.size >= _MAX_SAMPLES:
        raise VibrationError(
            f"A universal file holds less than {_MAX_SAMPLES:.0e} samples, not {array.size}: "
            "export a shorter part.",
            field="samples",
        )
    speed = known_speed(rpm)
    data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    kind = _REAL_SINGLE if array.dtype == np.float32 else _REAL_DOUBLE
    dataset = f"{58:6d}b{_LITTLE_ENDIAN:6d}{_IEEE_754:6d}{_TEXT_LINES:12d}{len(data):12d}"
    lines = [
        dataset + f"{0:6d}{0:6d}{0:12d}{0:12d}",
        _text(name, 80) or _NO_NAME,
        f"Sampling rate {fs_hz!r} Hz",
        _NO_NAME,
        _NO_NAME,
        _NO_NAME,
        _identification(),
        f"{kind:10d}{array.size:10d}{_EVEN:10d}"
        + "".join(_real(value) for value in (start_s, 1 / fs_hz, speed or 0.0)),
        _axis(_TIME, "Time", "s"),
        _axis(*_ORDINATES.get(unit_of(unit).quantity.name, (_UNKNOWN, _NO_NAME)), unit),
        _axis(_UNKNOWN, _NO_NAME, _NO_NAME),
        _axis(*(_UNKNOWN, _NO_NAME, _NO_NAME) if speed is None else (_RPM, "Shaft speed", "rpm")),
    ]
    head = "".join(f"{line.ljust(80)}\n" for line in lines).encode("ascii")
    return b"".join([_EDGE, head, data, _EDGE])


def known_speed(rpm: float | None) -> float | None:
    """Shaft speed in rpm, None where it is unknown; the store's NaN is unknown too.

    Parameters
    ----------
    rpm : float or None
        Shaft speed in rpm.

    Returns
    -------
    float or None
        In rpm.

    Examples
    --------
    >>> known_speed(1500), known_speed(float("nan"))
    (1500.0, None)
    """
    return None if rpm is None or not math.isfinite(rpm) else float(rpm)


def _identification() -> str:
    """Record 6: what was measured where; a record of the portal belongs to no node."""
    nowhere = f" {_NO_NAME:10s}{0:10d}{0:4d}"
    return f"{_TIME_RESPONSE:5d}{0:10d}{0:5d}{0:10d}" + 2 * nowhere


def _axis(quantity: int, label: str, unit: str) -> str:
    return f"{quantity:10d}{0:5d}{0:5d}{0:5d} {_text(label, 20):20s} {_text(unit, 20):20s}"


def _real(value: float) -> str:
    """Return a number in 13 columns, one of them blank, with as many digits as fit.

    Fortran's E13.5 reads any number of digits, so the rate keeps eight instead of six.
    """
    for digits in range(8, -1, -1):
        mantissa, exponent = f"{value:.{digits}e}".split("e")
        written = f"{mantissa}e{int(exponent)}"
        if len(written) <= 12:
            break
    return written.rjust(13)


def _text(text: str, width: int) -> str:
    parts = unicodedata.normalize("NFKD", " ".join(text.translate(_ASCII).split()))
    plain = "".join(part for part in parts if not unicodedata.combining(part))  # é is e
    return plain.encode("ascii", "replace").decode()[:width]
