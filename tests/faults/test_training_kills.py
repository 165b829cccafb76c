"""Kill what trains a model, at work, and look at what a person sees and what remains."""

import time

import pytest

from tests.faults.portal import PATIENCE_S, kill
from tests.faults.rows import awaited, one

pytestmark = pytest.mark.faults
STATE = """
    SELECT e.status, j.status, j.attempt, j.pid, j.progress_done,
           (SELECT count(*) FROM experiments_experimentresult r WHERE r.experiment_id = e.id)
    FROM experiments_experiment e JOIN monitoring_job j ON j.id = e.job_id WHERE e.id = %s
"""
FILES = 7


@pytest.fixture
def experiment(portal):
    portal.worker()
    return portal.ask("train", 60)


def under_way(attempt):
    return lambda row: row[1] == "running" and row[2] == attempt and row[4] > 0


def has_ended(row):
    return row[1] in ("completed", "failed", "cancelled")


def horse_of(portal, experiment, attempt=1):
    return awaited(portal, under_way(attempt), STATE, experiment)[3]


def folders(portal):
    models = portal.folder.parent / "models"
    return sorted(path.name for path in models.iterdir()) if models.is_dir() else []


def wait_for_folders(portal, condition):
    until = time.monotonic() + PATIENCE_S
    while not condition(found := folders(portal)):
        assert time.monotonic() < until, (found, portal.log.read_text()[-3000:])
        time.sleep(0.005)


def assert_whole(portal, experiment):
    *_, n_results = one(portal, STATE, experiment)
    files = portal.folder.parent / "models" / str(experiment)
    assert (n_results, len(list(files.iterdir()))) == (1, FILES)
    wait_for_folders(portal, lambda names: names == [str(experiment)])


def test_a_training_whose_work_horse_was_killed_is_taken_up_again(portal, experiment):
    kill(horse_of(portal, experiment))

    row = awaited(portal, has_ended, STATE, experiment)
    assert (row[0], row[1], row[2]) == ("ready", "completed", 2)
    assert_whole(portal, experiment)
    assert "The worker stopped; trying again (2 of 2)." in portal.ask("job_lines", experiment)


def test_a_training_killed_while_it_writes_leaves_nothing_half(portal, experiment):
    horse = horse_of(portal, experiment)
    wait_for_folders(portal, lambda names: any(".attempt-1" in name for name in names))

    kill(horse)

    awaited(
        portal, lambda row: row[1] == "queued" or has_ended(row) or row[2] == 2, STATE, experiment
    )
    assert awaited(portal, has_ended, STATE, experiment)[0] == "ready"
    assert_whole(portal, experiment)


def test_killed_at_every_attempt_it_says_why_and_retry_trains_it(portal, experiment):
    for attempt in (1, 2):
        kill(horse_of(portal, experiment, attempt))

    row = awaited(portal, has_ended, STATE, experiment)
    assert (row[0], row[1], row[-1]) == ("failed", "failed", 0)
    wait_for_folders(portal, lambda names: not names)
    status, page = portal.ask("page", f"/experiments/{experiment}/")
    assert status == 200
    assert "The worker stopped in the middle of this job each time it was tried." in page
    assert 'id="experiment-retry"' in page

    assert portal.ask("press", f"/experiments/{experiment}/retry/") < 400

    again = awaited(portal, has_ended, STATE, experiment)
    assert again[0] == "ready"
    assert_whole(portal, experiment)
