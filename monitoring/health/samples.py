"""The minute's look at machine and services, kept for a day and a little more."""

from datetime import datetime, timedelta

from django.utils import timezone

from common.storage import work_folder
from monitoring.health.probes import database, gpu, machine, queues, valkey
from monitoring.models import HealthSample
from monitoring.retention import KEPT, expired_prune, samples_prune

SAMPLES_KEPT = KEPT["samples"]


def minute_maintenance() -> None:
    """Once a minute: take a sample, remove what expired; once an hour drop what is old.

    Called by each reconciliation, of which only one runs at a time.
    """
    minute = timezone.now().replace(second=0, microsecond=0)
    if HealthSample.objects.filter(pk=minute).exists():
        return
    health_sample_take(minute)
    expired_prune(now=minute)
    if minute.minute == 0 or not _pruned_lately(minute):
        samples_prune(before=minute - SAMPLES_KEPT)


def health_sample_take(minute: datetime) -> HealthSample:
    """Measure everything that is quick to measure and keep it under its minute."""
    disk = machine.disk(work_folder())
    gpus = gpu.gpus().busiest
    jobs, queue = queues.jobs(), queues.queue()
    rows, sizes, server = database.database(), database.sizes(), valkey.valkey()
    sample = HealthSample(
        at=minute,
        cpu_percent=machine.cpu().percent,
        memory_percent=machine.memory().percent,
        disk_percent=disk.percent if disk else None,
        gpu_percent=gpus.percent if gpus else None,
        gpu_memory_percent=gpus.memory_percent if gpus else None,
        jobs_running=jobs.running if jobs else None,
        jobs_waiting=jobs.waiting if jobs else None,
        longest_wait_s=jobs.longest_wait_s if jobs else None,
        workers=None if queue is None else len(queue.workers),
        database_connections=rows.connections if rows else None,
        database_bytes=sizes.database_bytes if sizes else None,
        valkey_bytes=server.used_bytes if server else None,
        valkey_evicted=None if server is None else server.evicted,
    )
    sample.full_clean()
    sample.save(force_insert=True)
    return sample


def _pruned_lately(now: datetime) -> bool:
    limit = now - SAMPLES_KEPT - timedelta(hours=1)
    return not HealthSample.objects.filter(at__lt=limit).exists()
