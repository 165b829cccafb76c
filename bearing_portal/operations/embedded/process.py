"""One server process: started with a log file, ended within a bound, found again by its folder."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, cast

import psutil

from vibration.processes import dying_with_parent

POLL_S = 0.02
LOG_LIMIT_BYTES = 5_000_000
LOG_TAIL_BYTES = 2_000


def spawn(
    command: Sequence[str],
    *,
    prefix: Sequence[str] = (),
    folder: Path,
    log: Path,
    death_signal: signal.Signals,
    stdin_text: str = "",
) -> subprocess.Popen[bytes]:
    """Start a server in its folder and in its own session, so that Ctrl-C reaches only us."""
    too_long = log.exists() and log.stat().st_size > LOG_LIMIT_BYTES
    with log.open("wb" if too_long else "ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command line
            [*prefix, *dying_with_parent(list(command), death_signal)],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    # Where it ended at once the pipe is broken: whoever waits for it reads the log.
    with contextlib.suppress(BrokenPipeError), cast(IO[bytes], process.stdin) as stdin:
        stdin.write(stdin_text.encode())
    return process


def end(process: subprocess.Popen[bytes], *signals: signal.Signals, patience_s: float = 8) -> None:
    """Send one signal after the other until the process has ended, SIGKILL last."""
    for signal_number in (*signals, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(signal_number)
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            continue


def end_leftovers(folder: Path, signal_number: signal.Signals, patience_s: float = 8) -> int:
    """End what a killed predecessor left: processes working in the folder. Say how many."""
    leftovers = [process for process in psutil.process_iter() if _works_in(process, folder)]
    for process in leftovers:
        _signal(process, signal_number)
    _, alive = psutil.wait_procs(leftovers, timeout=patience_s)
    for process in alive:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=patience_s)
    return len(leftovers)


def tail(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - LOG_TAIL_BYTES))
            return file.read().decode(errors="replace").strip()
    except FileNotFoundError:
        return ""


def deadline(seconds: float) -> float:
    return time.monotonic() + seconds


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return Path(process.cwd()) == folder
    except (psutil.Error, OSError):
        return False


def _signal(process: psutil.Process, signal_number: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(signal_number)
