"""Columns on their way to channels, before anybody knows which of them are channels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import FormatError
from vibration.formats.axes import MIN_POINTS
from vibration.formats.blocks import blocks
from vibration.formats.recording import Origin, Source, Statement
from vibration.formats.words import is_feature_name, is_time_name

_MOST_PARTS: Final = 1000


@dataclass(frozen=True, eq=False)
class Series:
    """One column or vector, before anybody knows what it is.

    Attributes
    ----------
    name : str
        Its title; empty where it has none.
    values : ndarray, (N,)
    fallback : str
        What it is called where it has no title: ``column 2``.
    unit : str or None
        As stated beside it.
    unit_words : str
        Where the unit stands.
    rates : tuple of Statement
        What is stated of its own rate.
    leads : bool
        Whether it stands before all others of its table.
    recording : str
        Which recording of the file it belongs to.
    kind : str or None
        The quantity by its layout; by its name where this is None.
    rpm : Statement or None
        The shaft speed stated for it alone.
    is_sure : bool
        Whether its layout says that it is a channel: it is never taken for an axis.
    scope : str
        The struct or group that it stands in, dots between; empty for the file itself.
    """

    name: str
    values: npt.NDArray[Any]
    fallback: str = ""
    unit: str | None = None
    unit_words: str = ""
    unit_source: Source = Source.IN_FILE
    rates: tuple[Statement, ...] = ()
    leads: bool = False
    recording: str = ""
    kind: str | None = None
    rpm: Statement | None = None
    is_sure: bool = False
    scope: str = ""

    @property
    def title(self) -> str:
        return self.name.strip() or self.fallback or "signal"


@dataclass(frozen=True)
class Stated:
    """What a file says about all of its columns.

    Attributes
    ----------
    rates : tuple of Statement
        Sampling rates in Hz.
    speeds : tuple of Statement
        Shaft speeds in rpm.
    unit, unit_words : str
        One unit for the columns that state none, and where it stands.
    label, recorded_at, facts
        As in `Recording`.
    rate_hint : (float, str) or None
        A rate to propose, and the words for why.
    """

    rates: tuple[Statement, ...] = ()
    speeds: tuple[Statement, ...] = ()
    unit: str | None = None
    unit_words: str = ""
    unit_source: Source = Source.IN_FILE
    label: str | None = None
    recorded_at: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    rate_hint: tuple[float, str] | None = None
    origins: Mapping[str, Origin] = field(default_factory=dict)


def prove_no_features(titles: Sequence[str], name: str) -> None:
    """Refuse a table whose titles are those of features, one row a record.

    Parameters
    ----------
    titles : sequence of str
        Of the table's columns.
    name : str
        The file, for the refusal.

    Raises
    ------
    FormatError
        Where at least three titles, and half of them, name features.

    Examples
    --------
    >>> prove_no_features(["time", "drive end"], "rig.csv")
    >>> try:
    ...     prove_no_features(["rms", "kurtosis", "skewness"], "rig.csv")
    ... except FormatError as error:
    ...     str(error)[:61]
    'rig.csv is a table of features (rms, kurtosis, skewness …), o'
    """
    named = [title for title in titles if title and is_feature_name(title)]
    many = 2 * len(named) >= len([title for title in titles if title]) or len(named) >= 5
    if len(named) >= 3 and many:
        raise FormatError(
            f"{name} is a table of features ({', '.join(named[:4])} …), one row a record, "
            "not a signal over time; bring in the recordings that it was made from."
        )


def _falls(values: npt.NDArray[Any]) -> list[int]:
    """Return where a column falls; of one that falls all the time the first places only."""
    found: list[int] = []
    for first, part in blocks(values, overlap=1):
        found += (np.flatnonzero(part[1:] < part[:-1]) + first + 1).tolist()
        if len(found) > _MOST_PARTS:
            break
    return found


def parted(series: Sequence[Series]) -> list[Series]:
    """Part a table whose times begin again into the records that follow each other.

    Parameters
    ----------
    series : sequence of Series
        Of one table.

    Returns
    -------
    list of Series
        The same where its times go on.

    Examples
    --------
    >>> times = Series("time (s)", np.tile(np.arange(20.0), 2))
    >>> [(each.recording, len(each.values)) for each in parted([times])]
    [('part 1', 20), ('part 2', 20)]
    """
    for each in series:
        if not is_time_name(each.name) or each.values.dtype.kind not in "fiu":
            continue
        falls = _falls(each.values)
        if not 0 < len(falls) <= _MOST_PARTS:
            continue
        edges = [0, *falls, len(each.values)]
        spans = list(pairwise(edges))
        begins = {round(float(each.values[first]), 9) for first, _ in spans}
        if min(last - first for first, last in spans) >= MIN_POINTS and len(begins) == 1:
            return [
                replace(
                    s, values=s.values[first:last], recording=f"{s.recording} part {number}".strip()
                )
                for number, (first, last) in enumerate(spans, 1)
                for s in series
                if len(s.values) == len(each.values)
            ]
    return list(series)
