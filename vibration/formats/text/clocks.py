"""Columns of clock times and dates, gathered block by block into seconds."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.formats.blocks import blocks
from vibration.formats.gathering import Columns, gathered
from vibration.formats.text.dialect import clock, utc_offset_s
from vibration.formats.text.table import Column, Table

_ISO: Final = re.compile(
    r"(?:1[89]|20|21)\d\d-[01]\d-[0-3]\d[T ][0-2]\d:[0-5]\d:[0-5]\d(?:\.\d{1,9})?\Z", re.ASCII
)
_DAY_OF_1970: Final = 719_163  # as the proleptic Gregorian calendar counts them
_DAY_S: Final = 86400.0
_HALF_DAY_S: Final = 43200.0


class Clock:
    """The clock times of one column, gathered block by block: days, seconds, NaN for neither."""

    def __init__(self) -> None:
        self._times = Columns(2)
        self._is_dated = self._is_timed = True
        self.first: tuple[int | None, float | None] | None = None
        self.is_sure = True
        self._offset_s: float | None = None

    def read(self, texts: list[str]) -> tuple[npt.NDArray[np.float64], bool]:
        """Return days and seconds of some rows, and whether the days are beyond doubt."""
        plain = _iso_times(texts)
        if plain is not None:
            return plain, True
        times, is_sure = np.full((len(texts), 2), np.nan), True
        for row, text in enumerate(texts):
            parsed = clock(text.strip().strip('"'))
            if parsed is None:
                raise ValueError("no clock time")
            day, seconds, sure = parsed
            is_sure &= sure
            times[row] = (np.nan if day is None else day, np.nan if seconds is None else seconds)
        return self._at_first_offset(times, texts), is_sure

    def _at_first_offset(
        self, times: npt.NDArray[np.float64], texts: list[str]
    ) -> npt.NDArray[np.float64]:
        """Move times to the offset from UTC of the first row: summer time begins without a gap."""
        if self.first is None and texts:
            self._offset_s = _offset_of(texts[0])
        if self._offset_s is None:
            return times
        given = [_offset_of(text) for text in texts]
        ahead_s = [0.0 if each is None else each - self._offset_s for each in given]
        days, seconds = times.T
        turns, seconds = np.divmod(seconds - ahead_s, _DAY_S)
        moved: npt.NDArray[np.float64] = np.column_stack([days + turns, seconds])
        return np.where(np.reshape(ahead_s, (-1, 1)) != 0.0, moved, times)

    def add(self, times: npt.NDArray[np.float64], is_sure: bool) -> None:
        if not len(times):
            return
        is_there = ~np.isnan(times)
        if self.first is None:
            day, seconds = times[0].tolist()
            self.first = int(day) if is_there[0, 0] else None, seconds if is_there[0, 1] else None
        self._is_dated &= bool(is_there[:, 0].all())
        self._is_timed &= bool(is_there[:, 1].all())
        self.is_sure &= is_sure
        self._times.append(times)

    def column(self) -> Column | None:
        """Return the times in s since the first, None for dates alone."""
        if self.first is None or not self._is_timed:
            return None
        day, seconds = self.first
        times = self._times.whole()
        values = gathered(self._seconds(times), len(times), np.float64)
        start = None
        if self._is_dated and self.is_sure and day:
            start = datetime.fromordinal(day) + timedelta(seconds=seconds or 0.0)
        return Column(values, is_clock=True, start=start)

    def _seconds(self, times: npt.NDArray[np.float64]) -> Iterator[npt.NDArray[np.float64]]:
        first_day, first_s = times[0]
        midnights, before = 0, first_s
        for _, part in blocks(times):
            days, seconds = part.T
            if self._is_dated:
                yield (days - first_day) * _DAY_S + seconds - first_s
                continue
            # past midnight the clock begins again
            turns = midnights + np.cumsum(np.diff(seconds, prepend=before) < -_HALF_DAY_S)
            yield seconds + _DAY_S * turns - first_s
            midnights, before = int(turns[-1]), float(seconds[-1])


def _offset_of(text: str) -> float | None:
    return utc_offset_s(text.strip().strip('"'))


def _iso_times(texts: list[str]) -> npt.NDArray[np.float64] | None:
    """Return days and seconds of ISO texts all at once, None where one is written otherwise."""
    if not texts or not _ISO.match(texts[0]) or {*map(len, texts)} != {len(texts[0])}:
        return None
    if not all(map(_ISO.match, texts)):
        return None
    try:
        moments = np.array(texts, dtype="M8[ns]")
    except ValueError:  # no day of the calendar
        return None
    days = moments.astype("M8[D]")
    seconds = (moments - days).astype(np.int64) / 1e9
    return np.column_stack([days.astype(np.int64) + _DAY_OF_1970, seconds])


def join_dates(table: Table, clocks: Mapping[int, Clock]) -> None:
    """Give a column of clock times the day of the column of dates beside it.

    Parameters
    ----------
    table : Table
        With its columns, which are changed.
    clocks : mapping of int to Clock
        The columns of times and dates by their place.

    Examples
    --------
    >>> from vibration.formats.text.dialect import Dialect
    >>> days, times = Clock(), Clock()
    >>> days.add(*days.read(["2024-04-16"] * 2))
    >>> times.add(*times.read(["11:02:03.0", "11:02:03.1"]))
    >>> table = Table([], Dialect(";", "."), [], columns={1: times.column()})
    >>> join_dates(table, {0: days, 1: times})
    >>> table.columns[1].start.isoformat()
    '2024-04-16T11:02:03'
    """
    dates = [each for each in clocks.values() if each.first and each.first[1] is None]
    for index, column in list(table.columns.items()):
        day = dates[0].first[0] if dates and dates[0].first else None
        if column.is_clock and column.start is None and day is not None and dates[0].is_sure:
            first = clocks[index].first
            seconds = (first and first[1]) or 0.0
            start = datetime.fromordinal(day) + timedelta(seconds=seconds)
            table.columns[index] = Column(column.values, is_clock=True, start=start)
