"""The figures of Home, counted each day as everybody, each owner and a superuser see them.

What a person sees is what is shared and what is their own: sums of the two, except the classes,
which are counted as one set.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Q

from datasets.models import ClassCount, Dataset
from monitoring.daily_counts import Count
from monitoring.models import DailyCount
from signals.models import SignalStore

KINDS = ("signals", "classes", "datasets", "bytes")


@dataclass
class Sums:
    """What one owner's datasets, or the shared ones, come to."""

    signals: int = 0
    datasets: int = 0
    bytes: int = 0
    class_ids: set[int] = field(default_factory=set)

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.signals + other.signals,
            self.datasets + other.datasets,
            self.bytes + other.bytes,
            self.class_ids | other.class_ids,
        )

    def value(self, kind: str) -> int:
        return len(self.class_ids) if kind == "classes" else int(getattr(self, kind))


def counts() -> Iterator[Count]:
    """Count shared, private by owner, and all, in two queries however many owners there are."""
    shared, private = Sums(), defaultdict[int, Sums](Sums)
    for sums, status, n_signals, size_bytes in _datasets(shared, private):
        sums.datasets += 1
        if status == Dataset.Status.READY:
            sums.signals += n_signals
            sums.bytes += size_bytes
    _add_classes(shared, private)
    yield from _as_counts(shared, DailyCount.Scope.SHARED)
    yield from _as_counts(sum(private.values(), shared), DailyCount.Scope.ALL)
    for owner_id, own in private.items():
        yield from _as_counts(shared + own, DailyCount.Scope.PERSON, owner_id)


def _datasets(shared: Sums, private: dict[int, Sums]) -> Iterator[tuple[Sums, str, int, int]]:
    rows = Dataset.objects.order_by().values_list(
        "store__visibility", "store__owner", "status", "store__n_signals", "store__size_bytes"
    )
    for visibility, owner_id, status, n_signals, size_bytes in rows.iterator():
        is_shared = visibility == SignalStore.Visibility.SHARED
        yield shared if is_shared else private[owner_id], status, n_signals, size_bytes


def _add_classes(shared: Sums, private: dict[int, Sums]) -> None:
    ready = Q(dataset__status=Dataset.Status.READY, n_signals__gt=0)
    rows = ClassCount.objects.filter(ready).order_by().distinct()
    for visibility, owner_id, fault_class_id in rows.values_list(
        "dataset__store__visibility", "dataset__store__owner", "fault_class"
    ):
        is_shared = visibility == SignalStore.Visibility.SHARED
        (shared if is_shared else private[owner_id]).class_ids.add(fault_class_id)


def _as_counts(sums: Sums, scope: str, owner_id: int | None = None) -> Iterator[Count]:
    for kind in KINDS:
        yield Count(kind, sums.value(kind), scope, owner_id)
