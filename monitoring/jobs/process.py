"""Which process runs a job, and whether it is still there."""

import os
import socket
from datetime import datetime

import psutil

_START_TOLERANCE_S = 2.0


def own_host() -> str:
    """Name this machine and its process namespace: the same pid elsewhere is another process."""
    try:
        namespace = os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        namespace = 0
    return f"{socket.gethostname()[:90]}/{namespace}"


def own_pid() -> int:
    return os.getpid()


def is_dead(host: str, pid: int | None, started_at: datetime | None) -> bool:
    """Tell whether the process is provably gone; False where that cannot be told from here."""
    if pid is None or host != own_host():
        return False
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return True
        # A process born after the job started only inherited the number.
        born_s = process.create_time()
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False
    return started_at is not None and born_s > started_at.timestamp() + _START_TOLERANCE_S
