"""CPU, memory, disk and this process, from psutil."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import psutil

_FIRST_INTERVAL_S = 0.05
_SHORTEST_INTERVAL_S = 1.0


@dataclass(frozen=True)
class Cpu:
    percent: float
    n_cores: int
    load_1_min: float | None


@dataclass(frozen=True)
class Filled:
    """A memory or a disk: what is used of it and what may still be had."""

    percent: float
    used_bytes: int
    total_bytes: int
    available_bytes: int

    @property
    def available_share(self) -> float:
        return self.available_bytes / self.total_bytes if self.total_bytes else 0.0


@dataclass(frozen=True)
class Process:
    resident_bytes: int
    n_threads: int
    age_s: float


class CpuMeter:
    """The share of time the cores worked since the last reading, at least a second ago.

    The first reading of a process has no last one: it waits for a twentieth of a second. psutil's
    own `cpu_percent` remembers by thread, and a request may run in any.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._read_at_s = 0.0
        self._times = (0.0, 0.0)
        self._percent = 0.0

    def percent(self) -> float:
        with self._lock:
            if not self._read_at_s:
                self._times = _busy_and_total_s()
                time.sleep(_FIRST_INTERVAL_S)
            elif time.monotonic() - self._read_at_s < _SHORTEST_INTERVAL_S:
                return self._percent
            before, self._times = self._times, _busy_and_total_s()
            self._percent = share_percent(before, self._times)
            self._read_at_s = time.monotonic()
            return self._percent


def share_percent(before: tuple[float, float], after: tuple[float, float]) -> float:
    """Return how much of the total time between two readings was busy, in per cent."""
    total_s = after[1] - before[1]
    share = (after[0] - before[0]) / total_s if total_s > 0 else 0.0
    return 100 * min(1.0, max(0.0, share))


def _busy_and_total_s() -> tuple[float, float]:
    times = psutil.cpu_times()
    # A guest's time is part of the user's already.
    guests_s = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    total_s = sum(times) - guests_s
    return total_s - times.idle - getattr(times, "iowait", 0.0), total_s


_METER = CpuMeter()


def cpu() -> Cpu:
    load = psutil.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return Cpu(_METER.percent(), psutil.cpu_count() or 1, load)


def memory() -> Filled:
    memory = psutil.virtual_memory()
    used_bytes = memory.total - memory.available
    percent = 100 * used_bytes / memory.total
    return Filled(percent, used_bytes, memory.total, memory.available)


def disk(folder: Path) -> Filled | None:
    """Measure the disk a folder lies on; None where it cannot be asked."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), None)
    if there is None:
        return None
    try:
        usage = psutil.disk_usage(str(there))
    except OSError:
        return None
    # Blocks kept for root are neither used nor to be had: the share is of what people can use.
    usable_bytes = usage.used + usage.free
    percent = 100 * usage.used / usable_bytes if usable_bytes else 100.0
    return Filled(percent, usage.used, usable_bytes, usage.free)


def process() -> Process:
    own = psutil.Process()
    with own.oneshot():
        return Process(
            own.memory_info().rss, own.num_threads(), max(0.0, time.time() - own.create_time())
        )
