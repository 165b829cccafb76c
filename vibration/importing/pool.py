"""Keep many files over several processes."""

from collections.abc import Iterable, Iterator
from multiprocessing.connection import wait
from pathlib import Path

from vibration.generation.pool import Worker, started_workers
from vibration.importing.keep import Cutting
from vibration.importing.plan import PlannedFile

IMPORTING = "vibration.importing.worker"
_TASKS_AHEAD = 2
_POLL_S = 0.1

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
    waiting = iter(tasks)
    with started_workers(count, IMPORTING) as workers:
        by_connection = {worker.connection: worker for worker in workers}
        running = sum(_feed(worker, waiting) for worker in workers for _ in range(_TASKS_AHEAD))
        while running:
            ready = wait(list(by_connection), timeout=_POLL_S)
            if not ready:
                yield None
            for connection in ready:
                worker = by_connection[connection]  # type: ignore[index]
                number, reason = worker.receive()
                running += _feed(worker, waiting) - 1
                yield number, reason


def _feed(worker: Worker, waiting: Iterator[Task]) -> int:
    task = next(waiting, None)
    if task is None:
        return 0
    worker.send(task)
    return 1
