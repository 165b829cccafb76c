"""What Prometheus reads: requests of the web processes, and what rows and servers say when asked.

Processes that share an address (`bearing_portal.serve`) keep their counts in a folder: whichever is
asked answers for all.
"""

import os
from collections.abc import Iterator

import psutil
from django.db import DatabaseError, InterfaceError, transaction
from django.db.models import Count
from prometheus_client import CollectorRegistry, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from monitoring.health.readings import GPUS, QUICK, SLOW, SUMMARY, Quick, Slow, Summary
from monitoring.models import Job

__all__ = ["CALLBACK_SECONDS", "CONTENT_TYPE_LATEST", "REQUEST_SECONDS", "exposition"]

_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 10.0)

_COUNTS = CollectorRegistry()  # of this process, where it is the only one
REGISTRY = CollectorRegistry()
REQUEST_SECONDS = Histogram(
    "portal_request_seconds",
    "Server time of a request of the web processes.",
    ("view", "method", "status"),
    buckets=_BUCKETS_S,
    registry=_COUNTS,
)
CALLBACK_SECONDS = Histogram(
    "portal_callback_seconds",
    "Server time of a callback of an embedded app.",
    ("app", "status"),
    buckets=_BUCKETS_S,
    registry=_COUNTS,
)


class PortalCollector:
    """Measured when scraped, for all processes of the portal."""

    def collect(self) -> Iterator[Metric]:
        yield from _counts()
        yield from _processes()
        yield from _checks(SUMMARY.read().value)
        yield from _jobs()
        yield from _quick(QUICK.read().value)
        yield from _slow(SLOW.read().value)
        yield from _gpus()

    def describe(self) -> list[Metric]:
        return []  # registering must not measure


REGISTRY.register(PortalCollector())


def exposition() -> bytes:
    return generate_latest(REGISTRY)


def _counts() -> Iterator[Metric]:
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    yield from MultiProcessCollector(None, folder).collect() if folder else _COUNTS.collect()


def _processes() -> Iterator[Metric]:
    """What the web processes use, added up; memory that they share counts in each."""
    pids = _web_pids()
    yield _gauge("portal_web_processes", "Processes that answer pages.", len(pids))
    used: dict[str, Metric] = {}
    for pid in pids:
        for metric in ProcessCollector(pid=lambda pid=pid: pid, registry=None).collect():
            if metric.name not in used:
                used[metric.name] = metric
            elif metric.name not in ("process_start_time_seconds", "process_max_fds"):
                mine, its = used[metric.name].samples, metric.samples
                summed = zip(mine, its, strict=True)
                used[metric.name].samples = [a._replace(value=a.value + b.value) for a, b in summed]
    yield from used.values()


def _web_pids() -> list[int]:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return [os.getpid()]
    return [process.pid for process in psutil.Process(os.getppid()).children()]


def _checks(summary: Summary) -> Iterator[Metric]:
    yield _gauge("portal_health_score", "Health score from 0 to 100.", summary.score.total)
    ok = GaugeMetricFamily("portal_check_ok", "1 while a check passes.", labels=["check"])
    for check in summary.checks:
        ok.add_metric([check.name], float(check.ok))
    yield ok


def _jobs() -> Iterator[Metric]:
    try:
        with transaction.atomic():
            rows = Job.objects.order_by().values_list("kind", "status").annotate(n=Count("pk"))
            counted = list(rows)
    except (DatabaseError, InterfaceError):
        return
    jobs = GaugeMetricFamily("portal_jobs", "Rows of jobs.", labels=["kind", "status"])
    for kind, status, n in counted:
        jobs.add_metric([kind, status], n)
    yield jobs


def _quick(quick: Quick) -> Iterator[Metric]:
    yield _gauge("portal_cpu_percent", "CPU time in use.", quick.cpu.percent)
    yield _gauge("portal_memory_percent", "Memory in use.", quick.memory.percent)
    if quick.disk:
        yield _gauge("portal_disk_percent", "Storage disk in use.", quick.disk.percent)
        yield _gauge("portal_disk_free_bytes", "Storage disk free.", quick.disk.available_bytes)
    if quick.jobs:
        name, text = "portal_longest_wait_seconds", "Wait of the oldest queued job."
        yield _gauge(name, text, quick.jobs.longest_wait_s)
    if quick.queue:
        text = "Entries waiting in a queue."
        depths = GaugeMetricFamily("portal_queue_depth", text, labels=["queue"])
        text = "Workers heard of lately that serve a queue."
        workers = GaugeMetricFamily("portal_workers", text, labels=["queue"])
        for name, depth in quick.queue.depths.items():
            depths.add_metric([name], depth)
            workers.add_metric([name], sum(name in w.queues for w in quick.queue.workers))
        yield depths
        yield workers
    if quick.database:
        text = "Open connections to the database."
        yield _gauge("portal_database_connections", text, quick.database.connections)
    if quick.pool:
        text = "Connections of the web process in use."
        yield _gauge("portal_database_pool_in_use", text, quick.pool.in_use)
    if quick.valkey:
        yield _gauge("portal_valkey_bytes", "Memory used by Valkey.", quick.valkey.used_bytes)


def _slow(slow: Slow) -> Iterator[Metric]:
    if slow.sizes:
        yield _gauge("portal_database_bytes", "Database size.", slow.sizes.database_bytes)
    if slow.storage:
        stored = GaugeMetricFamily("portal_storage_bytes", "Bytes of files.", labels=["folder"])
        for folder, size_bytes in slow.storage.bytes_by_folder.items():
            stored.add_metric([folder], size_bytes)
        yield stored
    if slow.cache_hits is not None:
        looks = CounterMetricFamily(
            "portal_cache_lookups", "Looks into the cache.", labels=["kind", "result"]
        )
        for found in slow.cache_hits:
            looks.add_metric([found.kind, "hit"], found.hits)
            looks.add_metric([found.kind, "miss"], found.misses)
        yield looks


def _gpus() -> Iterator[Metric]:
    found = GPUS.read().value.gpus
    used = GaugeMetricFamily("portal_gpu_percent", "GPU in use.", labels=["gpu", "name"])
    for number, gpu in enumerate(found):
        if gpu.percent is not None:
            used.add_metric([str(number), gpu.name], gpu.percent)
    if found:
        yield used


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)
