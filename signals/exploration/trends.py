"""How a feature changes along the runs of a filter: a line a run and channel, and a ranking."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from common.database import among
from common.errors import Invalid
from common.text import thousands
from signals.feature_groups import group_columns, measured_groups
from signals.filters.scope import Scope, digest
from signals.models import Signal
from signals.selectors import has_recordings
from vibration.features import FEATURE_NAMES
from vibration.features.groups import ALL_FEATURES, VELOCITY, place_of
from vibration.features.registry import Feature
from vibration.statistics.trends import Onset, TrendRank, onset_of, trend_ranking

MOST_SIGNALS: Final = 100_000
MOST_LINES: Final = 60
NO_RUNS: Final = (
    "No signal of this filter belongs to a run: recordings of one specimen in the order of time."
)
_PLACE: Final = (
    "recording__run",
    "channel",
    "recording__position",
    "recording__recorded_at",
    "pk",
    "recording__run__specimen__name",
    "recording__run__name",
)

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TrendLine:
    """One channel of one run.

    Attributes
    ----------
    run : int
        Its id.
    name : str
        Specimen, run and channel, as far as they tell the lines apart.
    pks : ndarray, (n,)
        A signal of each recording; of one cut into segments the first.
    positions : ndarray, (n,)
        Number of the recording in its run, ascending.
    hours : ndarray, (n,), or None
        Since the run's first recording; None where a time is missing.
    values : ndarray, (n,)
        Of the feature, the mean of a recording's segments; NaN where it is missing.
    onset : Onset
    """

    run: int
    name: str
    pks: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]
    hours: Values | None
    values: Values
    onset: Onset


@dataclass(frozen=True, eq=False)
class Trend:
    """A feature along the runs.

    Attributes
    ----------
    feature : Feature
    lines : list of TrendLine
        At most `MOST_LINES`, in the order of their names.
    n_lines, n_signals : int
        All there are, and the signals they are of.
    """

    feature: Feature
    lines: list[TrendLine]
    n_lines: int
    n_signals: int


@dataclass(frozen=True)
class _Runs:
    """Signals of runs in the order of run, channel, position and id."""

    pks: npt.NDArray[np.int64]
    runs: npt.NDArray[np.int64]
    channels: list[str]
    positions: npt.NDArray[np.int64]
    times: list[datetime | None]
    names: list[str]

    def edges(self) -> list[tuple[int, int]]:
        """Return where each run and channel begins and ends."""
        keys = list(zip(self.runs.tolist(), self.channels, strict=True))
        starts = [0, *(i for i in range(1, len(keys)) if keys[i] != keys[i - 1])]
        return list(zip(starts, [*starts[1:], len(keys)], strict=True)) if keys else []


def has_runs(scope: Scope) -> bool:
    """Tell whether any signal of the scope belongs to a run."""
    if scope.store is not None and not has_recordings(scope.store):
        return False
    return scope.signals().filter(recording__run__isnull=False).exists()


def proposed_feature(user: Any, scope: Scope) -> str:
    """Return the feature that is shown first: velocity RMS where it was measured, else the RMS."""
    measured = measured_groups(user, scope.store).names
    return VELOCITY.name if VELOCITY.name in measured else "rms"


def trend_of(user: Any, scope: Scope, name: str | None = None) -> Trend:
    """Return a feature along the runs of a scope, the proposed one where none is named.

    Raises
    ------
    Invalid
        Where no signal belongs to a run, or too many do.
    """
    if scope.user != user:
        raise ValueError("A scope is for the person it was made for.")
    name = name or proposed_feature(user, scope)
    found = _runs_of(scope)
    column = _columns(found, (name,))[:, 0]
    lines = [_line(found, column, first, last) for first, last in found.edges()]
    lines.sort(key=lambda line: line.name)
    return Trend(ALL_FEATURES[name], lines[:MOST_LINES], len(lines), found.pks.size)


def trend_ranks(user: Any, scope: Scope) -> list[tuple[Feature, TrendRank]]:
    """Return all features of the runs, those first that tell a machine's age best."""
    if scope.user != user:
        raise ValueError("A scope is for the person it was made for.")
    measured = measured_groups(user, scope.store)

    def make() -> bytes:
        found = _runs_of(scope)
        table = _columns(found, measured.names)
        runs = []
        for first, last in found.edges():
            starts = _starts(found.positions[first:last])
            runs.append(_means(table[first:last], starts))
        return json.dumps([asdict(rank) for rank in trend_ranking(runs)]).encode()

    ranks = json.loads(scope.cached("trends", make, digest(measured.stamp)))
    return [
        (ALL_FEATURES[measured.names[rank["column"]]], TrendRank(**rank))
        for rank in ranks
        if not math.isnan(rank["score"])
    ]


