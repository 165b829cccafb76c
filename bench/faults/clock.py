"""A clock that jumps: the time of day of a portal's processes, moved while they are at work.

Debian's libfaketime does the same, but under that of Debian 12 Python cannot sleep; so a few lines
of C are compiled that only move the time of day.
"""

import os
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Final

_SOURCE: Final = Path(__file__).with_suffix(".c")
_SECONDS: Final = struct.Struct("q")


def compiler() -> str:
    """Return the compiler of C of this machine; empty where there is none."""
    return shutil.which(os.environ.get("CC", "cc")) or ""


class Clock:
    """What stands between programs and the time of day, in a folder that is there.

    Parameters
    ----------
    folder : Path
        Where the library and how far it moves the time are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._moved, library = folder / "clock.moved", folder / "clock.so"
        self._moved.write_bytes(_SECONDS.pack(0))
        command = [compiler(), "-O2", "-shared", "-fPIC", "-o", str(library), str(_SOURCE), "-ldl"]
        subprocess.run(command, check=True)  # noqa: S603 - our own command
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_MOVED_BY": str(self._moved)}

    def move(self, by_s: int) -> None:
        """Set how far from the truth it is, for all at once."""
        with self._moved.open("r+b") as file:  # they look at these bytes: they must stay the file's
            file.write(_SECONDS.pack(by_s))
