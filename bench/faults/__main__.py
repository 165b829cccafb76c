"""Harm a portal of its own while people are at work in it, and look at what remains.

    python -m bench.faults --rounds 20 --stop 60
    python -m bench.faults --only kill-web kill-postgresql --rounds 0

Each fault comes once; then so many kills at random. It ends with 1 where a law was broken.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

from bearing_portal.operations.embedded.process import end
from bearing_portal.operations.runner.temporary import end_in_order
from bearing_portal.settings.places import environment
from bearing_portal.settings.processes import web_processes
from bench.faults.bucket import Bucket
from bench.faults.clock import compiler
from bench.faults.crowd import Crowd
from bench.faults.disks import namespace
from bench.faults.house import House
from bench.faults.kinds import FAULTS, KILLS, Fault
from bench.faults.laws import Outcome, struck
from bench.people.world import world_of
from vibration.processes import dying_with_parent

OWN_MOUNTS = "FAULTS_OWN_MOUNTS"  # set where this program may mount small disks
HOUSES = ("plain", "bucket", "clock")
STOP_S = 90.0


def main() -> int:
    asked = _arguments()
    _take_own_mounts()
    end_in_order()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    chosen = [fault for fault in FAULTS if not asked.only or fault.name in asked.only]
    houses = [name for name in HOUSES if any(fault.house == name for fault in chosen)]
    if len(houses) == 1:
        return _in_one_house(houses[0], chosen, asked)
    return max(_in_another(house, chosen, asked) for house in houses)


def _in_another(house: str, chosen: list[Fault], asked: argparse.Namespace) -> int:
    """Leave a house to a process of its own: Django is set up for one portal."""
    names = [fault.name for fault in chosen if fault.house == house]
    command = [sys.executable, "-m", "bench.faults", *sys.argv[1:], "--only", *names]
    command += ["--seed", str(asked.seed)]
    running = subprocess.Popen(dying_with_parent(command, signal.SIGTERM))  # noqa: S603 - our own
    try:
        return running.wait()
    finally:
        end(running, signal.SIGTERM, patience_s=STOP_S)


def _in_one_house(name: str, chosen: list[Fault], asked: argparse.Namespace) -> int:
    chance = random.Random(asked.seed)  # noqa: S311 - what comes next, not a secret
    kills = [fault for fault in chosen if fault in KILLS]
    rounds = chosen + [chance.choice(kills) for _ in range(asked.rounds if kills else 0)]
    skipped = {fault.name: reason for fault in chosen if (reason := _reason(fault, asked))}
    rounds = [fault for fault in rounds if fault.name not in skipped]
    print(f"{name} portal, seed {asked.seed}, {len(rounds)} faults, {asked.people} people looking")
    for fault_name, reason in skipped.items():
        print(f"{fault_name:<20} skipped: {reason}")
    outcomes = []
    with ExitStack() as stack:
        if not rounds:
            return 0
        house = stack.enter_context(_house(name, asked, stack))
        crowd = stack.enter_context(_crowd(house, asked))
        print(HEAD)
        for fault in rounds:
            outcomes.append(struck(fault, house, crowd, asked.stop))
            print(line_of(outcomes[-1]))
            if asked.verbose and outcomes[-1].broken:
                print(house.said(), file=sys.stderr)
    broken = [outcome.name for outcome in outcomes if outcome.broken]
    print(f"Laws broken by: {', '.join(broken)}." if broken else "Every law held.")
    return 1 if broken else 0


def _house(name: str, asked: argparse.Namespace, stack: ExitStack) -> House:
    return House(
        web_processes=asked.processes,
        small_disks=OWN_MOUNTS in os.environ,
        data=asked.data if name != "bucket" else None,
        bucket=stack.enter_context(Bucket()) if name == "bucket" else None,
        has_own_clock=name == "clock",
        previous=asked.previous,
        log=asked.log and asked.log.with_stem(f"{asked.log.stem}-{name}"),
    )


def _reason(fault: Fault, asked: argparse.Namespace) -> str:
    """Say why a fault cannot be had here; empty where it can."""
    if fault.needs_disks and OWN_MOUNTS not in os.environ:
        return "no disk can be mounted here without the right to (unshare --mount)"
    if fault.needs_previous and not asked.previous:
        return "--previous names no revision"
    if fault.house == "bucket" and find_spec("moto") is None:
        return "the server of the bucket is not installed: make environment"
    if fault.house == "clock" and not compiler():
        return "no compiler of C is installed (Debian: apt-get install gcc libc6-dev)"
    return ""


def _crowd(house: House, asked: argparse.Namespace) -> Crowd:
    world, sessions = world_of(house.url, house.environment, asked.people + 1)
    from django.contrib.auth.models import Group

    from common.roles import CURATOR, ENGINEER

    # They relabel the sample, which is the portal's.
    may_label = Group.objects.get(name=ENGINEER).user_set.all()
    Group.objects.get(name=CURATOR).user_set.add(*may_label)
    return Crowd(world, sessions, asked.seed)


def line_of(outcome: Outcome) -> str:
    """Return a line of the table, and one for each law that was broken."""
    told = ", ".join(f"{n} × {what}" for what, n in outcome.told.most_common()) or "nothing"
    times = (outcome.service_s, outcome.pages_s, outcome.jobs_s)
    figures = "".join(f"{'–' if value is None else f'{value:.1f}':>9}" for value in times)
    held = f"{outcome.n_acknowledged:>7}"
    first = f"{outcome.name:<20}{figures}{held}  {told}"
    said = (f"  said: {each}" for each in outcome.said)
    return "\n".join([first, *said, *(f"  BROKEN: {each}" for each in outcome.broken)])


def _take_own_mounts() -> None:
    """Go on where small disks may be mounted, if that can be had."""
    own = namespace() if OWN_MOUNTS not in os.environ else []
    if own:
        command = [*own, sys.executable, "-m", "bench.faults", *sys.argv[1:]]
        os.execve(command[0], command, os.environ | {OWN_MOUNTS: "1"})  # noqa: S606


def _arguments() -> argparse.Namespace:
    names = [fault.name for fault in FAULTS]
    parser = argparse.ArgumentParser(
        prog="bench.faults",
        description=__doc__,
        epilog="\n".join(f"{fault.name:<20} {fault.does}" for fault in FAULTS),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", default=[])
    parser.add_argument("--rounds", type=int, default=20, help="kills at random, afterwards")
    parser.add_argument("--stop", type=float, default=60, metavar="S", help="how long faults last")
    parser.add_argument(
        "--previous", default="", metavar="REVISION", help="whose workers go on beside ours"
    )
    parser.add_argument("--people", type=int, default=3, help="who look; one more writes")
    parser.add_argument("--processes", type=int, default=web_processes(environment()))
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument(
        "--data", type=Path, help="begin with a copy of this data folder, whose portal is stopped"
    )
    parser.add_argument(
        "--log", type=Path, help="keep the portals' logs there, each with the kind in its name"
    )
    parser.add_argument("--verbose", action="store_true", help="the portal's log where a law broke")
    return parser.parse_args()


HEAD = (
    f"{'fault':<20}{'service':>9}{'pages':>9}{'jobs':>9}{'held':>7}  people were told meanwhile\n"
    f"{'':<20}{'back s':>9}{'then s':>9}{'over s':>9}"
)

if __name__ == "__main__":
    sys.exit(main())
