"""Children that end with their parent, even where the parent was killed with SIGKILL (Linux).

The kernel sends the signal when the *thread* that started the child ends, so children are started
from the main thread.
"""

import ctypes
import os
import shutil
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(signal_number: int = signal.SIGKILL, *, parent_pid: int | None = None) -> None:
    """Ask the kernel to signal this process when its parent ends.

    Called in the child. `parent_pid`, where known, closes the gap in which the parent ended before.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
    if parent_pid is not None and os.getppid() != parent_pid:
        os.kill(os.getpid(), signal_number)


def dying_with_parent(command: list[str], signal_number: signal.Signals) -> list[str]:
    """The command line that runs `command` as a child which ends with its parent."""
    setpriv = shutil.which("setpriv")
    if setpriv is None or not sys.platform.startswith("linux"):
        return command
    return [setpriv, "--pdeathsig", signal_number.name.removeprefix("SIG"), "--", *command]
