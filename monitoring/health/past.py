"""The last hour, from the minute's samples."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitoring.models import HealthSample

HOUR = timedelta(hours=1)
MINUTES = 60


@dataclass(frozen=True)
class Past:
    """The last hour, a value a minute, oldest first; None where no sample was taken."""

    samples: tuple[HealthSample | None, ...]

    def of(self, field: str) -> tuple[float | None, ...]:
        return tuple(getattr(sample, field) if sample else None for sample in self.samples)

    def every_five_minutes(self) -> list[tuple[int, float | None, float | None]]:
        """Return minutes ago, running and waiting jobs: the words of the picture."""
        rows = zip(self.of("jobs_running"), self.of("jobs_waiting"), strict=True)
        return [(MINUTES - 1 - place, *row) for place, row in enumerate(rows)][4::5]

    @property
    def evicted(self) -> int | None:
        """Keys that Valkey dropped meanwhile; it may have begun again at zero."""
        counts = [n for n in self.of("valkey_evicted") if n is not None]
        steps = itertools.pairwise(counts)
        return int(sum(max(0, b - a) for a, b in steps)) if len(counts) > 1 else None


def past_hour(now: datetime) -> Past:
    """Read the last hour's samples, one query however many there are."""
    last = now.replace(second=0, microsecond=0)
    first = last - HOUR + timedelta(minutes=1)
    found = {sample.at: sample for sample in HealthSample.objects.filter(at__range=(first, last))}
    return Past(tuple(found.get(first + timedelta(minutes=m)) for m in range(MINUTES)))
