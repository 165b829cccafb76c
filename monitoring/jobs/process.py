"""Which process runs a job, and whether it is still there.

A number is given again, so a process is known by when it began too: in ticks since the machine
started, which no clock that is set, and no other machine's clock, can change.
"""

import os
import socket
from pathlib import Path

import psutil

_BEGAN = 22 - 3  # field of /proc/PID/stat, counted from behind the name, which may hold anything


def own_host() -> str:
    """Name this machine, its process namespace, and when this process began."""
    return f"{_own_machine()}/{_began(os.getpid())}"


def own_pid() -> int:
    return os.getpid()


def is_dead(host: str, pid: int | None) -> bool:
    """Tell whether the process is provably gone; False where that cannot be told from here."""
    machine, _, began = host.rpartition("/")
    if pid is None or machine != _own_machine():
        return False
    try:
        if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False
    return began != _began(pid)  # another one that only inherited the number


def _own_machine() -> str:
    try:
        namespace = os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        namespace = 0
    return f"{socket.gethostname()[:80]}/{namespace}"


def _began(pid: int) -> str:
    """Return when a process began; empty where the machine does not tell, or it has ended."""
    try:
        said = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return said.rpartition(")")[2].split()[_BEGAN]
