"""A verifying process: ``python -m vibration.generation.verifier FD PARENT``.

It imports the science and nothing else, compares the records it is sent, and sends back where they
differ. It dies with its parent.
"""

import signal
import sys
import traceback
from collections.abc import Iterator
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import Any

from vibration.errors import VibrationError
from vibration.generation.verification import StoredRecord, differences_of
from vibration.generation.worker import keep_freed_memory
from vibration.processes import die_with_parent
from vibration.simulation import Recipe


def serve(connection: "Connection[Any, Any]") -> None:
    """Compare records until the parent has gone: first comes the recipe, then one after another."""
    try:
        recipe = Recipe.from_dict(connection.recv())
        for record in _received(connection):
            connection.send(differences_of(recipe, record))
    except EOFError:
        return
    except VibrationError as error:
        connection.send(error)
    except Exception:  # the border of the process: the parent tells the story
        connection.send(RuntimeError(traceback.format_exc()))


def _received(connection: "Connection[Any, Any]") -> Iterator[StoredRecord]:
    """Yield what the parent sends, taken in beside the work, so that it does not wait for us."""
    taken: SimpleQueue[StoredRecord | None] = SimpleQueue()

    def take() -> None:
        try:
            while True:
                taken.put(connection.recv())
        except (EOFError, OSError):
            taken.put(None)

    Thread(target=take, daemon=True).start()
    while (record := taken.get()) is not None:
        yield record


def main() -> None:
    """Run as a child of the verifying process."""
    descriptor, parent_pid = map(int, sys.argv[1:3])
    die_with_parent(parent_pid)
    keep_freed_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    serve(Connection(descriptor))


if __name__ == "__main__":
    main()
