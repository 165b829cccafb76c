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


class Beside:
    """Processes that run beside tests; one that ends is started anew, as the portal would."""

    def __init__(self, commands: list[list[str]], environment: Mapping[str, str]) -> None:
        self._commands = commands
        self._environment = environment
        self._running = [started(command, env=environment) for command in commands]

    def check(self) -> None:
        """Fail where one has ended: the next tests would wait for it in vain."""
        ended = []
        for place, command in enumerate(self._commands):
            if (code := self._running[place].poll()) is not None:
                ended.append(f"{' '.join(command[1:])} ended with {code}")
                self._running[place] = started(command, env=self._environment)
        assert not ended, ended

    def end(self) -> None:
        """End them all."""
        for process in self._running:
            end(process, signal.SIGTERM, patience_s=10)
