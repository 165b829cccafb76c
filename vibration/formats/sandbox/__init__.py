"""Files that people bring in, read in a child process of bounded memory, time and open files.

The parsers meet whatever there is on the internet: a file may ask for more memory than the machine
has, loop, or crash a library. None of that may harm the process that was asked to read it.
"""

from vibration.formats.sandbox.limits import Limits
from vibration.formats.sandbox.pool import ROOM_PREFIX, read, warm

__all__ = ["ROOM_PREFIX", "Limits", "read", "warm"]
