"""Examples that are written as text, by hand after the layouts' descriptions."""

import gzip
from collections.abc import Callable
from typing import Final

import numpy as np

from vibration.formats.examples.signal import FS_HZ, RPM, Signal, rows


def timed(x: Signal, y: Signal) -> Signal:
    """Return a table of time in s and the two signals.

    Parameters
    ----------
    x, y : ndarray, (N,)
        Signals at `FS_HZ`.

    Returns
    -------
    ndarray, (N, 3)

    Examples
    --------
    >>> timed(np.ones(2), np.zeros(2)).tolist()
    [[0.0, 1.0, 0.0], [5e-05, 1.0, 0.0]]
    """
    return np.column_stack([np.arange(x.size) / FS_HZ, x, y])


def _titled(x: Signal, y: Signal) -> bytes:
    return b"Time (s),DE (g),FE (g)\n" + rows(timed(x, y), ",", 6)


def _semicolons(x: Signal, y: Signal) -> bytes:
    table = rows(timed(1e3 * x, 1e3 * y), ";", 6).replace(b".", b",")
    return "Zeit [s];Lager A [mg];Lager B [mg]\n".encode("latin-1") + table


def _commented(x: Signal, y: Signal) -> bytes:
    head = f"# Sampling rate: {FS_HZ:g} Hz\n# Unit: m/s2\n# Speed: {RPM:g} rpm\n# accel\n"
    return head.encode() + rows(9.80665 * x[:, None], ",", 5)


def _keys(x: Signal, y: Signal) -> bytes:
    head = f"Sample Rate,{FS_HZ:g}\nUnits,g\nRPM,{RPM:g}\nChannel 1\n"
    return head.encode() + rows(x[:, None], ",", 5)


def _picoscope(x: Signal, y: Signal) -> bytes:
    times_ms = 1e3 * np.arange(x.size) / FS_HZ
    table = np.column_stack([times_ms, 100 * x, 100 * y])
    return b"Time,Channel A,Channel B\r\n(ms),(mV),(mV)\r\n\r\n" + rows(table, ",", 5)


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


TEXTS: Final[dict[str, Callable[[Signal, Signal], bytes]]] = {
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
