"""The readings behind the health page, shared by everybody who looks at it.

Quick ones are measured again after two seconds, slow ones after a minute: how many pages are open
does not matter.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from common.cache import hits
from common.storage import work_folder
from monitoring.health.checks import Check, run_checks
from monitoring.health.past import past_hour
from monitoring.health.probes import database, gpu, machine, queues, storage, valkey
from monitoring.health.probes.database import Database, Pool
from monitoring.health.probes.remembered import Remembered
from monitoring.health.probes.valkey import Valkey
from monitoring.health.score import Score, health_score

QUICK_S, PAST_S, GPU_S, CHECKS_S, SLOW_S = 2.0, 10.0, 10.0, 30.0, 60.0


@dataclass(frozen=True)
class Quick:
    """What is cheap to read."""

    at: datetime
    cpu: machine.Cpu
    memory: machine.Filled
    disk: machine.Filled | None
    process: machine.Process
    database: Database | None
    pool: Pool | None
    valkey: Valkey | None
    jobs: queues.Jobs | None
    queue: queues.Queue | None


@dataclass(frozen=True)
class Slow:
    """What looks at many files or rows."""

    sizes: database.Sizes | None
    statements: database.Statements | None
    storage: storage.Storage | None
    cache_hits: tuple[hits.Hits, ...] | None


@dataclass(frozen=True)
class Summary:
    """Verdict and score: what every page may show."""

    at: datetime
    checks: tuple[Check, ...]
    score: Score

    @property
    def n_passing(self) -> int:
        return sum(check.ok for check in self.checks)

    @property
    def n_failing(self) -> int:
        return len(self.checks) - self.n_passing


def take_quick() -> Quick:
    return Quick(
        at=timezone.now(),
        cpu=machine.cpu(),
        memory=machine.memory(),
        disk=machine.disk(work_folder()),
        process=machine.process(),
        database=database.database(),
        pool=database.pool(),
        valkey=valkey.valkey(),
        jobs=queues.jobs(),
        queue=queues.queue(),
    )


def take_slow() -> Slow:
    return Slow(
        sizes=database.sizes(),
        statements=database.statements(),
        storage=storage.storage(),
        cache_hits=hits.cache_hits(),
    )


def take_summary() -> Summary:
    """Make the checks and score them together with the quick readings."""
    checks, quick = tuple(run_checks()), QUICK.read().value
    score = health_score(
        services={check.name: check.ok for check in checks},
        longest_wait_s=quick.jobs.longest_wait_s if quick.jobs else None,
        disk_free_share=quick.disk.available_share if quick.disk else None,
        memory_free_share=quick.memory.available_share,
    )
    return Summary(timezone.now(), checks, score)


QUICK = Remembered(take_quick, for_s=QUICK_S)
PAST = Remembered(lambda: past_hour(timezone.now()), for_s=PAST_S)
GPUS = Remembered(gpu.gpus, for_s=GPU_S)
SLOW = Remembered(take_slow, for_s=SLOW_S)
SUMMARY = Remembered(take_summary, for_s=CHECKS_S)


def forget_readings() -> None:
    """Have everything measured again; for tests."""
    for remembered in (QUICK, PAST, GPUS, SLOW, SUMMARY):
        remembered.forget()
