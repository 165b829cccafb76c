"""An importing process: ``python -m vibration.importing.worker FD PARENT``.

It keeps one file after the other as it is told to. What a file is refused for goes back as a
sentence; the process lives on. It dies with its parent, and its reading child with it.
"""

import signal
import sys
import traceback
from multiprocessing.connection import Connection
from typing import Any

from vibration.errors import VibrationError
from vibration.importing.keep import keep_file
from vibration.processes import die_with_parent
from vibration.store import StorageFullError


def _serve(connection: "Connection[Any, Any]") -> None:
    """Keep files until told to stop: (number, planned, cutting, target, original) each."""
    try:
        while (task := connection.recv()) is not None:
            number, *asked = task
            reason = ""
            try:
                keep_file(*asked)
            except StorageFullError:
                raise
            except VibrationError as error:
                reason = str(error)
            connection.send((number, reason))
    except EOFError:
        return  # the parent has gone
    except VibrationError as error:
        connection.send(error)
    except Exception:  # the border of the process: the parent tells the story
        connection.send(RuntimeError(traceback.format_exc()))


def main() -> None:
    """Run as a child of the importing process."""
    descriptor, parent_pid = map(int, sys.argv[1:3])
    die_with_parent(parent_pid)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    _serve(Connection(descriptor))


if __name__ == "__main__":
    main()
