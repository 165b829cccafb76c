"""What is counted each day. Filled by the apps above when Django starts, read-only afterwards."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from monitoring.models import DailyCount

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Count:
    """So many of a kind, as seen in a scope; `owner_id` for the scope of one person."""

    kind: str
    value: int
    scope: str = DailyCount.Scope.SHARED
    owner_id: int | None = None


@dataclass(frozen=True)
class Trend:
    """A figure against a week ago; `change` is None where no day that old is known."""

    change: int | None
    days: tuple[int, ...] = ()

    @property
    def direction(self) -> str:
        if not self.change:
            return "none"
        return "up" if self.change > 0 else "down"


Counter = Callable[[], Iterable[Count]]
_COUNTERS: list[Counter] = []


def register_counter(counter: Counter) -> None:
    """Have `counter` called each minute; its counts are kept for the day."""
    if counter not in _COUNTERS:
        _COUNTERS.append(counter)


def counts_now() -> list[Count]:
    return [count for counter in _COUNTERS for count in counter()]


def trends(user: Any, today: date, figures: dict[str, int]) -> dict[str, Trend]:
    """Compare what `user` sees now with what was seen a week ago, by kind."""
    known = _known(user, today)
    return {kind: _trend(known.get(kind, {}), today, now) for kind, now in figures.items()}


def _known(user: Any, today: date) -> dict[str, dict[date, int]]:
    # Twice the week: a day on which the portal was off is spoken for by the one before.
    rows = DailyCount.objects.filter(date__gte=today - 2 * WEEK, date__lt=today)
    if user.is_superuser:
        rows = rows.filter(scope=DailyCount.Scope.ALL)
    else:
        rows = rows.filter(Q(owner=user) | Q(scope=DailyCount.Scope.SHARED))
    found: dict[str, dict[date, int]] = {}
    # "person" sorts before "shared", so a row of one's own is met last and wins.
    for row in rows.order_by("-scope").values_list("kind", "date", "value"):
        found.setdefault(row[0], {})[row[1]] = row[2]
    return found


def _trend(values: dict[date, int], today: date, now: int) -> Trend:
    old = [day for day in values if day <= today - WEEK]
    if not old:
        return Trend(None)
    start = max(old)
    days = tuple(values[day] for day in sorted(values) if day >= start)
    return Trend(now - values[start], (*days, now))