def _runs_of(scope: Scope) -> _Runs:
    rows = scope.signals().filter(recording__run__isnull=False, recording__position__isnull=False)
    found = list(
        rows.order_by("recording__run", "channel", "recording__position", "pk").values_list(
            *_PLACE
        )[: MOST_SIGNALS + 1]
    )
    if not found:
        raise Invalid(NO_RUNS)
    if len(found) > MOST_SIGNALS:
        raise Invalid(
            f"More than {thousands(MOST_SIGNALS)} signals belong to runs; filter by specimen or "
            "channel first."
        )
    runs, channels, positions, times, pks, specimens, names = zip(*found, strict=True)
    titles = _titles(specimens, names, channels)
    return _Runs(
        np.array(pks, np.int64),
        np.array(runs, np.int64),
        list(channels),
        np.array(positions, np.int64),
        list(times),
        titles,
    )


def _titles(*words: Sequence[str]) -> list[str]:
    """Return specimen, run and channel of each signal, without what all of them share."""
    telling = [each for each in words if len(set(each)) > 1] or words
    return [
        " · ".join(dict.fromkeys(part for part in parts if part))
        for parts in zip(*telling, strict=True)
    ]


def _columns(found: _Runs, names: tuple[str, ...]) -> Values:
    """Return features of the signals in their order, (n, k)."""
    values = np.full((found.pks.size, len(names)), np.nan)
    order = np.argsort(found.pks)
    own = [place for place, name in enumerate(names) if name in FEATURE_NAMES]
    if own:
        columns = [names[place] for place in own]
        rows = Signal.objects.filter(pk__in=among(found.pks)).order_by()
        table = np.array(list(rows.values_list("pk", *columns)), dtype=float)
        table = table.reshape(-1, 1 + len(own))
        at = order[np.searchsorted(found.pks, table[:, 0], sorter=order)]
        values[np.ix_(at, own)] = table[:, 1:]
    beside = [place for place, name in enumerate(names) if place_of(name) is not None]
    if beside:
        values[:, beside] = group_columns(
            found.pks, tuple(names[place] for place in beside), np.float64
        )
    return values


def _line(found: _Runs, column: Values, first: int, last: int) -> TrendLine:
    starts = _starts(found.positions[first:last])
    values = _means(column[first:last, None], starts)[:, 0]
    places = [first + start for start in starts.tolist()]
    times = [found.times[place] for place in places]
    return TrendLine(
        int(found.runs[first]),
        found.names[first],
        found.pks[places],
        found.positions[places],
        _hours(times),
        values,
        onset_of(values),
    )


def _starts(positions: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    """Return where each recording begins among its segments."""
    return np.flatnonzero(np.diff(positions, prepend=positions[0] - 1))


def _means(table: Values, starts: npt.NDArray[np.intp]) -> Values:
    """Return the mean of what is known of each recording's segments."""
    if starts.size == len(table):
        return table
    known = np.isfinite(table)
    sums = np.add.reduceat(np.where(known, table, 0.0), starts)
    counts = np.add.reduceat(known.astype(float), starts)
    means: Values = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
    return means


def _hours(times: list[datetime | None]) -> Values | None:
    known = [time for time in times if time is not None]
    if len(known) < len(times):
        return None
    start = min(known)
    return np.array([(time - start).total_seconds() / 3600 for time in known])
