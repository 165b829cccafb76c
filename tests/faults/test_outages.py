"""Take away Valkey, PostgreSQL and the disk, give them back, and look at what remains."""

import os
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.faults


def ready(portal, pk):
    return portal.wait(pk, lambda state: state.has_ended).is_whole


def test_valkey_restarted_empty_meanwhile_costs_nothing(portal):
    worker = portal.worker()
    pk = portal.create("valkey away")
    portal.wait(pk, lambda state: state.is_under_way)

    portal.servers.valkey.stop()
    portal.wait(pk, lambda state: state.has_ended)
    portal.servers.valkey.start()

    assert portal.state(pk).is_whole
    assert portal.state(pk).attempt == 1
    assert ready(portal, portal.create("after it", per_class=1))
    assert worker.poll() is None


def test_a_dataset_asked_for_without_valkey_is_made_when_it_is_back(portal):
    portal.worker()
    portal.servers.valkey.stop()

    pk = portal.create("no queue", per_class=1)
    waiting = portal.state(pk)
    portal.servers.valkey.start()

    assert (waiting.status, waiting.job) == ("queued", "queued")
    assert ready(portal, pk)


def test_a_worker_started_before_valkey_waits_for_it(portal):
    portal.stop_workers()
    portal.servers.valkey.stop()
    worker = portal.start_worker()
    pk = portal.create("worker first", per_class=1)
    portal.servers.valkey.start()

    assert ready(portal, pk)
    assert worker.poll() is None


def test_postgresql_restarted_meanwhile_costs_nothing(portal):
    worker = portal.worker()
    pk = portal.create("database away")
    portal.wait(pk, lambda state: state.is_under_way)

    portal.servers.postgres.stop()
    portal.servers.postgres.start()

    assert ready(portal, pk)
    assert portal.state(pk).attempt == 1
    assert worker.poll() is None
    portal.wait_until_clean(pk)


def test_a_disk_that_takes_no_more_is_said_and_leaves_nothing(portal):
    portal.stop_workers()
    portal.start_worker(largest_file_bytes=20_000_000)
    pk = portal.create("too large", per_class=10)

    failed = portal.wait(pk, lambda state: state.has_ended)

    assert (failed.status, failed.n_rows) == ("failed", 0)
    assert failed.error.startswith("No space left on the disk")
    portal.wait_until_clean()
    portal.stop_workers()
    portal.start_worker()
    portal.ask("retry", pk)
    assert ready(portal, pk)


@pytest.fixture
def small_disk(portal):
    """Mount 120 MB where datasets are kept."""
    portal.folder.mkdir(parents=True, exist_ok=True)
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=120m", "tmpfs", str(portal.folder)]
    if mount is None or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small disk")
    yield portal.folder
    portal.stop_workers()
    subprocess.run(["umount", "--lazy", str(portal.folder)], check=True)


def test_a_really_full_disk_is_said_and_works_again_when_freed(portal, small_disk):
    portal.stop_workers()
    pk = portal.create("full disk", per_class=10)
    ballast = small_disk / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(small_disk).free)

    portal.start_worker()
    failed = portal.wait(pk, lambda state: state.has_ended)
    assert (failed.status, failed.n_rows) == ("failed", 0)
    assert "are free. Make it smaller" in failed.error

    ballast.unlink()
    portal.ask("retry", pk)
    assert ready(portal, pk)
    portal.wait_until_clean(pk)
