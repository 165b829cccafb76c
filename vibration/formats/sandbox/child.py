"""The child: reads one file after the other, under limits, until its parent closes the pipe."""

import json
import os
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any, Final

from vibration.errors import FormatError
from vibration.formats import read_recording
from vibration.formats.room import samples_path
from vibration.formats.sandbox.limits import limit_process, limit_reading
from vibration.formats.sandbox.wire import line_of, packed

_EVERY_S: Final = 1.0
_STACK_BYTES: Final = 1 << 18


def main() -> None:
    """Answer each line on standard input with one on standard output."""
    with os.fdopen(os.dup(1), "wb", buffering=0) as replies:
        # What a library prints must not stand between the answers.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        limit_process()
        threading.stack_size(_STACK_BYTES)
        threading.Thread(target=_end_with, args=[os.getppid()], daemon=True).start()
        for line in sys.stdin:
            replies.write(line_of(_answer(json.loads(line))))


def _end_with(parent: int) -> None:
    """End soon after the parent was killed, also amid a reading; it is started by any thread."""
    while os.getppid() == parent:
        time.sleep(_EVERY_S)
    os._exit(1)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    limit_reading(request["memory_bytes"], request["cpu_s"], request["kept_bytes"])
    try:
        folder = Path(request["folder"])
        reading = read_recording(
            request["path"],
            name=request["name"],
            folders=tuple(request["folders"]),
            kept_bytes=request["kept_bytes"],
            folder=folder,
        )
        with samples_path(folder, 0).open("wb") as output:
            return {"read": packed(reading, output)}
    except FormatError as error:
        return {"refused": str(error)}
    except MemoryError:
        return {"exhausted": True}
    # Whatever else a library raises on a damaged file: said with its stack, the child goes on.
    except Exception:
        return {"failed": traceback.format_exc(limit=-12)}


if __name__ == "__main__":
    main()
