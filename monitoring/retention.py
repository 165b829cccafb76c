"""How long rows about the system itself are kept, and their removal; and what else expires."""

from datetime import datetime, timedelta
from typing import Protocol

from monitoring.models import HealthSample, Notification

# Samples: the pages show a day; the second one is for whoever looks the morning after.
KEPT = {
    "samples": timedelta(hours=48),
    "notices": timedelta(days=90),
    "events": timedelta(days=365),
}


class Pruner(Protocol):
    def __call__(self, *, now: datetime) -> int: ...


_PRUNERS: dict[str, Pruner] = {}


def register_pruner(name: str, prune: Pruner) -> None:
    """Have `prune` called each minute by the reconciler, and by the `prune` command.

    It removes what is past its time at `now` and returns how many that were.
    """
    _PRUNERS[name] = prune


def expired_prune(*, now: datetime) -> dict[str, int]:
    """Remove what expires by itself, by name of what it is; the reconciler does it."""
    return {name: prune(now=now) for name, prune in _PRUNERS.items()}


def samples_prune(*, before: datetime) -> int:
    return HealthSample.objects.filter(at__lt=before).delete()[0]


def notices_prune(*, before: datetime) -> int:
    """Drop notices that were read; unread ones wait for their reader."""
    read = Notification.objects.filter(read_at__isnull=False, created_at__lt=before)
    return read.delete()[0]
