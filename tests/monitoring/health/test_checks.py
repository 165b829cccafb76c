import os
from datetime import UTC, datetime

import pytest
from django.db import connection, connections
from django.db.utils import OperationalError
from django.test.utils import override_settings

from monitoring.health import checks
from monitoring.jobs.reconcile import LOCK_KEY

pytestmark = pytest.mark.django_db

NAMES = ["database", "valkey", "workers", "reconciler", "storage", "science", "migrations", "clock"]


def check(name):
    return next(check for check in checks.run_checks() if check.name == name)


def test_every_part_is_looked_at(settings, tmp_path):
    settings.STORAGE_DIR = tmp_path

    assert [check.name for check in checks.run_checks()] == NAMES


@pytest.mark.parametrize("name", ["database", "valkey", "science", "migrations", "clock"])
def test_a_well_part_asks_for_nothing(name):
    found = check(name)

    assert found.ok, found.detail
    assert found.advice == ""


def test_without_a_worker_it_says_that_jobs_wait(queue):
    queue.connection.delete("rq:workers")

    found = check("workers")

    assert not found.ok
    assert "jobs wait" in found.advice


class Served:
    """A worker, as far as the check looks."""

    def __init__(self, *queues):
        self._queues = queues

    @property
    def last_heartbeat(self):
        return datetime.now(UTC)

    def queue_names(self):
        return list(self._queues)


@pytest.mark.parametrize(
    ("workers", "ok", "said"),
    [
        ([Served("short"), Served("long", "train")], True, "2 workers for long, short, train"),
        ([Served("short")], False, "1 worker, none of them for long and train"),
        ([Served("long")], False, "1 worker, none of them for short and train"),
    ],
)
def test_each_queue_in_use_needs_a_worker(monkeypatch, workers, ok, said):
    monkeypatch.setattr(checks.Worker, "all", lambda connection: workers)

    found = check("workers")

    assert (found.ok, found.detail) == (ok, said)


def test_without_a_reconciler_it_says_how_to_start_one():
    found = checks.check_reconciler()

    assert not found.ok
    assert "manage.py reconcile" in found.advice


def test_a_reconciler_is_known_by_its_lock():
    rival = connection.copy()
    try:
        with rival.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
            assert checks.check_reconciler().ok
    finally:
        rival.close()


def test_a_reconciler_that_hangs_is_found(monkeypatch):
    monkeypatch.setattr(checks, "reconciler_silence_s", lambda: 300.0)

    assert checks.check_reconciler().detail == "Silent for 300 s"


def test_a_database_that_is_away_is_found_and_explained(monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("connection refused\nat line 2")

    monkeypatch.setattr(connections["default"], "cursor", refuse)

    for name in ("database", "reconciler", "clock"):
        assert not check(name).ok
        assert "line 2" not in check(name).detail
        assert "PostgreSQL" in check(name).advice


def test_a_valkey_that_is_away_is_found_and_explained(monkeypatch):
    monkeypatch.setattr(checks, "valkey", _refusing)

    assert not check("valkey").ok
    assert "Valkey" in check("valkey").advice
    assert not check("workers").ok


@pytest.mark.skipif(os.getuid() == 0, reason="root writes everywhere")
def test_a_read_only_storage_is_found(tmp_path):
    tmp_path.chmod(0o500)
    with override_settings(STORAGE_DIR=tmp_path):
        assert not check("storage").ok


def test_a_storage_that_is_no_folder_is_found(tmp_path):
    (tmp_path / "file").write_text("")
    with override_settings(STORAGE_DIR=tmp_path / "file"):
        assert not check("storage").ok


def test_a_nearly_full_disk_is_found(monkeypatch, settings, tmp_path):
    settings.STORAGE_DIR = tmp_path
    monkeypatch.setattr(checks, "LOWEST_FREE_BYTES", 2**62)

    assert not check("storage").ok
    assert "free" in check("storage").detail


def test_a_missing_module_is_named(monkeypatch):
    monkeypatch.setattr(checks, "SCIENCE", ("numpy", "no_such_science"))

    assert not check("science").ok
    assert "no_such_science" in check("science").detail


def _refusing(*args, **kwargs):
    raise checks.RedisError("refused")
