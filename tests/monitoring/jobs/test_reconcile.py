import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from monitoring.jobs import kinds
from monitoring.jobs.kinds import register_sweeper
from monitoring.jobs.lifecycle import (
    job_cancel_request,
    job_create,
    job_progress,
    job_start,
)
from monitoring.jobs.process import is_dead, own_host, own_pid
from monitoring.jobs.reconcile import (
    CANCEL_GRACE_S,
    LOCK_KEY,
    jobs_reconcile,
    running_jobs_settle,
)
from monitoring.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def long_up(db, monkeypatch):
    """Take the database as started long ago: the suite's own may have just been."""
    monkeypatch.setattr("monitoring.jobs.reconcile.DATABASE_START", "pg_temp.long_ago")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.long_ago() RETURNS timestamptz "
            "LANGUAGE sql AS $$ SELECT now() - interval '1 day' $$"
        )


@pytest.fixture
def dead_pid():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def silence(job, **values):
    """Make the job's heartbeat stop long ago."""
    long_ago = timezone.now() - timedelta(minutes=5)
    values = {"heartbeat_at": long_ago, "host": "elsewhere/1"} | values
    Job.objects.filter(pk=job.pk).update(**values)


def test_a_silent_job_is_tried_again(job, changes):
    job_start(job.pk)
    silence(job)

    jobs_reconcile()

    job.refresh_from_db()
    assert job.status == "queued"
    assert job.log_lines.get().text == "The worker stopped; trying again (2 of 2)."
    assert changes == ["running", "queued"]


def test_a_silent_job_without_attempts_left_fails(job):
    job_start(job.pk)
    silence(job, attempt=2)

    jobs_reconcile()

    job.refresh_from_db()
    assert job.status == "failed"
    assert job.error.startswith("The worker stopped")


def test_a_silent_job_that_should_stop_ends_cancelled(job):
    job_start(job.pk)
    job_cancel_request(user=job.owner, job=job)
    silence(job)

    jobs_reconcile()

    job.refresh_from_db()
    assert job.status == "cancelled"


def test_a_beating_job_is_left_alone(job):
    job_start(job.pk)

    jobs_reconcile()

    job.refresh_from_db()
    assert job.status == "running"


def test_a_job_whose_process_is_gone_is_noticed_at_once(job, dead_pid):
    job_start(job.pk)
    Job.objects.filter(pk=job.pk).update(pid=dead_pid)

    jobs_reconcile()

    job.refresh_from_db()
    assert job.status == "queued"


def test_after_a_restart_of_the_database_hearts_get_time_to_beat(job, monkeypatch):
    monkeypatch.setattr("monitoring.jobs.reconcile.DATABASE_START", "clock_timestamp")
    job_start(job.pk)
    silence(job)

    jobs_reconcile()

    job.refresh_from_db()
    assert job.status == "running"


def test_a_queued_job_the_queue_forgot_is_handed_over_again(job, queue):
    silence(job, queued_at=timezone.now() - timedelta(minutes=1))

    jobs_reconcile()
    jobs_reconcile()

    assert queue.job_ids == [f"{job.pk}-1"]


def test_a_job_just_queued_is_given_time_to_arrive(job, queue):
    jobs_reconcile()

    assert queue.job_ids == []


def test_leftovers_are_swept_each_time(monkeypatch, job):
    calls = []
    monkeypatch.setattr(kinds, "_SWEEPERS", [])
    register_sweeper(lambda: calls.append(1))

    jobs_reconcile()

    assert calls == [1]


def test_a_sweep_that_crashes_is_logged_and_the_next_one_runs(monkeypatch, job, caplog):
    calls = []
    monkeypatch.setattr(kinds, "_SWEEPERS", [lambda: 1 / 0, lambda: calls.append(1)])

    assert jobs_reconcile() is True

    assert calls == [1]
    assert "ZeroDivisionError" in caplog.text


def test_a_run_that_stops_by_itself_is_given_time(job):
    job_start(job.pk)
    job_cancel_request(user=job.owner, job=job)

    running_jobs_settle({})

    job.refresh_from_db()
    assert job.status == "running"


def test_a_run_that_does_not_stop_is_ended(job):
    started = job_start(job.pk)
    job_cancel_request(user=job.owner, job=job)

    running_jobs_settle({(job.pk, started.attempt, "asked"): time.monotonic() - CANCEL_GRACE_S})

    job.refresh_from_db()
    assert job.status == "cancelled"


def test_a_run_that_ended_is_forgotten(job):
    seen = {(job.pk, 1, "asked"): 0.0, (job.pk, 1, "silent"): 0.0}

    running_jobs_settle(seen)

    assert seen == {}


@pytest.mark.parametrize("clock_set", [timedelta(hours=3), timedelta(hours=-3)])
def test_a_run_whose_clock_was_set_has_time_to_beat_again(job, clock_set):
    run = job_start(job.pk)
    silence(job, heartbeat_at=timezone.now() - clock_set)
    seen = {}

    running_jobs_settle(seen)
    job_progress(run, done=1, total=2)
    running_jobs_settle(seen)

    job.refresh_from_db()
    assert (job.status, seen) == ("running", {})


@pytest.mark.parametrize("clock_set", [timedelta(hours=3), timedelta(hours=-3)])
def test_a_run_that_does_not_beat_again_is_tried_again(job, clock_set):
    job_start(job.pk)
    silence(job, heartbeat_at=timezone.now() - clock_set)

    running_jobs_settle({(job.pk, 1, "silent"): time.monotonic() - 60})

    job.refresh_from_db()
    assert job.status == "queued"


def test_one_query_watches_all_running_jobs(job, django_assert_num_queries):
    job_start(job.pk)
    for _ in range(3):
        other = job_create(owner=job.owner, kind=job.kind, title="Count more")
        job_start(other.pk)

    with django_assert_num_queries(1):
        running_jobs_settle()


def test_only_one_process_reconciles(job):
    rival = connection.copy()
    try:
        with rival.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
            assert jobs_reconcile() is False
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])
    finally:
        rival.close()
    assert jobs_reconcile() is True


def test_a_process_elsewhere_is_never_called_dead(dead_pid):
    assert is_dead(own_host(), dead_pid)
    assert not is_dead("elsewhere/1/2", dead_pid)
    assert not is_dead("elsewhere/1", dead_pid)
    assert not is_dead(own_host(), own_pid())


def test_a_number_inherited_by_another_process_counts_as_dead():
    assert is_dead(own_host(), 1)
