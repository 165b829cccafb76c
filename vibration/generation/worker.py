"""A generating process: ``python -m vibration.generation.worker FD PARENT``.

It imports the science and nothing else, writes the samples of the rows it is told to their place
in the dataset's file, and sends features and index values back. It dies with its parent.
"""

import ctypes
import os
import signal
import sys
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from vibration.errors import VibrationError
from vibration.generation.produce import produce
from vibration.processes import die_with_parent
from vibration.simulation import Recipe
from vibration.store import storage_errors, write_at
from vibration.store.layout import SIGNALS_FILE

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_KEPT_BYTES = 32 << 20


def keep_freed_memory() -> None:
    """Let glibc reuse the arrays of one record for the next instead of returning them.

    By default each array of a record is mapped afresh and zeroed page by page: 1 300 page faults
    and a quarter of the time of a record.
    """
    with suppress(OSError, AttributeError):  # not glibc
        for option in (_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD):
            ctypes.CDLL(None).mallopt(option, _KEPT_BYTES)


def serve(connection: "Connection[Any, Any]") -> None:
    """Produce rows until told to stop: first the recipe and the file, then (row, offset) pairs."""
    try:
        recipe, path = connection.recv()
        _produce_rows(connection, Recipe.from_dict(recipe), path)
    except EOFError:
        return  # the parent has gone
    except VibrationError as error:
        connection.send(error)
    except Exception:  # the border of the process: the parent tells the story
        connection.send(RuntimeError(traceback.format_exc()))


def _produce_rows(connection: "Connection[Any, Any]", recipe: Recipe, path: Any) -> None:
    file = os.open(path, os.O_WRONLY)
    try:
        while (task := connection.recv()) is not None:
            row, offset = task
            samples, produced = produce(recipe, row)
            with storage_errors(path.with_name(SIGNALS_FILE)):
                write_at(file, samples, offset)
            connection.send(tuple(produced))
    finally:
        os.close(file)


def main() -> None:
    """Run as a child of the generating process."""
    descriptor, parent_pid = map(int, sys.argv[1:3])
    die_with_parent(parent_pid)
    keep_freed_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    serve(Connection(descriptor))


if __name__ == "__main__":
    main()
