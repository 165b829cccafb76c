"""Published data sets in MATLAB's files: recognised by their variables, known by publication.

References
----------
CWRU Bearing Data Center. E. Bechhoefer, MFPT challenge data. C. Lessmeier et al., PHM Europe 2016
(Paderborn). UESTC, doi 10.1109/JSEN.2025.3635217.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from vibration.errors import FormatError
from vibration.formats.assemble import assemble
from vibration.formats.facts import stated
from vibration.formats.files import SourceFile
from vibration.formats.layouts.known import by_publication
from vibration.formats.matlab.named import by_name
from vibration.formats.matlab.values import array, described, scalar
from vibration.formats.recording import (
    LeftOut,
    Reading,
    Source,
    Statement,
    positive,
)
from vibration.formats.samples import split_channels
from vibration.formats.series import Series, Stated
from vibration.formats.variables import variables_reading

_CWRU: Final = re.compile(r"^(X\d+)_?(DE|FE|BA)_time$")
_UESTC_NAME: Final = re.compile(r"^[A-Za-z]+\d*_(\d{3,4})_\d+$")
_PADERBORN_NAME: Final = re.compile(r"^N(\d{2})_M\d{2}_F\d{2}_")


def known_layout(variables: Mapping[str, Any], file: SourceFile) -> Reading | None:
    """Return the reading of a known data set, None for any other file.

    Parameters
    ----------
    variables : mapping
        By name.
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Returns
    -------
    Reading or None

    Examples
    --------
    >>> from pathlib import Path
    >>> file = SourceFile(Path("105.mat"), "105.mat")
    >>> reading = known_layout({"X105_DE_time": np.sin(np.arange(64.0))}, file)
    >>> reading.format, reading.channels[0].fs_hz is None
    ('mat/cwru', True)
    >>> known_layout({"x": np.zeros(64)}, file) is None
    True
    """
    for layout in _LAYOUTS:
        reading = layout(variables, file)
        if reading is not None:
            return reading
    return None


def _cwru(variables: Mapping[str, Any], file: SourceFile) -> Reading | None:
    keys = {key: found for key in variables if (found := _CWRU.match(key))}
    if not keys:
        return None
    series, left_out = [], []
    several = len({found.group(1) for found in keys.values()}) > 1
    for key, found in keys.items():
        values = array(variables[key])
        if values is None:
            left_out.append(LeftOut(key, described(variables[key])))
            continue
        number = found.group(1)
        rpm = scalar(variables.get(f"{number}RPM"))
        series.append(
            Series(
                key,
                values.reshape(-1),
                unit="g",
                unit_words="CWRU",
                unit_source=Source.KNOWN_LAYOUT,
                recording=number if several else "",
                kind="",
                rpm=(
                    None if rpm is None else stated(positive(rpm, "speed"), f"variable {number}RPM")
                ),
                is_sure=True,
            )
        )
    if not series:
        raise FormatError(f"{file.name} holds {left_out[0].reason}, not a signal over time.")
    ends = {found.group(2) for found in keys.values()}
    return assemble(
        "mat/cwru",
        series,
        Stated(rate_hint=_cwru_hint(file, ends)),
        name=file.name,
        left_out=left_out,
    )


def _cwru_hint(file: SourceFile, ends: set[str]) -> tuple[float, str]:
    alike = "CWRU's files of 12 000 and of 48 000 Hz look alike."
    hint = file.rate_hint()
    if hint is not None and hint[0] in (12000.0, 48000.0):
        return hint[0], f"{alike} {hint[1]}"
    if any("normal" in place.lower() for place in file.places):
        return 48000.0, f"{alike} The healthy records have 48 000 Hz."
    if "BA" in ends or len(ends) == 1:
        return 12000.0, f"{alike} Files with these channels are mostly of 12 000 Hz."
    return 48000.0, f"{alike} Files with these channels are mostly of 48 000 Hz."


def _mfpt(variables: Mapping[str, Any], file: SourceFile) -> Reading | None:
    fields = variables.get("bearing")
    samples = array(fields.get("gs")) if isinstance(fields, dict) else None
    if samples is None or not isinstance(fields, dict):
        return None
    fs_hz, shaft_hz = scalar(fields.get("sr")), scalar(fields.get("rate"))
    load = scalar(fields.get("load"))
    rates = () if fs_hz is None else (
        stated(positive(fs_hz, "sampling rate"), f"field bearing.sr = {fs_hz:g}"),
    )  # fmt: skip
    speeds = () if shaft_hz is None else (
        stated(60.0 * positive(shaft_hz, "shaft rate"), f"field bearing.rate = {shaft_hz:g} Hz"),
    )  # fmt: skip
    series = [
        Series(
            "bearing.gs", samples.reshape(-1), unit="g", unit_words="MFPT",
            unit_source=Source.KNOWN_LAYOUT, kind="", is_sure=True,
        )
    ]  # fmt: skip
    facts = {} if load is None else {"load": f"{load:g} lb"}
    left_out = [LeftOut(k, described(v)) for k, v in variables.items() if k != "bearing"]
    return assemble(
        "mat/mfpt",
        series,
        Stated(rates=rates, speeds=speeds, facts=facts),
        name=file.name,
        left_out=left_out,
    )


def _uestc(variables: Mapping[str, Any], file: SourceFile) -> Reading | None:
    data, rate = array(variables.get("Data")), scalar(variables.get("SampleFrequency"))
    if data is None or rate is None:
        return None
    fs_hz = positive(rate, "sampling rate")
    name = _UESTC_NAME.match(file.stem)
    speeds = (by_publication(float(name.group(1)), "UESTC: the file's name"),) if name else ()
    series = [
        Series(title, values, kind="", is_sure=True)
        for title, values in split_channels(data, "Data")
    ]
    rates = (stated(fs_hz, f"variable SampleFrequency = {fs_hz:g}"),)
    return assemble("mat/uestc", series, Stated(rates=rates, speeds=speeds), name=file.name)


def _paderborn(variables: Mapping[str, Any], file: SourceFile) -> Reading | None:
    record = next(
        (v for v in variables.values() if isinstance(v, dict) and {"X", "Y"} <= {*v}), None
    )
    if record is None:
        return None
    axes, channels = _listed(record["X"]), _listed(record["Y"])
    if not channels or not all("Name" in c and "Data" in c for c in channels):
        return None
    rates = {str(axis.get("Name", axis.get("Raster", n))): _axis_rate(axis)
             for n, axis in enumerate(axes)}  # fmt: skip
    series = []
    for channel in channels:
        values = array(channel["Data"])
        if values is None:
            continue
        raster = str(channel.get("Raster", ""))
        rate = rates.get(raster) or _rate_by_length(axes, values.size)
        unit = channel.get("Unit")
        series.append(
            Series(
                str(channel["Name"]),
                values.reshape(-1),
                unit=unit if isinstance(unit, str) and unit.strip() else None,
                unit_words="field Unit",
                rates=() if rate is None else (rate,),
                is_sure=True,
            )
        )
    if not series:
        return None
    key = next(k for k, v in variables.items() if v is record)
    named = _PADERBORN_NAME.match(key) or _PADERBORN_NAME.match(file.stem)
    words = "Paderborn: the name of the recording"
    speeds = (by_publication(100.0 * int(named.group(1)), words),) if named else ()
    return assemble("mat/paderborn", series, Stated(speeds=speeds), name=file.name)


def _listed(value: Any) -> list[dict[str, Any]]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]


def _axis_rate(axis: dict[str, Any]) -> Statement | None:
    times = array(axis.get("Data"))
    if times is None or times.size < 2:
        return None
    flat = times.reshape(-1).astype(np.float64)
    span_s = float(flat[-1] - flat[0])
    if not np.isfinite(span_s) or span_s <= 0:
        return None
    fs_hz = float(f"{(flat.size - 1) / span_s:.6g}")
    return stated(fs_hz, f"axis {axis.get('Name', axis.get('Raster', ''))}", Source.WORKED_OUT)


def _rate_by_length(axes: list[dict[str, Any]], length: int) -> Statement | None:
    for axis in axes:
        times = array(axis.get("Data"))
        if times is not None and times.size == length:
            return _axis_rate(axis)
    return None


def _portal(variables: Mapping[str, Any], file: SourceFile) -> Reading | None:
    """Read the portal's own export: ``signals`` (samples, records) with ``fs`` and the index."""
    from vibration.store import FORMAT

    signals, fs_hz = array(variables.get("signals")), scalar(variables.get("fs"))
    if variables.get("format") != FORMAT or signals is None or signals.ndim != 2:
        return None
    unit = variables.get("unit")
    rpm = array(variables.get("rpm"))
    one = scalar(variables.get("rpm"))
    speeds = np.full(signals.shape[1], np.nan if one is None else one)
    speeds = speeds if rpm is None else rpm.reshape(-1).astype(np.float64)
    if len(speeds) != signals.shape[1]:
        raise FormatError(f"{file.name} has {len(speeds)} speeds for {signals.shape[1]} records.")
    rates = () if fs_hz is None else (stated(positive(fs_hz, "sampling rate"), "variable fs"),)
    series = [
        Series(
            f"record {row}",
            signals[:, row],
            unit=unit if isinstance(unit, str) else None,
            unit_words="variable unit",
            rates=rates,
            kind="",
            rpm=stated(float(speeds[row]), "variable rpm") if np.isfinite(speeds[row]) else None,
            is_sure=True,
        )
        for row in range(signals.shape[1])
    ]
    return assemble("mat/portal", series, Stated(), name=file.name)


_LAYOUTS: Final[tuple[Callable[[Mapping[str, Any], SourceFile], Reading | None], ...]] = (
    _portal,
    _cwru,
    _mfpt,
    _uestc,
    _paderborn,
    by_name,
)


def any_layout(variables: Mapping[str, Any], file: SourceFile, form: str) -> Reading:
    """Return the reading by a known layout, else by the names of the variables.

    Parameters
    ----------
    variables : mapping
        By name.
    file : SourceFile
        The file, what it is called, and how much of it may be kept.
    form : str
        The layout's name where it is none of the known ones.

    Returns
    -------
    Reading

    Raises
    ------
    FormatError
        Where there is no signal; it names what there is.

    Examples
    --------
    >>> from pathlib import Path
    >>> file = SourceFile(Path("rig.mat"), "rig.mat")
    >>> variables = {"vib": np.sin(np.arange(64.0)), "fs": np.array([[1000.0]])}
    >>> any_layout(variables, file, "mat").channels[0].fs_hz
    1000.0
    """
    return known_layout(variables, file) or variables_reading(variables, file, form)
