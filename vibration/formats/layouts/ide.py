"""enDAQ and Mide loggers (.ide), read by idelib: calibrated values, a rate for each channel."""

import struct
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from vibration.errors import FormatError
from vibration.formats.assemble import assemble
from vibration.formats.extras import needed
from vibration.formats.facts import stated
from vibration.formats.files import SourceFile
from vibration.formats.gathering import gathered_columns
from vibration.formats.recording import LeftOut, Reading
from vibration.formats.series import Series, Stated

_EVENTS_AT_ONCE: Final = 1 << 19
_MAGIC: Final = b"\x1a\x45\xdf\xa3"
# What idelib and ebmlite were seen to raise on damaged files.
_DAMAGE: Final = (
    ValueError,
    KeyError,
    EOFError,
    OSError,
    TypeError,
    IndexError,
    OverflowError,
    AttributeError,
    NotImplementedError,
    MemoryError,
    RuntimeError,
    struct.error,
    ZeroDivisionError,
    AssertionError,
)


def is_ide(head: bytes) -> bool:
    """Tell an EBML file by its first bytes.

    Parameters
    ----------
    head : bytes
        The first bytes of the file.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_ide(bytes.fromhex("1a45dfa3")), is_ide(b"RIFF")
    (True, False)
    """
    return head[:4] == _MAGIC


def read_ide(file: SourceFile) -> Reading:
    """Read the sub-channels of all channels of a logger's file.

    Parameters
    ----------
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Returns
    -------
    Reading

    Raises
    ------
    FormatError
        For a damaged file, and for one without a signal; it says which.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "cut.ide"
    ...     _ = path.write_bytes(bytes.fromhex("1a45dfa3"))
    ...     try:
    ...         read_ide(SourceFile(path, "cut.ide"))
    ...     except FormatError as error:
    ...         str(error)[:29]
    'cut.ide is a damaged logger f'
    """
    importer = needed("idelib.importer", "idelib", file.name)
    try:
        dataset = importer.importFile(str(file.path))
        try:
            series, left_out = _read(dataset, file)
            started = _start(dataset)
        finally:
            dataset.close()
    except FormatError:
        raise
    except _DAMAGE as error:
        raise FormatError(
            f"{file.name} is a damaged logger file, was cut short, or is no recording of an enDAQ "
            "logger."
        ) from error
    if not series:
        raise FormatError(f"{file.name} holds no channel with samples.")
    return assemble("ide", series, Stated(recorded_at=started), name=file.name, left_out=left_out)


def _read(dataset: Any, file: SourceFile) -> tuple[list[Series], list[LeftOut]]:
    series: list[Series] = []
    left_out: list[LeftOut] = []
    kept = 0
    for channel in dataset.channels.values():
        events = channel.getSession()
        kept += 8 * len(events) * (1 + len(channel.subchannels))
        file.prove_kept(kept)
        if not len(events):
            left_out.append(LeftOut(str(channel.displayName), "it is empty"))
            continue
        tiles = (
            (first, 0, np.asarray(events.arraySlice(first, first + _EVENTS_AT_ONCE)).T)
            for first in range(0, len(events), _EVENTS_AT_ONCE)
        )
        n_rows = 1 + len(channel.subchannels)
        values = gathered_columns(tiles, len(events), n_rows, np.float64)
        fs_hz = float(events.getSampleRate() or 0.0)
        rates = (stated(fs_hz, "the logger's clock"),) if fs_hz > 0 else ()
        for row, sub in enumerate(channel.subchannels, 1):
            unit = str(sub.units[1] or "") if sub.units else ""
            series.append(
                Series(
                    str(sub.displayName or sub.name),
                    values[row],
                    unit=unit or None,
                    unit_words="the logger's calibration",
                    rates=rates,
                    is_sure=True,
                )
            )
    return series, left_out


def _start(dataset: Any) -> datetime | None:
    began = dataset.sessions[0].utcStartTime if dataset.sessions else None
    return datetime.fromtimestamp(began, UTC) if isinstance(began, int) and began > 0 else None
