"""What came within the last week, from the times at which things were made.

What was deleted is in neither figure: a trend compares what is here now with the part of it that
was here a week ago.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Min
from django.utils import timezone

from datasets.models import ClassCount

WEEK_DAYS = 7


@dataclass(frozen=True)
class Trend:
    """A figure against a week ago; `change` is None where there was nothing yet."""

    change: int | None
    days: tuple[int, ...] = ()

    @property
    def direction(self) -> str:
        if not self.change:
            return "none"
        return "up" if self.change > 0 else "down"


def trends(visible: Any, ready: Any, counts: dict[str, int], n_datasets: int) -> dict[str, Trend]:
    """Compare the figures of some datasets with what there was of them a week ago.

    Parameters
    ----------
    visible, ready : QuerySet of Dataset
        All that a person sees, and those with signals.
    counts : dict of str to int
        Signals, classes and size_bytes of the ready ones now.
    n_datasets : int
        How many the visible ones are.
    """
    ends = _day_ends()
    new = list(
        ready.filter(ready_at__gt=ends[0])
        .order_by()
        .values_list("ready_at", "store__n_signals", "store__size_bytes")
    )
    made = visible.filter(created_at__gt=ends[0]).order_by().values_list("created_at", flat=True)
    of_ready = ClassCount.objects.filter(dataset__in=ready.order_by().values("pk"), n_signals__gt=0)
    first = of_ready.order_by().values("fault_class").annotate(first=Min("dataset__ready_at"))
    return {
        "signals": _trend(counts["signals"], ((at, n) for at, n, _ in new), ends),
        "bytes": _trend(counts["size_bytes"], ((at, size) for at, _, size in new), ends),
        "datasets": _trend(n_datasets, ((at, 1) for at in made), ends),
        "classes": _trend(counts["classes"], ((row["first"], 1) for row in first), ends),
    }


def _day_ends() -> list[datetime]:
    """Return the ends of the last days, that of a week ago first, without today's."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    return [midnight - timedelta(days=days) for days in range(WEEK_DAYS - 1, -1, -1)]


def _trend(now: int, came: Iterable[tuple[datetime, int]], ends: list[datetime]) -> Trend:
    amounts = list(came)
    days = [now - sum(amount for at, amount in amounts if at > end) for end in ends]
    if not days[0]:
        return Trend(None)
    return Trend(now - days[0], (*days, now))
