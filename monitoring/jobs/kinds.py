"""What each kind of job runs. Filled by the apps above when Django starts, read-only afterwards."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.module_loading import import_string

from monitoring.models import Job


@dataclass(frozen=True)
class Later:
    """A function by its dotted path, imported when it is called.

    Kinds are registered by every process that starts Django; most never do the work, and the
    science behind it takes longer to import than the rest of the portal.
    """

    path: str

    def __call__(self, *values: Any, **named: Any) -> Any:
        return import_string(self.path)(*values, **named)


class Queue(StrEnum):
    """Where work waits; the workers of the Procfile say which they serve."""

    SHORT = "short"  # somebody waits for it: projections, e-mail
    LONG = "long"  # generation, import
    TRAIN = "train"


def _nothing(job: Job) -> None:
    del job


def _nobody(job: Job) -> list[str]:
    del job
    return []


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """A kind of job.

    Attributes
    ----------
    code : str
        Value of `Job.kind`.
    entry : str
        Dotted path of the function the queue calls with the job's id.
    queue : Queue
        Where it waits.
    at_once : int or callable, optional
        Of how many such jobs of one person the queue knows at a time; the others wait behind those
        of other people. `JOBS_AT_ONCE` where it is not given.
    is_limited : bool
        Whether it counts among the active jobs that one person may have.
    is_cancellable : bool
        Whether its owner may stop it.
    changed : callable
        Called with the job inside the transaction of each change of its status, so that the thing
        worked on never disagrees with its job.
    audience : callable
        Returns, of a job, the groups of sockets that hear how far it is, beside its owner's.
    sweep : callable, optional
        Called by each reconciliation: removes files that no row speaks of.
    """

    code: str
    entry: str
    queue: Queue
    at_once: int | Callable[[], int] | None = None
    is_limited: bool = True
    is_cancellable: bool = True
    changed: Callable[[Job], None] = _nothing
    audience: Callable[[Job], list[str]] = _nobody
    sweep: Callable[[], None] | None = None


_KINDS: dict[str, JobKind] = {}
_SWEEPERS: list[Callable[[], None]] = []


def register_kind(kind: JobKind) -> None:
    _KINDS[kind.code] = kind


def register_sweeper(sweep: Callable[[], None]) -> None:
    """Have `sweep` called by each reconciliation, where no kind of job makes what it sweeps."""
    if sweep not in _SWEEPERS:
        _SWEEPERS.append(sweep)


def kind_of(job: Job) -> JobKind:
    return _KINDS[job.kind]


def kinds() -> tuple[JobKind, ...]:
    return tuple(_KINDS.values())


def kind_codes() -> tuple[str, ...]:
    return tuple(_KINDS)


def limited_codes() -> list[str]:
    return [kind.code for kind in _KINDS.values() if kind.is_limited]


def queues_used() -> list[str]:
    """Return the queues that some kind of job waits in, and the one of e-mail."""
    used = {Queue.SHORT, *(kind.queue for kind in _KINDS.values())}
    return [queue.value for queue in Queue if queue in used]


def sweepers() -> Iterable[Callable[[], None]]:
    yield from (kind.sweep for kind in _KINDS.values() if kind.sweep is not None)
    yield from _SWEEPERS
