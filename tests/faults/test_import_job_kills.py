"""Workers that read or import are killed at work: nothing half is shown, and the job goes on."""

import pytest

from tests.faults.portal import descendants, kill
from tests.faults.rows import awaited, one
from tests.processes import descendants_by_command

pytestmark = pytest.mark.faults
N_FILES = 24
N_SAMPLES = 600_000
READER = "vibration.formats.sandbox.child"
JOB = """
    SELECT j.status, j.pid, j.progress_done, j.attempt FROM monitoring_job j
    JOIN datasets_importdraft d ON d.job_id = j.id WHERE d.id = %s
"""
N_READ = "SELECT count(*) FROM datasets_importfile WHERE draft_id = %s AND status = 'read'"
BYTES = "SELECT sum(received_bytes), sum(size_bytes) FROM datasets_importfile WHERE draft_id = %s"


def under_way(portal, draft):
    _, horse, *_ = awaited(portal, lambda job: job[0] == "running" and job[2] > 0, JOB, draft)
    return horse


def readers(pid):
    return [child for child, command in descendants_by_command(pid).items() if READER in command]


def rooms(portal):
    return list(portal.folder.parent.rglob("reading-*"))


def test_a_reading_that_was_killed_goes_on_with_what_was_sent(portal):
    worker = portal.worker()
    draft = portal.ask("draft", "killed", N_FILES, N_SAMPLES)
    horse = under_way(portal, draft)
    family = descendants(horse)

    kill(horse, worker.pid)
    worker.wait()

    portal.wait_until_gone(horse, *family)
    (n_read,) = one(portal, N_READ, draft)
    assert n_read < N_FILES
    received, sent = one(portal, BYTES, draft)
    assert received == sent
    portal.start_worker()
    awaited(portal, lambda job: job[0] == "completed", JOB, draft)
    assert one(portal, N_READ, draft) == (N_FILES,)
    assert rooms(portal) == []


def test_a_reader_that_was_killed_costs_its_file_alone(portal):
    portal.worker()
    draft = portal.ask("draft", "child", N_FILES, N_SAMPLES)
    horse = under_way(portal, draft)

    kill(*readers(horse))

    awaited(portal, lambda job: job[0] == "completed", JOB, draft)
    (n_read,) = one(portal, N_READ, draft)
    assert N_FILES - 2 <= n_read <= N_FILES


def test_an_import_that_was_killed_shows_nothing_and_goes_on(portal):
    worker = portal.worker()
    draft = portal.ask("draft", "import", N_FILES, N_SAMPLES)
    awaited(portal, lambda job: job[0] == "completed", JOB, draft)
    dataset = portal.ask("draft_import", draft, "Killed by its worker")
    horse = portal.wait(dataset, lambda state: state.is_under_way).pid
    family = descendants(horse)

    kill(horse, worker.pid)
    worker.wait()

    portal.wait_until_gone(horse, *family)
    state = portal.state(dataset)
    assert (state.n_rows, state.status) != (N_FILES, "ready")
    assert state.n_rows == 0
    portal.start_worker()
    state = portal.wait(dataset, lambda state: state.has_ended)
    assert (state.status, state.job, state.n_rows) == ("ready", "completed", N_FILES)
    portal.wait_until_clean(dataset)
    assert rooms(portal) == []
