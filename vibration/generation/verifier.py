"""A verifying process: ``python -m vibration.generation.verifier FD PARENT``.

It imports the science and nothing else, compares the records it is told, and sends back where they
differ. It dies with its parent.
"""

import signal
import sys
import traceback
from multiprocessing.connection import Connection
from typing import Any

from vibration.errors import VibrationError
from vibration.generation.verification import differences_of
from vibration.generation.worker import keep_freed_memory
from vibration.processes import die_with_parent
from vibration.simulation import Recipe
from vibration.store import StoreReader


def serve(connection: "Connection[Any, Any]") -> None:
    """Compare rows until the parent has gone: first the folder, then numbers of records."""
    try:
        with StoreReader(connection.recv()) as reader:
            recipe = Recipe.from_dict(reader.recipe)
            while True:
                connection.send(differences_of(reader, recipe, connection.recv()))
    except EOFError:
        return
    except VibrationError as error:
        connection.send(error)
    except Exception:  # the border of the process: the parent tells the story
        connection.send(RuntimeError(traceback.format_exc()))


def main() -> None:
    """Run as a child of the verifying process."""
    descriptor, parent_pid = map(int, sys.argv[1:3])
    die_with_parent(parent_pid)
    keep_freed_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    serve(Connection(descriptor))


if __name__ == "__main__":
    main()
