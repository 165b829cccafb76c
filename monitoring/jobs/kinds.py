"""What each kind of job runs. Filled by the apps above when Django starts, read-only afterwards."""

from collections.abc import Callable
from dataclasses import dataclass

from monitoring.models import Job


def _nothing(job: Job) -> None:
    del job


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """A kind of job.

    Attributes
    ----------
    code : str
        Value of `Job.kind`.
    entry : str
        Dotted path of the function the queue calls with the job's id.
    changed : callable
        Called with the job inside the transaction of each change of its status, so that the thing
        worked on never disagrees with its job.
    """

    code: str
    entry: str
    changed: Callable[[Job], None] = _nothing


_KINDS: dict[str, JobKind] = {}
_SWEEPERS: list[Callable[[], None]] = []


def register_kind(kind: JobKind) -> None:
    _KINDS[kind.code] = kind


def register_sweeper(sweep: Callable[[], None]) -> None:
    """Have `sweep` called by each reconciliation: it removes files that no row speaks of."""
    if sweep not in _SWEEPERS:
        _SWEEPERS.append(sweep)


def kind_of(job: Job) -> JobKind:
    return _KINDS[job.kind]


def kind_codes() -> tuple[str, ...]:
    return tuple(_KINDS)


def sweepers() -> tuple[Callable[[], None], ...]:
    return tuple(_SWEEPERS)
