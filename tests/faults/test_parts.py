"""Two workers as if on two machines: folders of their own, a bucket between them."""

import io
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from redis import Redis

from tests.faults.ask import file_of
from tests.faults.portal import PATIENCE_S, Portal
from tests.faults.test_import_job_kills import JOB, awaited
from vibration.generation import generate
from vibration.simulation import Recipe
from vibration.store import StoreReader, file_sha256

pytestmark = pytest.mark.faults
pytest_plugins = ["tests.buckets"]
PER_CLASS = 8
N_FILES, N_SAMPLES = 16, 200_000
PARTS = """
    SELECT p.number, j.status, j.attempt, j.pid, j.progress_done
    FROM datasets_generationpart p JOIN monitoring_job j ON j.id = p.job_id ORDER BY p.number
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory, module_bucket):
    """A portal that keeps its files in a bucket, for all tests of this module."""
    folder = tmp_path_factory.mktemp("machines")
    variables = {
        "STORAGE_URL": module_bucket.url,
        "GENERATION_WORKERS": "1",
        "GENERATION_SPLIT_S": "1",
        "JOB_STALE_S": "300",  # that a process of this machine is gone is seen at once
        "SCRATCH_DIR": str(folder / "one"),  # of the machine that receives, too
    }
    portal = Portal(folder, **variables)
    yield portal, folder
    portal.close()


@pytest.fixture
def machines(house, module_bucket):
    """Two new workers of the portal that share nothing but servers and a bucket."""
    portal, folder = house
    for name, queues in (("two", ["long"]), ("one", ["short", "long"])):
        portal.environment["SCRATCH_DIR"] = str(folder / name)
        portal.start_worker(*queues)
    portal.wait_for_workers(2)
    yield portal, module_bucket
    portal.stop_workers()
    portal.ask("reset")
    Redis.from_url(portal.facts.valkey_url()).flushdb()  # which counts the dead as listening


def kept_by_both(house, pattern):
    """Return the finished files that are left on either machine."""
    _, folder = house
    found = [path for name in ("one", "two") for path in (folder / name).rglob(pattern)]
    return [path for path in found if ".making" not in path.parts]


def parts_of(portal: Portal) -> list[tuple[int, str, int, int, int]]:
    import psycopg

    with psycopg.connect(portal.facts.database_url(), connect_timeout=5) as connection:
        return connection.execute(PARTS).fetchall()


def taken_by_another(portal: Portal, lead: int) -> int:
    """Return the work horse that makes a part for the one that leads."""
    give_up_at = time.monotonic() + PATIENCE_S
    while True:
        for _, status, _, pid, _ in parts_of(portal):
            if status == "running" and pid != lead:
                return pid
        assert time.monotonic() < give_up_at, portal.log.read_text()[-3000:]
        time.sleep(0.05)


def worker_of(pid: int) -> int:
    """Return the process id of a work horse's worker."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_dataset_of_two_machines_survives_the_loss_of_one(machines, house, tmp_path):
    portal, bucket = machines
    pk = portal.create("Pump one", PER_CLASS)
    lead = portal.wait(pk, lambda state: state.is_under_way).pid
    os.kill(worker_of(taken_by_another(portal, lead)), signal.SIGKILL)

    state = portal.wait(pk, lambda state: state.has_ended)

    assert state.is_whole, state
    assert state.attempt == 1  # of the dataset; only the part was begun anew
    recipe = Recipe(per_class=PER_CLASS, augmentation=False)
    whole = generate(recipe, tmp_path / "whole")
    folder = bucket.download(f"datasets/{pk}", tmp_path / "made")
    assert file_sha256(folder / "signals.h5") == whole.sha256
    assert kept_by_both(house, "*.h5") == []


def test_an_import_of_two_machines_survives_the_loss_of_one(machines, house, tmp_path):
    portal, bucket = machines
    draft = portal.ask("draft", "rig", N_FILES, N_SAMPLES)
    awaited(portal, lambda job: job[0] == "completed", JOB, draft)
    pk = portal.ask("draft_import", draft, "Rig one")
    _, lead, *_ = awaited(portal, lambda job: job[0] == "running", JOB, draft)
    awaited(portal, lambda parts: parts[0] > 1, "SELECT count(*) FROM datasets_generationpart")
    os.kill(lead, signal.SIGSTOP)  # until the other machine has begun
    lost = taken_by_another(portal, lead)
    os.kill(worker_of(lost), signal.SIGKILL)
    os.kill(lead, signal.SIGCONT)

    state = portal.wait(pk, lambda state: state.has_ended)

    assert (state.status, state.job, state.n_rows) == ("ready", "completed", N_FILES), state
    assert state.attempt == 1  # of the import; only the part was begun anew
    folder = bucket.download(f"datasets/{pk}/1", tmp_path / "made")
    with StoreReader(folder) as reader:
        written = [reader.read(row) for row in range(N_FILES)]
    names = sorted(f"{number}.npy" for number in range(N_FILES))
    sent = [np.load(io.BytesIO(file_of(int(name[:-4]), N_SAMPLES))) for name in names]
    assert all(np.array_equal(*both) for both in zip(written, sent, strict=True))
    assert len(bucket.keys(f"datasets/{pk}/originals")) == N_FILES
    while bucket.keys("uploads"):  # the job ends first
        time.sleep(0.1)
    assert kept_by_both(house, "*.kept") == []


def test_a_cancel_ends_the_parts_of_all_machines_and_leaves_nothing(machines):
    portal, bucket = machines
    pk = portal.create("Pump two", 5 * PER_CLASS)
    lead = portal.wait(pk, lambda state: state.is_under_way).pid
    taken_by_another(portal, lead)
    portal.ask("cancel", pk)

    state = portal.wait(pk, lambda state: state.has_ended)

    assert (state.status, state.job, state.n_rows) == ("cancelled", "cancelled", 0)
    give_up_at = time.monotonic() + PATIENCE_S
    while {row[1] for row in parts_of(portal)} & {"queued", "running"} or bucket.keys("datasets"):
        assert time.monotonic() < give_up_at, (parts_of(portal), bucket.keys("datasets"))
        time.sleep(0.1)
