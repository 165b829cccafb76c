"""What System Health shows, and to whom: staff everything, others no paths, hosts or statements."""

from dataclasses import dataclass
from typing import Any

from common.text import counted
from monitoring.health.checks import Check
from monitoring.health.past import Past
from monitoring.health.probes import gpu, machine, queues
from monitoring.health.readings import GPUS, PAST, QUICK, SLOW, SUMMARY, Quick
from monitoring.selectors import jobs_visible

WARN_PERCENT, DANGER_PERCENT = 80.0, 95.0
REFRESH_S, SCORE_S = 5, 30
TITLES = {
    "database": "Database",
    "valkey": "Cache and queue",
    "workers": "Workers",
    "reconciler": "Reconciler",
    "storage": "Storage",
    "science": "Science modules",
    "migrations": "Migrations",
    "clock": "Clock",
}


@dataclass(frozen=True)
class Gauge:
    """One of the four: `percent` None where there is nothing to measure, `note` then says why."""

    title: str
    percent: float | None
    note: str
    past: tuple[float | None, ...] = ()
    advice: str = ""

    @property
    def level(self) -> str:
        if self.percent is None:
            return "none"
        if self.percent >= DANGER_PERCENT:
            return "danger"
        return "warn" if self.percent >= WARN_PERCENT else "normal"


@dataclass(frozen=True)
class ShownCheck:
    title: str
    ok: bool
    detail: str
    advice: str


@dataclass(frozen=True)
class ShownWorker:
    name: str
    host: str
    queues: str
    is_busy: bool
    silent_s: float
    job: Any = None


def page_context(user: Any) -> dict[str, Any]:
    """Return all the page shows to `user`."""
    summary, quick, past = SUMMARY.read(), QUICK.read().value, PAST.read().value
    context = {
        "refresh_s": REFRESH_S,
        "summary": summary.value,
        "quick": quick,
        "checks": [shown_check(check, user) for check in summary.value.checks],
        "gauges": (shown := gauges(quick, GPUS.read().value, past)),
        "strained": [gauge for gauge in shown if gauge.level in ("warn", "danger")],
        "running": past.of("jobs_running"),
        "waiting": past.of("jobs_waiting"),
        "steps_table": past.every_five_minutes(),
        "n_workers": len(quick.queue.workers) if quick.queue else None,
        "workers": shown_workers(user, quick.queue) if quick.queue else [],
        "evicted": past.evicted,
        "slow": None,
    }
    if user.is_staff:
        slow = SLOW.read()
        context |= {"slow": slow.value, "slow_age_s": slow.age_s}
    return context


def summary_context() -> dict[str, Any]:
    return {"summary": SUMMARY.read().value, "score_s": SCORE_S}


def footer_context() -> dict[str, Any]:
    return {"summary": SUMMARY.read().value}


def known_summary() -> Any:
    """Return the last summary where it is fresh, for pages that must not wait for one."""
    taken = SUMMARY.peek()
    return taken.value if taken else None


def gauges(quick: Quick, gpus: gpu.Gpus, past: Past) -> list[Gauge]:
    cpu, memory = quick.cpu, quick.memory
    cores = counted(cpu.n_cores, "core")
    load = "" if cpu.load_1_min is None else f" · load {cpu.load_1_min:.1f}"
    return [
        Gauge("CPU", cpu.percent, cores + load, past.of("cpu_percent")),
        Gauge("Memory", memory.percent, _of(memory), past.of("memory_percent")),
        _gpu_gauge(gpus, past),
        _disk_gauge(quick.disk, past),
    ]


def _gpu_gauge(gpus: gpu.Gpus, past: Past) -> Gauge:
    busiest = gpus.busiest
    if busiest is None:
        return Gauge("GPU", None, gpus.reason, advice="Jobs run on the CPU. Nothing to do.")
    parts = [busiest.name]
    if len(gpus.gpus) > 1:
        parts[0] = f"{busiest.name}, busiest of {len(gpus.gpus)}"
    if busiest.memory_used_bytes is not None and busiest.memory_total_bytes is not None:
        used, total = busiest.memory_used_bytes, busiest.memory_total_bytes
        parts.append(f"{used / 1e9:.1f} of {total / 1e9:.0f} GB")
    if busiest.temperature_c is not None:
        parts.append(f"{busiest.temperature_c:.0f} °C")
    return Gauge("GPU", busiest.percent, " · ".join(parts), past.of("gpu_percent"))


def _disk_gauge(disk: machine.Filled | None, past: Past) -> Gauge:
    if disk is None:
        return Gauge("Disk", None, "The storage folder cannot be reached")
    free = f"{disk.available_bytes / 1e9:.0f} GB free"
    advice = "Delete datasets that are not needed." if disk.percent >= WARN_PERCENT else ""
    note = f"{_of(disk)} · {free}"
    return Gauge("Disk", disk.percent, note, past.of("disk_percent"), advice)


def _of(filled: machine.Filled) -> str:
    return f"{filled.used_bytes / 1e9:.1f} of {filled.total_bytes / 1e9:.1f} GB"


def shown_check(check: Check, user: Any) -> ShownCheck:
    """Staff reads what was seen and what to do; others whether it passes."""
    title = TITLES.get(check.name, check.name.capitalize())
    if user.is_staff:
        return ShownCheck(title, check.ok, check.detail, check.advice)
    return ShownCheck(title, check.ok, "" if check.ok else "Tell an administrator", "")


def shown_workers(user: Any, queue: queues.Queue) -> list[ShownWorker]:
    """Return the workers; a job's title only where `user` may see the job."""
    ids = [worker.job_id for worker in queue.workers if worker.job_id]
    jobs = {str(job.pk): job for job in jobs_visible(user).filter(pk__in=ids)} if ids else {}
    return [
        ShownWorker(
            name=f"worker-{number}",
            host=worker.host if user.is_staff else "",
            queues=", ".join(worker.queues),
            is_busy=worker.is_busy,
            silent_s=worker.silent_s,
            job=jobs.get(worker.job_id or ""),
        )
        for number, worker in enumerate(queue.workers, start=1)
    ]
