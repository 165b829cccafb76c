"""FEMTO-ST run-to-failure tables (IEEE PHM 2012 challenge; Nectoux et al., 2012).

No titles; hour, minute, second, then microsecond and two accelerations in g, or tenths of a second
and one temperature. The microseconds are rounded, so they prove no rate.
"""

import numpy as np

from vibration.formats.delimited import Table
from vibration.formats.recording import Channel, Recording, checked_samples


def femto_recording(titles: list[str], table: Table, name: str) -> Recording | None:
    """Return the recording when the table has this layout, else None."""
    width = table.shape[1]
    if titles or width not in (5, 6) or not _is_clock(table[:, :4], 10 if width == 5 else 1e6):
        return None
    if width == 5:
        temperature = checked_samples(table[:, 4], f"{name}: temperature")
        channel = Channel("temperature", temperature, unit="°C", is_vibration=False)
        return Recording("csv/femto", (channel,))
    channels = [
        Channel(title, checked_samples(table[:, column], f"{name}: {title}"), unit="g")
        for column, title in ((4, "horizontal"), (5, "vertical"))
    ]
    return Recording("csv/femto", tuple(channels))


def _is_clock(columns: Table, parts_per_second: float) -> bool:
    limits = np.array([24, 60, 60, parts_per_second])
    if not (np.all(columns >= 0) and np.all(columns < limits)):
        return False
    if not np.array_equal(columns[:, :3], np.floor(columns[:, :3])):
        return False
    seconds = columns @ [3600.0, 60.0, 1.0, 1.0 / parts_per_second]
    return bool(np.all(np.diff(seconds) > 0)) and float(np.ptp(seconds)) < 3600.0
