"""Processes that only wait, forked and watched as the web processes are."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from bearing_portal.operations.web.pulse import Pulses, Watch
from bearing_portal.settings.environment import Environment
from bearing_portal.settings.processes import MOST_BY_DEFAULT, cores, web_processes
from tests.processes import ROOT, started

PATIENCE_S = 120
SCRIPT = """
import signal, sys, time
from django.conf import settings
settings.configure(DATABASES={})
from bearing_portal.operations.web.processes import MAKE_WAY, WebProcesses
def work(beat):
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [MAKE_WAY])
    while True:
        beat()
        time.sleep(0.05)
WebProcesses(3, work, silent_s=1).run(preparing=[lambda: time.sleep(0.2)])
print("ended in order", flush=True)
"""

FROZEN = """
import gc, time
from django.conf import settings
settings.configure(DATABASES={})
from bearing_portal.operations.web.processes import WebProcesses
def work(beat):
    print(gc.get_freeze_count() > 10_000, flush=True)
    time.sleep(600)
WebProcesses(1, work).run(preparing=[lambda: None])
"""


@pytest.fixture
def parent():
    process = started([sys.executable, "-c", SCRIPT], cwd=ROOT, stdout=subprocess.PIPE)
    wait_for(lambda: len(children(process)) == 3)
    yield process
    process.kill()
    process.wait()


def children(process):
    return [child for child in psutil.Process(process.pid).children() if lives(child)]


def lives(child):
    try:
        return child.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for(condition):
    give_up_at_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up_at_s
        time.sleep(0.02)


def test_what_all_share_is_left_out_of_the_search_for_garbage():
    process = started([sys.executable, "-c", FROZEN], cwd=ROOT, stdout=subprocess.PIPE)
    said = [process.stdout.readline() for _ in range(2)]  # the first began before it was ready
    process.kill()
    process.wait()
    assert sorted(said) == [b"False\n", b"True\n"]


def test_a_killed_process_is_replaced(parent):
    known = children(parent)
    known[0].kill()
    wait_for(lambda: len(children(parent)) == 3 and known[0] not in children(parent))
    assert parent.poll() is None


def test_a_process_that_stands_still_is_replaced(parent):
    known = children(parent)
    known[0].suspend()
    wait_for(lambda: len(children(parent)) == 3 and known[0] not in children(parent))
    assert {*known[1:]} <= {*children(parent)}


def test_nobody_is_replaced_because_the_one_who_looks_stood_still(parent):
    known = children(parent)
    parent.send_signal(signal.SIGSTOP)
    for child in known:
        child.suspend()
    time.sleep(2)
    for child in (*known, psutil.Process(parent.pid)):
        child.resume()
    known[0].kill()  # once its place is taken, everybody has been looked at
    wait_for(lambda: len(children(parent)) == 3 and known[0] not in children(parent))
    assert {*known[1:]} <= {*children(parent)}


def looked(watch, *looks):
    """Return whom each look gives up: (at, counts)."""
    return [watch.silent(counts, at_s) for at_s, counts in looks]


def test_who_counts_no_further_is_given_up_after_its_time():
    beats = [(second / 2, {1: 5, 2: second}) for second in range(1, 10)]
    assert looked(Watch(3.0), *beats) == [[], [], [], [], [], [], [], [1], [1]]


def test_a_machine_that_slept_gives_nobody_up():
    assert looked(Watch(3.0), (0.0, {1: 5}), (1000.0, {1: 5}), (2000.0, {1: 5})) == [[], [], []]


def test_who_begins_has_more_time():
    beats = [(float(second), {1: 0}) for second in range(14)]
    assert looked(Watch(3.0), *beats) == [[]] * 13 + [[1]]


def test_without_a_limit_nobody_is_given_up():
    assert looked(Watch(0.0), *((float(second), {1: 1}) for second in range(100))) == [[]] * 100


def test_a_counter_begins_at_nothing_for_the_next():
    pulses = Pulses(1)
    place = pulses.take()
    pulses.beat(place)
    assert pulses.count(place) == 1
    pulses.give_back(place)
    assert pulses.count(pulses.take()) == 0


def test_sigterm_ends_all_in_order(parent):
    family = children(parent)
    parent.send_signal(signal.SIGTERM)
    said, _ = parent.communicate(timeout=PATIENCE_S)
    assert said == b"ended in order\n"
    assert not any(map(psutil.Process.is_running, family))


def test_a_killed_parent_takes_all_along(parent):
    family = children(parent)
    parent.kill()
    parent.wait()
    _, alive = psutil.wait_procs(family, timeout=PATIENCE_S)
    assert alive == []


def test_a_container_with_less_than_its_machine_is_believed(tmp_path):
    limit = tmp_path / "cpu.max"
    limit.write_text("100000 100000\n")
    assert cores(limit) == 1
    limit.write_text("max 100000\n")
    assert cores(limit) == len(os.sched_getaffinity(0)) == cores(tmp_path / "none")


def test_there_is_a_process_a_core_unless_a_number_is_given(tmp_path, monkeypatch):
    monkeypatch.delenv("WEB_PROCESSES", raising=False)
    assert web_processes(Environment(tmp_path / ".env")) == min(cores(), MOST_BY_DEFAULT)
    monkeypatch.setenv("WEB_PROCESSES", "3")
    assert web_processes(Environment(tmp_path / ".env")) == 3
