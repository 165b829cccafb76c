"""Children that end with their parent, even where the parent was killed with SIGKILL (Linux).

The one mechanism of the whole house. The kernel sends the signal when the *thread* that started the
child ends, so children are started from a thread that lives as long as they may.
"""

import ctypes
import os
import shutil
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent_pid: int, signal_number: int = signal.SIGKILL) -> None:
    """Have the kernel signal this process when its parent ends, however the parent ends.

    Called in the child. Where the parent has ended already, the signal comes at once.

    Parameters
    ----------
    parent_pid : int
        Who started this process, as that one said or as was read before anything could happen.
    signal_number : int
        Signal to end by.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
    if os.getppid() != parent_pid:
        os.kill(os.getpid(), signal_number)


def dying_with_parent(command: list[str], signal_number: signal.Signals) -> list[str]:
    """Return the command line that runs `command` as a child which ends with its parent.

    For programs that cannot call `die_with_parent` themselves.

    Parameters
    ----------
    command : list of str
        Program and arguments.
    signal_number : signal.Signals
        Signal to end by.

    Returns
    -------
    list of str
        `command` itself where the system has no ``setpriv``.

    Examples
    --------
    >>> dying_with_parent(["sleep", "9"], signal.SIGTERM)[-2:]
    ['sleep', '9']
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None or not sys.platform.startswith("linux"):
        return command
    return [setpriv, "--pdeathsig", signal_number.name.removeprefix("SIG"), "--", *command]
