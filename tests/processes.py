"""Processes that tests start: none outlives them, however they end."""

import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from bearing_portal.operations.embedded.process import end
from vibration.processes import dying_with_parent

ROOT = Path(__file__).resolve().parents[1]


def started(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start a process that is killed where the run that started it is."""
    return subprocess.Popen(dying_with_parent(command, signal.SIGKILL), **{"cwd": ROOT} | options)


def descendants_by_command(pid: int) -> dict[int, str]:
    """Return what each process below `pid` runs, without those that end while it is looked."""
    found = {}
    for process in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # a zombie has no command any more either
            found[process.pid] = " ".join(process.cmdline())
    return found


@contextmanager
def running(
    command: list[str], environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process for as long as the block lasts."""
    process = started(command, env=environment)
    try:
        yield process
    finally:
        end(process, signal.SIGTERM, patience_s=10)
