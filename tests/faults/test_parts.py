"""Two workers as if on two machines: folders of their own, a bucket between them."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.faults.portal import PATIENCE_S, Portal
from vibration.generation import generate
from vibration.simulation import Recipe
from vibration.store import file_sha256

pytestmark = pytest.mark.faults
pytest_plugins = ["tests.buckets"]
PER_CLASS = 8
PARTS = """
    SELECT p.number, j.status, j.attempt, j.pid, j.progress_done
    FROM datasets_generationpart p JOIN monitoring_job j ON j.id = p.job_id ORDER BY p.number
"""


@pytest.fixture
def machines(tmp_path, bucket):
    """A portal whose two workers share nothing but servers and a bucket."""
    variables = {
        "STORAGE_URL": bucket.url,
        "GENERATION_WORKERS": "1",
        "GENERATION_SPLIT_S": "1",
        "JOB_STALE_S": "30",  # that a process of this machine is gone is seen at once
    }
    portal = Portal(tmp_path, **variables)
    for name in ("one", "two"):
        portal.environment["SCRATCH_DIR"] = str(tmp_path / name)
        portal.start_worker()
    portal.wait_for_workers(2)
    yield portal, bucket
    portal.close()


def parts_of(portal: Portal) -> list[tuple[int, str, int, int, int]]:
    import psycopg

    with psycopg.connect(portal.facts.database_url(), connect_timeout=5) as connection:
        return connection.execute(PARTS).fetchall()


def worker_of(pid: int) -> int:
    """Return the process id of a work horse's worker."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_dataset_of_two_machines_survives_the_loss_of_one(machines, tmp_path):
    portal, bucket = machines
    pk = portal.create("Pump one", PER_CLASS)
    lead = portal.wait(pk, lambda state: state.is_under_way).pid
    give_up_at = time.monotonic() + PATIENCE_S
    lost = None
    while lost is None:
        assert time.monotonic() < give_up_at, portal.log.read_text()[-3000:]
        at_work = [row for row in parts_of(portal) if row[1] == "running" and row[3] != lead]
        lost = at_work[0] if at_work else None
        time.sleep(0.05)
    os.kill(worker_of(lost[3]), signal.SIGKILL)

    state = portal.wait(pk, lambda state: state.has_ended)

    assert state.is_whole, state
    assert state.attempt == 1  # of the dataset; only the part was begun anew
    recipe = Recipe(per_class=PER_CLASS, augmentation=False)
    whole = generate(recipe, tmp_path / "whole")
    folder = bucket.download(f"datasets/{pk}", tmp_path / "made")
    assert file_sha256(folder / "signals.h5") == whole.sha256
    left = [path for name in ("one", "two") for path in (tmp_path / name).rglob("*.h5")]
    assert [path for path in left if ".making" not in path.parts] == []
