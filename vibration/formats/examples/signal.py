"""The signal of the examples: a bearing whose outer race rings at each passage, over noise."""

import io
import math
from typing import Final

import numpy as np
import numpy.typing as npt

FS_HZ: Final = 20_000.0
RPM: Final = 1800.0
BPFO_ORDER: Final = 3.5848  # of a 6205, as in CWRU's drive end
N_SAMPLES: Final = 4096
_RESONANCE_HZ: Final = 3200.0
_DECAY_S: Final = 0.0012

Signal = npt.NDArray[np.float64]


def bearing_signal(
    n: int = N_SAMPLES,
    *,
    fs_hz: float = FS_HZ,
    rpm: float = RPM,
    severity: float = 1.0,
    seed: int = 0,
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


def rows(table: Signal, separator: str, digits: int) -> bytes:
    """Return a table as lines of text.

    Parameters
    ----------
    table : ndarray, (rows, columns)
    separator : str
        Between the columns.
    digits : int
        After the point.

    Returns
    -------
    bytes

    Examples
    --------
    >>> rows(np.array([[1.0, 2.0]]), ";", 1)
    b'1.0;2.0\\n'
    """
    text = io.BytesIO()
    np.savetxt(text, table, fmt=f"%.{digits}f", delimiter=separator)
    return text.getvalue()
