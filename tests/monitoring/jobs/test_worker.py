"""A command to kill the work horse may come at any moment, and never hits the worker."""

import signal
import subprocess
import sys

import pytest

from tests.processes import started

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
KILLED = """
import sys
from monitoring.jobs.worker import PortalWorker
worker = PortalWorker.__new__(PortalWorker)
worker._horse_pid = int(sys.argv[1])
worker.kill_horse()
print("alive")
"""


def ordered(horse_pid):
    """Have a worker in a group of its own kill its horse; return how it ended and what it said."""
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(horse_pid)],
        capture_output=True,
        start_new_session=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout.strip()


@pytest.mark.parametrize("leads_its_group", [True, False])
def test_a_horse_is_killed_before_and_after_it_leads_its_own_group(leads_its_group):
    horse = started(SLEEP, stdout=subprocess.PIPE, start_new_session=leads_its_group)
    assert horse.stdout.readline()
    assert ordered(horse.pid) == (0, "alive")
    assert horse.wait() == -signal.SIGKILL


def test_without_a_horse_nobody_is_killed():
    assert ordered(0) == (0, "alive")
