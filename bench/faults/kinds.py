"""The faults: what each does to the house, and when the service that it hit is back."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial

import psutil
import psycopg

from bench.faults.disks import filled, frozen
from bench.faults.house import House
from bench.faults.waiting import until

HORSE_S = 120.0
# What pages and jobs read and write all the time.
MAIN_TABLES = "signals_signal, datasets_dataset, monitoring_job, signals_annotation"
JUMP_S = 3 * 3600
HELP = "([Dd]elete|[Ff]ree|[Ss]maller|fewer|administrator)"

Strike = Callable[[House, float], AbstractContextManager[Callable[[], bool]]]


@dataclass(frozen=True)
class Fault:
    """Something that happens to a portal at work."""

    name: str
    does: str
    strike: Strike
    house: str = "plain"
    needs_disks: bool = False  # small ones of our own
    needs_previous: bool = False
    is_unnoticed: bool = False  # nobody is told anything, no job fails
    says: str = ""  # what every refusal meanwhile has to tell, and what to do


@contextmanager
def killed(part: str, house: House, _held_s: float) -> Iterator[Callable[[], bool]]:
    """SIGKILL; over once its successor serves."""
    process = house.process(part)
    if process is None:
        raise RuntimeError(f"There is no {part} to kill.")
    process.kill()
    yield lambda: (now := house.process(part)) is not None and now != process and house.serves(part)


@contextmanager
def killed_web_process(house: House, _held_s: float) -> Iterator[Callable[[], bool]]:
    """SIGKILL of one of those that answer."""
    family = house.family("web")
    victim = family[-1]
    victim.kill()

    def is_back() -> bool:
        # Not as many as before: while they start there is one more, which makes way.
        now = house.family("web")
        return len(now) == house.web_processes + 1 and victim not in now

    yield is_back


@contextmanager
def killed_horse(house: House, _held_s: float) -> Iterator[Callable[[], bool]]:
    """SIGKILL of what is at work on a job, as soon as there is one."""
    if not until(house.horses, HORSE_S, step_s=0.02):
        raise RuntimeError(f"No job was at work within {HORSE_S:.0f} s.")
    for horse in house.horses():
        with suppress(psutil.NoSuchProcess):
            horse.kill()
    yield lambda: house.serves("short") and house.serves("long")


@contextmanager
def stopped(part: str, house: House, held_s: float) -> Iterator[Callable[[], bool]]:
    """SIGSTOP of a process with all below it, as a machine that swaps or a frozen container."""
    family = house.family(part)
    _signal_all(family, signal.SIGSTOP)
    try:
        time.sleep(held_s)
    finally:
        _signal_all(family, signal.SIGCONT)
    yield lambda: house.serves(part)


@contextmanager
def exhausted(house: House, held_s: float) -> Iterator[Callable[[], bool]]:
    """Take every connection that PostgreSQL still has."""
    with ExitStack() as taken:
        give_up_at_s = time.monotonic() + held_s
        while time.monotonic() < give_up_at_s:
            try:
                taken.enter_context(house.connection())
            except psycopg.OperationalError:
                time.sleep(0.05)  # whatever somebody gives back is taken too
    yield lambda: house.serves("postgresql")


@contextmanager
def locked(house: House, held_s: float) -> Iterator[Callable[[], bool]]:
    """Lock the tables that everybody needs."""
    with house.connection() as connection, connection.transaction():
        connection.execute(f"LOCK TABLE {MAIN_TABLES} IN ACCESS EXCLUSIVE MODE")
        time.sleep(held_s)
    yield lambda: house.serves("postgresql")


@contextmanager
def disk_filled(place: str, house: House, held_s: float) -> Iterator[Callable[[], bool]]:
    """Leave no byte where the files or the database lie."""
    with filled(getattr(house, place)):
        time.sleep(held_s)
    yield lambda: house.serves("postgresql")


@contextmanager
def disk_frozen(house: House, held_s: float) -> Iterator[Callable[[], bool]]:
    """Have the storage read only."""
    with frozen(house.storage):
        time.sleep(held_s)
    yield lambda: True


@contextmanager
def bucket_hit(how: str, house: House, held_s: float) -> Iterator[Callable[[], bool]]:
    """Have the bucket slow, refusing or silent."""
    proxy = house.bucket
    if proxy is None:
        raise RuntimeError("This portal has no bucket.")
    with proxy.troubled(how):
        time.sleep(held_s)
    yield proxy.answers


@contextmanager
def clock_jumped(by_s: int, house: House, held_s: float) -> Iterator[Callable[[], bool]]:
    """Have the clock of all processes jump, and jump back."""
    clock = house.clock
    if clock is None:
        raise RuntimeError("This portal has no clock of its own.")
    clock.move(by_s)
    try:
        time.sleep(held_s)
    finally:
        clock.move(0)
    yield lambda: house.serves("web")


@contextmanager
def done_by_the_release_before(house: House, held_s: float) -> Iterator[Callable[[], bool]]:
    """Have only the workers of an older release do the jobs."""
    own = [*house.family("short"), *house.family("long")]
    with house.release_before() as worker:
        _signal_all(own, signal.SIGSTOP)
        try:
            if not until(psutil.Process(worker.pid).children, HORSE_S, step_s=0.02):
                raise RuntimeError(f"The release before took no job within {HORSE_S:.0f} s.")
            time.sleep(held_s)
        finally:
            _signal_all(own, signal.SIGCONT)
    yield lambda: house.serves("long")


def _signal_all(family: list[psutil.Process], number: signal.Signals) -> None:
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


KILLS = (
    Fault("kill-web", "SIGKILL of the web supervisor", partial(killed, "web")),
    Fault("kill-web-process", "SIGKILL of one web process", killed_web_process),
    Fault("kill-worker", "SIGKILL of the worker of long jobs", partial(killed, "long")),
    Fault("kill-short-worker", "SIGKILL of the worker of short jobs", partial(killed, "short")),
    Fault("kill-horse", "SIGKILL of the process that does a job", killed_horse),
    Fault("kill-reconciler", "SIGKILL of the reconciler", partial(killed, "reconciler")),
    Fault("kill-postgresql", "SIGKILL of the postmaster", partial(killed, "postgresql")),
    Fault("kill-valkey", "SIGKILL of Valkey", partial(killed, "valkey")),
)
STOPS = tuple(
    Fault(f"stop-{part}", f"SIGSTOP of {what}", partial(stopped, part))
    for part, what in (
        ("web", "the web processes"),
        ("long", "the worker of long jobs"),
        ("short", "the worker of short jobs"),
        ("reconciler", "the reconciler"),
        ("postgresql", "PostgreSQL"),
        ("valkey", "Valkey"),
    )
)
WANTS = (
    Fault("no-connections", "PostgreSQL has no connection left", exhausted),
    Fault("locked-tables", "somebody holds the main tables", locked),
    Fault(
        "full-storage",
        "no space left for files",
        partial(disk_filled, "storage"),
        needs_disks=True,
        says=rf"(full|[Nn]o space|are free).*{HELP}",
    ),
    Fault(
        "full-database",
        "no space left for the database",
        partial(disk_filled, "embedded"),
        needs_disks=True,
        says=rf"full.*{HELP}|does not answer.*goes on by itself|Nothing was changed; try again",
    ),
    Fault(
        "read-only",
        "the storage can only be read",
        disk_frozen,
        needs_disks=True,
        says=rf"(only be read|[Rr]ead-only).*{HELP}",
    ),
    Fault(
        "release-before",
        "only workers of --previous do the jobs",
        done_by_the_release_before,
        needs_previous=True,
    ),
    Fault("s3-slow", "each answer of the bucket takes 3 s", partial(bucket_hit, "slow"), "bucket"),
    Fault(
        "s3-refusing", "the bucket answers 503 to all", partial(bucket_hit, "refusing"), "bucket"
    ),
    Fault("s3-gone", "nobody listens at the bucket", partial(bucket_hit, "gone"), "bucket"),
    *(
        Fault(
            f"clock-{way}",
            f"the clock jumps 3 h {way}",
            partial(clock_jumped, by_s),
            "clock",
            is_unnoticed=True,
        )
        for way, by_s in (("ahead", JUMP_S), ("behind", -JUMP_S))
    ),
)
FAULTS = (*KILLS, *STOPS, *WANTS)
