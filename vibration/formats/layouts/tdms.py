"""National Instruments' TDMS, read by npTDMS: scaled values, a rate for each channel."""

import struct
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import FormatError
from vibration.formats.assemble import assemble
from vibration.formats.extras import needed
from vibration.formats.facts import rate_of, rate_of_step, speed_of, stated
from vibration.formats.files import SourceFile
from vibration.formats.gathering import gathered
from vibration.formats.recording import LeftOut, Reading, Statement
from vibration.formats.series import Series, Stated

_MAGIC: Final = (b"TDSm", b"TDSh")
_MOST_CHANNELS: Final = 1024
_VALUES_AT_ONCE: Final = 1 << 22
# What npTDMS was seen to raise on damaged files.
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
    RuntimeError,
    struct.error,
    ZeroDivisionError,
    AssertionError,
)


def is_tdms(head: bytes) -> bool:
    """Tell a TDMS file, or its index, by its first letters.

    Parameters
    ----------
    head : bytes
        The first bytes of the file.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_tdms(b"TDSm"), is_tdms(b"RIFF")
    (True, False)
    """
    return head[:4] in _MAGIC


def read_tdms(file: SourceFile) -> Reading:
    """Read all channels of all groups; groups are recordings where they repeat the channels.

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
    >>> from vibration.formats.examples import example_file
    >>> with example_file("labview.tdms") as file:
    ...     reading = read_tdms(file)
    >>> reading.format, len(reading.channels)
    ('tdms', 3)
    """
    nptdms = needed("nptdms", "npTDMS", file.name)
    try:
        with nptdms.TdmsFile.open(file.path) as opened:
            series, left_out, root = _read(opened, file)
    except FormatError:
        raise
    except MemoryError as error:
        raise FormatError(
            f"{file.name} holds a block of samples that is too large to be unpacked at once, or is "
            "damaged; write it in shorter blocks, or cut it into shorter recordings."
        ) from error
    except _DAMAGE as error:
        raise FormatError(
            f"{file.name} is a damaged TDMS file, or was cut short; copy it once more."
        ) from error
    started = next((each for each in root.pop("_starts") if each is not None), None)
    rates, speeds = _stated_in(root)
    facts = Stated(rates=rates, speeds=speeds, recorded_at=started)
    return assemble("tdms", series, facts, name=file.name, left_out=left_out)


def _read(opened: Any, file: SourceFile) -> tuple[list[Series], list[LeftOut], dict[str, Any]]:
    groups = opened.groups()
    names = [channel.name for group in groups for channel in group.channels()]
    if len(names) > _MOST_CHANNELS:
        raise FormatError(f"{file.name} holds more than {_MOST_CHANNELS} channels.")
    repeat = len(set(names)) < len(names)
    series, left_out, kept = [], [], 0
    root = {**opened.properties, "_starts": []}
    for group in groups:
        for channel in group.channels():
            kept += 8 * len(channel)
            file.prove_kept(kept)
            title = channel.name if len(groups) == 1 else f"{group.name}/{channel.name}"
            if not len(channel):
                left_out.append(LeftOut(title, "it is empty"))
                continue
            properties = {**group.properties, **channel.properties}
            root["_starts"].append(_start(properties))
            series.append(_series(channel, title, properties, group.name if repeat else ""))
    if not series:
        raise FormatError(f"{file.name} holds no channel with samples.")
    return series, left_out, root


def _series(channel: Any, title: str, properties: dict[str, Any], recording: str) -> Series:
    values = _values(channel)
    if channel.dtype.kind == "M":
        return Series(title, values, unit="ns", recording=recording)
    step = properties.get("wf_increment")
    rates, speeds = _stated_in(properties)
    if isinstance(step, float | int) and step > 0:
        rates = (stated(rate_of_step(float(step)), f"wf_increment = {step:g} s"), *rates)
    unit = str(properties.get("unit_string") or properties.get("NI_UnitDescription") or "").strip()
    return Series(
        title,
        values,
        unit=unit or None,
        unit_words="unit_string",
        rates=tuple(dict.fromkeys(rates)),
        recording=recording,
        rpm=speeds[0] if len(speeds) == 1 else None,
    )


def _values(channel: Any) -> npt.NDArray[Any]:
    """Return the scaled values, of times the nanoseconds since the first; read part by part."""
    kind = channel.dtype
    if kind.kind not in "Mfiu":
        return np.asarray(channel[:])
    n_values = len(channel)
    parts = (
        np.asarray(channel.read_data(first, _VALUES_AT_ONCE))
        for first in range(0, n_values, _VALUES_AT_ONCE)
    )
    if kind.kind == "M":
        began = channel[0]
        parts = ((part - began).astype("m8[ns]").astype(np.int64) for part in parts)
        kind = np.dtype(np.int64)
    return gathered(parts, n_values, kind.newbyteorder("="))


def _stated_in(
    properties: dict[str, Any],
) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    rates, speeds = [], []
    for key, value in properties.items():
        if isinstance(value, bool) or not isinstance(value, float | int) or key.startswith("wf_"):
            continue
        fs_hz, rpm = rate_of(key, float(value)), speed_of(key, float(value))
        rates += [] if fs_hz is None else [stated(fs_hz, f"property {key} = {value:g}")]
        speeds += [] if rpm is None else [stated(rpm, f"property {key} = {value:g}")]
    return tuple(rates), tuple(speeds)


def _start(properties: dict[str, Any]) -> datetime | None:
    value = properties.get("wf_start_time")
    if not isinstance(value, np.datetime64) or np.isnat(value):
        return None
    began: Any = value.astype("M8[us]").item()
    return began if isinstance(began, datetime) and began.year > 1980 else None
