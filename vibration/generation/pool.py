"""The generating processes, seen from their parent.

Fresh interpreters rather than forks: the parent may be a worker of a queue with threads, open
sockets and half of Django in memory, none of which may be copied. They import only the science,
0.6 s once, and their BLAS is told to keep to one thread before it is loaded, so that processes do
not fight over cores.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from vibration.errors import VibrationError
from vibration.generation.produce import Produced
from vibration.simulation import Recipe

_TASKS_AHEAD = 2
_POLL_S = 0.1
_ROOT = Path(__file__).resolve().parents[2]
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")


GENERATING = "vibration.generation.worker"


class WorkerLostError(VibrationError):
    """A working process ended before its work was done."""


class Worker:
    """One working process and the line to it."""

    def __init__(self, module: str = GENERATING) -> None:
        self.connection, theirs = Pipe()
        command = [sys.executable, "-m", module]
        path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
        self.process = subprocess.Popen(  # noqa: S603  (our own interpreter, no shell)
            [*command, str(theirs.fileno()), str(os.getpid())],
            env=os.environ | dict.fromkeys(_THREADS, "1") | {"PYTHONPATH": path},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        theirs.close()

    def send(self, message: object) -> None:
        """Hand over a message; say so when the process has gone."""
        try:
            self.connection.send(message)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise self._lost() from error

    def receive(self) -> Any:
        """Return what was sent back, or raise what went wrong over there."""
        try:
            answer = self.connection.recv()
        except (EOFError, ConnectionResetError) as error:
            raise self._lost() from error
        if isinstance(answer, Exception):
            raise answer
        return answer

    def stop(self) -> None:
        """End the process at once; it holds nothing that must be saved."""
        self.connection.close()
        self.process.kill()
        self.process.wait()

    def _lost(self) -> WorkerLostError:
        code = self.process.wait()
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with status {code}"
        return WorkerLostError(
            f"A working process ended {how}, perhaps for lack of memory; "
            "nothing was kept. Try again."
        )


@contextmanager
def started_workers(count: int, module: str = GENERATING) -> Iterator[list[Worker]]:
    """Yield running workers; none outlives the block.

    Parameters
    ----------
    count : int
        Number of processes.
    module : str
        What they run, with the end of their line and our process's id as arguments.

    Yields
    ------
    list of Worker

    Examples
    --------
    >>> with started_workers(1) as workers:
    ...     len(workers)
    1
    """
    with ExitStack() as stack:
        workers = []
        for _ in range(count):
            worker = Worker(module)
            stack.callback(worker.stop)
            workers.append(worker)
        yield workers


def produce_in_processes(
    recipe: Recipe, path: Path, tasks: Iterable[tuple[int, int]], count: int
) -> Iterator[Produced | None]:
    """Yield rows as they are done, in any order, and None at least every 0.1 s.

    Parameters
    ----------
    recipe : Recipe
        What to simulate.
    path : Path
        The file that receives the samples.
    tasks : iterable of (int, int)
        Row and offset of its samples in the file; read as far as the workers get.
    count : int
        Number of processes.

    Yields
    ------
    Produced or None
        A row that is done, its samples being in the file; None where nothing was for 0.1 s.

    Raises
    ------
    WorkerLostError
        Where a process was killed.

    Examples
    --------
    >>> import tempfile
    >>> recipe = Recipe(per_class=1, classes=("healthy",), augmentation=False, duration_s=0.1)
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     made = produce_in_processes(recipe, Path(file.name), [(0, 0)], 1)
    ...     [one.row for one in made if one is not None]
    [0]
    """
    for answer in answers(tasks, count, first=(recipe.to_dict(), path)):
        yield None if answer is None else Produced(*answer)


def answers(
    tasks: Iterable[Any], count: int, *, module: str = GENERATING, first: object = None
) -> Iterator[Any]:
    """Yield what working processes answer to tasks, in any order, and None at least every 0.1 s.

    Parameters
    ----------
    tasks : iterable
        One message each; read as far as the workers get.
    count : int
        Number of processes.
    module : str
        What they run.
    first : object, optional
        What each of them is told before its first task.

    Yields
    ------
    object or None
        An answer; None where there was none for 0.1 s.

    Raises
    ------
    WorkerLostError
        Where a process was killed.

    Examples
    --------
    >>> list(answers([], 1))
    []
    """
    waiting = iter(tasks)
    with started_workers(count, module) as workers:
        by_connection = {worker.connection: worker for worker in workers}
        if first is not None:
            for worker in workers:
                worker.send(first)
        running = sum(_feed(worker, waiting) for worker in workers for _ in range(_TASKS_AHEAD))
        while running:
            ready = wait(list(by_connection), timeout=_POLL_S)
            if not ready:
                yield None
            for connection in ready:
                answer = by_connection[connection].receive()  # type: ignore[index]
                running += _feed(by_connection[connection], waiting) - 1  # type: ignore[index]
                yield answer


def _feed(worker: Worker, waiting: Iterator[Any]) -> int:
    task = next(waiting, None)
    if task is None:
        return 0
    worker.send(task)
    return 1
