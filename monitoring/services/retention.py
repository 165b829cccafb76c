"""How long rows about the system itself are kept, and their removal."""

from datetime import datetime, timedelta

from monitoring.models import DailyCount, HealthSample, Notification

# Samples: the pages show a day; the second one is for whoever looks the morning after.
KEPT = {
    "samples": timedelta(hours=48),
    "counts": timedelta(days=400),
    "notices": timedelta(days=90),
    "events": timedelta(days=365),
}


def samples_and_counts_prune(*, now: datetime) -> int:
    """Drop old samples and counts; the worker does it by itself."""
    return samples_prune(before=now - KEPT["samples"]) + counts_prune(before=now - KEPT["counts"])


def samples_prune(*, before: datetime) -> int:
    return HealthSample.objects.filter(at__lt=before).delete()[0]


def counts_prune(*, before: datetime) -> int:
    return DailyCount.objects.filter(date__lt=before.date()).delete()[0]


def notices_prune(*, before: datetime) -> int:
    """Drop notices that were read; unread ones wait for their reader."""
    read = Notification.objects.filter(read_at__isnull=False, created_at__lt=before)
    return read.delete()[0]
