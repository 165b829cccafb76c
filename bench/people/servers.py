"""Which server answers most: each command in turn, asked without pause by so many people.

    python -m bench.people.servers --rounds 5 --seconds 20 --processes 2 \\
        "uvicorn bearing_portal.asgi:application --host {host} --port {port} --workers {processes}"

The portal's own comes first in each round. Others have to be installed beside it; they are no part
of its requirements.
"""

import argparse
import shlex
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
import psutil

from bearing_portal.operations.embedded.ports import keep_or_find
from bearing_portal.operations.runner.temporary import HOST, TemporaryPortal, end_in_order
from bench.people.browsing import Log, Person, World
from bench.people.world import world_of

OWN = "bearing_portal.serve -b {host} -p {port}"
WARM_UP_SHARE = 0.5  # a server whose processes start from nothing has more to prepare
START_S, STEADY_S = 120, 8


def main() -> int:
    asked = _arguments()
    end_in_order()
    commands = [OWN, *asked.commands]
    found: dict[str, list[tuple[float, float, float]]] = {command: [] for command in commands}
    with TemporaryPortal(worker=False, web_processes=asked.processes) as portal:
        world, sessions = world_of(portal.url, portal.environment, asked.people)
        for n_round in range(asked.rounds):
            for command in commands if n_round % 2 == 0 else reversed(commands):
                with _served(portal, command, asked.processes) as netloc:
                    figures = _asked(replace(world, netloc=netloc), sessions, asked.seconds)
                found[command].append(figures)
                print(_line(figures, command.split()[0]), flush=True)
    print("\nMedians of the rounds:")
    for command, rounds in found.items():
        print(_line([statistics.median(column) for column in zip(*rounds, strict=True)], command))
    return 0


def _line(figures: Sequence[float], what: str) -> str:
    rate, p50_ms, p95_ms = figures
    return f"{rate:6.1f} /s  p50 {p50_ms:6.0f} ms  p95 {p95_ms:6.0f} ms  {what}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench.people.servers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("commands", nargs="*", help="what `python -m` is to run")
    return parser.parse_args()


@contextmanager
def _served(portal: TemporaryPortal, command: str, n_processes: int) -> Iterator[str]:
    port = keep_or_find(0)
    words = shlex.split(command.format(host=HOST, port=port, processes=n_processes))
    server = portal.start("-m", *words)
    try:
        _await(f"http://{HOST}:{port}/accounts/login/", server)
        _settle(server.pid)
        yield f"{HOST}:{port}"
    finally:
        family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
        server.terminate()
        psutil.wait_procs(family, timeout=30)


def _await(url: str, server: subprocess.Popen[bytes]) -> None:
    give_up_at_s = time.monotonic() + START_S
    while time.monotonic() < give_up_at_s and server.poll() is None:
        try:
            urlopen(url, timeout=10).close()  # noqa: S310 - our own
            return
        except (URLError, OSError):
            time.sleep(0.1)
    raise SystemExit("The server does not answer.")


def _settle(pid: int) -> None:
    """Wait until its processes stay the same: one that answers first may make way for others."""
    before, n_same = set(), 0
    while n_same < STEADY_S:
        time.sleep(1)
        now = {child.pid for child in psutil.Process(pid).children(recursive=True)}
        n_same = n_same + 1 if now == before else 0
        before = now


def _asked(world: World, sessions: list[str], seconds: float) -> tuple[float, float, float]:
    """Return requests a second and the middle and slow times in ms, without the warm-up."""
    log = Log()
    end_s = time.monotonic() + seconds

    def live(seed: int, key: str) -> None:
        person = Person(world, log, key, seed)
        for name, action in person.habits():
            if time.monotonic() > end_s:
                return
            person.act(name, action)

    threads = [threading.Thread(target=live, args=(seed, key)) for seed, key in enumerate(sessions)]
    for thread in threads:
        thread.start()
    time.sleep(WARM_UP_SHARE * seconds)
    began_s, n_done, n_requests = time.monotonic(), len(log.done), log.n_requests
    for thread in threads:
        thread.join()
    if log.refused:
        raise SystemExit(f"{len(log.refused)} failed, such as {log.refused[0]}")
    spent_s = time.monotonic() - began_s
    p50_ms, p95_ms = np.percentile([ms for _, ms in log.done[n_done:]], (50, 95))
    return (log.n_requests - n_requests) / spent_s, float(p50_ms), float(p95_ms)


if __name__ == "__main__":
    sys.exit(main())
