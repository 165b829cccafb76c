"""One process of the Procfile: its output gets its name, it is restarted when it ends."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, cast

import psutil

from bearing_portal.operations.runner.procfile import Entry
from vibration.processes import dying_with_parent

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
STEADY_AFTER_S = 60.0


class Child:
    def __init__(
        self,
        entry: Entry,
        *,
        folder: Path,
        environment: Mapping[str, str],
        say: Callable[..., None],
    ) -> None:
        self.name = entry.name
        self._entry, self._folder, self._environment, self._say = entry, folder, environment, say
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._started_at_s = 0.0
        self._pause_s = FIRST_PAUSE_S
        self._start_at_s: float | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        self._start_at_s = None
        self._started_at_s = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603 - the Procfile is ours
            dying_with_parent(list(self._entry.command), signal.SIGKILL),
            cwd=self._folder,
            env=dict(self._environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches only the runner, which stops all in order
        )
        output = cast(IO[bytes], self._process.stdout)
        self._reader = threading.Thread(target=self._pass_on, args=(output,), daemon=True)
        self._reader.start()

    def watch(self) -> None:
        """Start again what has ended, after a pause that doubles while it keeps ending."""
        now_s = time.monotonic()
        if self._start_at_s is not None:
            if now_s >= self._start_at_s:
                self.start()
            return
        if self._process is None or self._process.poll() is None:
            return
        if now_s - self._started_at_s > STEADY_AFTER_S:
            self._pause_s = FIRST_PAUSE_S
        ending = _ending(self._process.returncode)
        self._say(f"{self.name} {ending}; starting it again in {self._pause_s:.0f} s.")
        self._start_at_s = now_s + self._pause_s
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    @property
    def status(self) -> int | None:
        return self._process.poll() if self._process else None

    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def join(self) -> None:
        """Wait for its end and for its last words."""
        if self._process and self._reader:
            self._process.wait()
            self._reader.join()

    def ask_to_stop(self) -> None:
        if self._process and not self.has_ended():
            self._process.terminate()

    def kill(self) -> None:
        """Kill it with all it has started."""
        if self._process is None or self.has_ended():
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            for process in psutil.Process(self._process.pid).children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        self._process.kill()
        self._process.wait()

    def _pass_on(self, output: IO[bytes]) -> None:
        for line in output:
            self._say(line.decode(errors="replace").rstrip(), name=self.name)


def _ending(status: int) -> str:
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with status {status}" if status else "ended"


def stop_all(children: list[Child], *, patience_s: float) -> None:
    for child in children:
        child.ask_to_stop()
    give_up = time.monotonic() + patience_s
    while time.monotonic() < give_up and not all(child.has_ended() for child in children):
        time.sleep(0.05)
    for child in children:
        child.kill()


def child_environment(own: Mapping[str, str], programs: Path) -> dict[str, str]:
    """What the processes find around them: this environment's programs first, unbuffered output."""
    return {
        **os.environ,
        **own,
        "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
    }
