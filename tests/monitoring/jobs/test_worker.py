"""Who ends a work horse, and when: never the worker itself, never for a clock that was set."""

import logging
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from types import SimpleNamespace

import django_rq
import pytest
from redis.exceptions import TimeoutError as ValkeyTimeoutError
from rq import Worker
from rq.timeouts import HorseMonitorTimeoutException
from rq.utils import now

from monitoring.jobs.worker import PortalWorker
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

NICE = """
import os, sys
from types import SimpleNamespace
from django.conf import settings
settings.configure(JOB_NICENESS=7)
from rq import Worker
from monitoring.jobs.worker import PortalWorker
Worker.main_work_horse = lambda *_: print(os.nice(0))
worker = PortalWorker.__new__(PortalWorker)
worker.pid = os.getppid()
worker.main_work_horse(None, SimpleNamespace(name=sys.argv[1]))
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


@pytest.mark.parametrize(("queue", "niceness"), [("short", 0), ("long", 7), ("train", 7)])
def test_what_nobody_waits_for_gives_way_to_pages(queue, niceness):
    run = subprocess.run(
        [sys.executable, "-c", NICE, queue], capture_output=True, text=True, check=True
    )
    assert int(run.stdout) == os.nice(0) + niceness


def test_without_a_horse_nobody_is_killed():
    assert ordered(0) == (0, "alive")


def test_a_horse_whose_end_nobody_saw_ends_no_worker():
    told = []
    worker = PortalWorker.__new__(PortalWorker)
    worker.name, worker.log = "one", logging.getLogger(__name__)
    worker._work_horse_killed_handler = lambda *values: told.append(values)
    job = SimpleNamespace(id="1")
    worker.handle_work_horse_killed(job, None, None, None)
    assert told == [(job, None, None, None)]


def test_a_valkey_that_hung_ends_no_listening(monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _: None)
    worker = PortalWorker.__new__(PortalWorker)
    worker.name, worker.log = "one", logging.getLogger(__name__)
    error = ValkeyTimeoutError("no answer")
    assert worker._pubsub_exception_handler(error, None, None) is None  # it raises to end


@pytest.fixture
def forgotten():
    """Return a worker of which Valkey knows nothing any more."""
    connection = django_rq.get_connection("short")
    worker = PortalWorker(["short"], connection=connection)
    worker._is_registered = True
    yield worker
    worker.register_death()


def test_a_worker_that_valkey_forgot_is_known_with_its_next_sign_of_life(forgotten):
    forgotten.heartbeat()
    assert forgotten.connection.hexists(forgotten.key, "birth")


def test_a_horse_that_writes_as_its_worker_is_forgotten_ends_no_worker(forgotten, monkeypatch):
    connection = forgotten.connection
    monkeypatch.setattr(connection, "delete", lambda key: connection.hset(key, "state", "busy"))
    forgotten.heartbeat()
    assert not connection.hexists(forgotten.key, "birth")
    monkeypatch.undo()
    forgotten.heartbeat()
    assert connection.hexists(forgotten.key, "birth")


def test_a_clock_that_is_set_makes_no_job_old(monkeypatch):
    def timed_out(_worker):
        raise HorseMonitorTimeoutException

    monkeypatch.setattr(Worker, "wait_for_horse", timed_out)
    worker = PortalWorker.__new__(PortalWorker)
    job = SimpleNamespace(started_at=now() - timedelta(hours=3))
    worker._watched = (job, time.monotonic() - 10)

    with pytest.raises(HorseMonitorTimeoutException):
        worker.wait_for_horse()

    assert timedelta(seconds=10) <= now() - job.started_at < timedelta(hours=1)
