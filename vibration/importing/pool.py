"""Keep many files over several processes."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from vibration.generation.pool import answers
from vibration.importing.keep import Cutting
from vibration.importing.plan import PlannedFile

IMPORTING = "vibration.importing.worker"

Task = tuple[int, PlannedFile, Cutting, Path, Path | None]


def keep_in_processes(tasks: Iterable[Task], count: int) -> Iterator[tuple[int, str] | None]:
    """Yield (number, reason) as files are done, in any order, and None at least every 0.1 s.

    Parameters
    ----------
    tasks : iterable of (int, PlannedFile, Cutting, Path, Path or None)
        A number of the caller's, and what `keep_file` takes; read as far as the workers get.
    count : int
        Number of processes.

    Yields
    ------
    (int, str) or None
        A file that is done, with the sentence that refused it, or none; None where nothing was
        done for 0.1 s.

    Raises
    ------
    WorkerLostError
        Where a process was killed.
    StorageFullError
        Where the disk is full.

    Examples
    --------
    >>> list(keep_in_processes([], 1))
    []
    """
    return answers(tasks, count, module=IMPORTING)
