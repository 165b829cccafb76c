"""``.csv``: a text table whose columns are channels, perhaps beside a column of times."""

import re
from pathlib import Path

from vibration.formats.delimited import Table, read_table
from vibration.formats.femto import femto_recording
from vibration.formats.recording import Channel, Recording, checked_samples, positive
from vibration.formats.timeaxis import (
    counts,
    increases,
    is_time_name,
    seconds_per_unit,
    uniform_rate_hz,
)

_OTHER_QUANTITY = re.compile(
    r"tacho|rpm|speed|temp|microphone|\bmic\b|press|current|volt|torque|load|index|sample", re.I
)
_UNIT_OF_TITLE = re.compile(r"[\[(]\s*(g|m/s²|m/s\^2|m/s2|mm/s)\s*[\])]\s*$", re.I)


def read_csv(path: Path, name: str) -> Recording:
    """Read a text table: one channel per column, the rate from a uniform time column only."""
    titles, table = read_table(path, name)
    femto = femto_recording(titles, table, name)
    if femto is not None:
        return femto
    first = titles[0] if titles else ""
    if is_time_name(first):
        axis, per_unit = True, seconds_per_unit(first)
    else:
        axis, per_unit = _is_axis(first, table), 1.0
    fs_hz = None
    if axis and per_unit is not None and not (not first and counts(table[:, 0])):
        fs_hz = uniform_rate_hz(table[:, 0] * per_unit)
    columns = range(int(axis), table.shape[1])
    return Recording("csv", tuple(_channel(titles, table, c, fs_hz, name) for c in columns))


def _is_axis(title: str, table: Table) -> bool:
    return not title and table.shape[1] > 1 and increases(table[:, 0])


def _channel(
    titles: list[str], table: Table, column: int, fs_hz: float | None, name: str
) -> Channel:
    title = (titles[column] if titles else "") or f"column {column + 1}"
    unit = _UNIT_OF_TITLE.search(title)
    return Channel(
        name=title,
        samples=checked_samples(table[:, column], f"{name}: {title}"),
        fs_hz=None if fs_hz is None else positive(fs_hz, "sampling rate"),
        unit=unit.group(1) if unit else None,
        is_vibration=not _OTHER_QUANTITY.search(title),
    )
