"""So many people browse a portal of its own, with sockets open, while it generates and trains.

    python -m bench.people --people 50 --seconds 600 --processes 2

Its processes are those of the Procfile. It ends with 1 where anything failed.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import psutil

from bearing_portal.operations.runner.procfile import read_procfile
from bearing_portal.operations.runner.temporary import TemporaryPortal, end_in_order
from bearing_portal.settings.places import BASE_DIR, environment
from bearing_portal.settings.processes import web_processes
from bench.people.browsing import Log, Person, World
from bench.people.world import world_of
from bench.sockets import connect, stay

WARM_UP_SHARE = 0.25  # of the time, before memory is looked at for the first time
MEMORY_EVERY = 0.15  # of the time


@dataclass(frozen=True)
class Place:
    url: str

    @property
    def netloc(self) -> str:
        return self.url.removeprefix("http://")


def main() -> int:
    asked = _arguments()
    end_in_order()
    with ExitStack() as stack:
        portal = stack.enter_context(TemporaryPortal(worker=False, web_processes=asked.processes))
        for entry in read_procfile(BASE_DIR / "Procfile", portal.environment):
            if entry.name != "web":
                portal.start(*entry.command[1:])
        _settle(portal.web, asked.processes)
        n_people = max(asked.people, asked.sockets)
        world, sessions = world_of(portal.url, portal.environment, n_people)
        log = Log()
        sockets = stack.enter_context(_sockets(Place(portal.url), sessions[: asked.sockets]))
        jobs = stack.enter_context(_jobs(portal, log)) if not asked.alone else []
        figures = _browse(world, log, sessions[: asked.people], portal.web, asked)
    # Only now are they counted: sockets when they are closed, jobs when their commands have ended.
    figures |= {"jobs_done": len(jobs), "sockets": asked.sockets, "sockets_lost": sockets.n_lost}
    figures |= _by_action(log)
    _report(figures, log)
    if asked.json:
        with open(asked.json, "w") as file:
            json.dump(figures, file, indent=1)
    return 1 if log.refused or sockets.n_lost else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.people", description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--processes", type=int, default=web_processes(environment()))
    parser.add_argument("--sockets", type=int, default=200)
    parser.add_argument("--think", type=float, nargs=2, default=(5, 15), metavar=("LOW", "HIGH"))
    parser.add_argument("--alone", action="store_true", help="no generation and no training")
    parser.add_argument("--json", default="", metavar="FILE", help="the figures, for a machine")
    return parser.parse_args()


def _settle(web: subprocess.Popen[bytes], n_processes: int) -> None:
    """Wait until the process that answered first has made way for the prepared ones."""
    n_seen = 0
    while n_processes > 1 and n_seen < 5:
        n_seen = n_seen + 1 if len(psutil.Process(web.pid).children()) == n_processes else 0
        time.sleep(0.3)


@contextmanager
def _jobs(portal: TemporaryPortal, log: Log) -> Iterator[list[str]]:
    """Have the workers generate one dataset and train one model after another, until the end."""
    from bearing_portal.operations.sample import NAME

    done: list[str] = []
    over = threading.Event()

    def repeat(*command: str) -> None:
        number = 0
        while not over.is_set():
            number += 1
            job = portal.start("manage.py", *(word.format(number) for word in command), "--wait")
            while job.poll() is None and not over.wait(0.2):
                pass
            if job.poll() is None:
                job.terminate()
            elif job.returncode:
                log.refused.append(f"{command[0]} ended with {job.returncode}")
                return
            else:
                done.append(command[0])

    threads = [
        threading.Thread(target=repeat, args=command)
        for command in (
            ("create_dataset", "Made meanwhile {}", "--per-class", "100"),
            ("train", NAME),
        )
    ]
    for thread in threads:
        thread.start()
    try:
        yield done
    finally:
        over.set()
        for thread in threads:
            thread.join()


class _Sockets:
    n_lost = 0


@contextmanager
def _sockets(place: Place, sessions: list[str]) -> Iterator[_Sockets]:
    """Hold a socket for each session, and count those that do not last."""
    found, ready, over = _Sockets(), threading.Event(), threading.Event()

    async def hold() -> None:
        gate = asyncio.Semaphore(20)
        streams = await asyncio.gather(*(connect(place, gate, key) for key in sessions))
        ready.set()
        listening = [asyncio.create_task(stay(reader, writer)) for reader, writer in streams]
        while not over.is_set():
            await asyncio.sleep(0.2)
        found.n_lost = sum(task.done() for task in listening)
        for task in listening:
            task.cancel()
        for _, writer in streams:
            writer.close()

    thread = threading.Thread(target=lambda: asyncio.run(hold()), daemon=True)
    thread.start()
    ready.wait(120)
    if not ready.is_set():
        raise RuntimeError("The sockets could not be opened.")
    try:
        yield found
    finally:
        over.set()
        thread.join()


def _browse(
    world: World, log: Log, sessions: list[str], web: subprocess.Popen[bytes], asked: Any
) -> dict[str, Any]:
    began_s = time.monotonic()
    end_s = began_s + asked.seconds

    def live(seed: int, key: str) -> None:
        person = Person(world, log, key, seed)
        pauses = np.random.default_rng(seed)
        low, high = asked.think
        time.sleep(pauses.uniform(0, min(high, asked.seconds / 2)))
        for name, action in person.habits():
            if time.monotonic() > end_s:
                return
            person.act(name, action)
            time.sleep(pauses.uniform(low, high))

    threads = [
        threading.Thread(target=live, args=(seed, key), daemon=True)
        for seed, key in enumerate(sessions)
    ]
    for thread in threads:
        thread.start()
    memory_mb = []
    for share in np.arange(WARM_UP_SHARE, 1, MEMORY_EVERY):
        time.sleep(max(0, began_s + share * asked.seconds - time.monotonic()))
        memory_mb.append(_memory_mb(web))
    for thread in threads:
        thread.join()
    spent_s = time.monotonic() - began_s
    memory_mb.append(_memory_mb(web))
    return {
        "processes": asked.processes,
        "people": len(sessions),
        "seconds": round(spent_s, 1),
        "requests_per_s": round(log.n_requests / spent_s, 1),
        "memory_mb": memory_mb,
        "memory_growth_percent": round(100 * (memory_mb[-1] / memory_mb[0] - 1), 1),
        "load_average": round(os.getloadavg()[0], 1),
        "cores": psutil.cpu_count(),
    }


def _memory_mb(web: subprocess.Popen[bytes]) -> float:
    """Return what the web processes take, each shared page counted once."""
    parent = psutil.Process(web.pid)
    family = [parent, *parent.children(recursive=True)]
    return round(sum(process.memory_full_info().pss for process in family) / 2**20, 1)


def _by_action(log: Log) -> dict[str, Any]:
    by_action: dict[str, list[float]] = {}
    for name, ms in log.done:
        by_action.setdefault(name, []).append(ms)
    return {
        "errors": len(log.refused),
        "actions": {
            name: {
                "n": len(spent),
                **{f"p{q}_ms": round(float(np.percentile(spent, q))) for q in (50, 95, 99)},
            }
            for name, spent in sorted(by_action.items())
        },
    }


def _report(figures: dict[str, Any], log: Log) -> None:
    print(f"{'action':<14}{'n':>6}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
    for name, one in figures["actions"].items():
        print(f"{name:<14}{one['n']:>6}{one['p50_ms']:>9}{one['p95_ms']:>9}{one['p99_ms']:>9}")
    print("; ".join(f"{name} {value}" for name, value in figures.items() if name != "actions"))
    for line in log.refused[:20]:
        print(f"failed: {line}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
