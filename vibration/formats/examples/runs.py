"""Short runs to failure, laid out as those of IMS, FEMTO and XJTU-SY, with a known onset."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import numpy as np

from vibration.formats.examples.signal import N_SAMPLES, bearing_signal, rows


@dataclass(frozen=True)
class Example:
    """A file to write: its name below the folder, and what makes its bytes."""

    name: str
    content: Callable[[], bytes]


def onset_of(n_files: int) -> int:
    """Return the number of the first damaged file of an example run: two thirds through.

    Parameters
    ----------
    n_files : int
        Of the run.

    Returns
    -------
    int
        Counted from 0.

    Examples
    --------
    >>> onset_of(12)
    8
    """
    return 2 * n_files // 3


def _severity(number: int, n_files: int) -> float:
    """Return how hard the impacts are: none before the onset, growing after it."""
    return 0.4 * max(0, number - onset_of(n_files) + 1)


def runs(seed: int, n_files: int = 12) -> Iterator[Example]:
    """Give runs to failure laid out as those of IMS, FEMTO and XJTU-SY.

    Parameters
    ----------
    seed : int
        Of the noise and the slip.
    n_files : int
        Of each run.

    Yields
    ------
    Example
        In the order of time.

    Examples
    --------
    >>> [each.name.split("/")[0] for each in runs(0, n_files=1)]
    ['ims_run', 'femto_run', 'xjtu_run']
    """
    began = datetime(2024, 2, 12, 10, 32, 39)
    for k in range(n_files):
        when = began + timedelta(minutes=10 * k)
        severity = _severity(k, n_files)
        yield Example(f"ims_run/{when:%Y.%m.%d.%H.%M.%S}", partial(_ims, severity, seed + 10 * k))
    for k in range(n_files):
        severity = _severity(k, n_files)
        yield Example(
            f"femto_run/Bearing1_1/acc_{k + 1:05d}.csv", partial(_femto, severity, seed + 10 * k, k)
        )
    for k in range(n_files):
        severity = _severity(k, n_files)
        yield Example(
            f"xjtu_run/35Hz12kN/Bearing1_1/{k + 1}.csv", partial(_xjtu, severity, seed + k)
        )


def _ims(severity: float, seed: int) -> bytes:
    columns = [
        bearing_signal(
            N_SAMPLES, fs_hz=20_000, rpm=2000, severity=severity * (b == 0), seed=seed + b
        )
        for b in range(4)
    ]
    return rows(np.stack(columns, axis=1), "\t", 3)


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
    return titles + rows(np.stack(columns, axis=1), ",", 5)
