"""Kill what makes a dataset, at work, and look at what remains."""

import os
import signal

import pytest

from tests.faults.portal import State, descendants, kill

pytestmark = pytest.mark.faults


@pytest.fixture
def under_way(portal):
    """A worker, its work horse, and the dataset being made."""
    worker = portal.worker()
    pk = portal.create("under way")
    state = portal.wait(pk, lambda state: state.is_under_way)
    return worker, state.pid, pk


def seen_by(states: list[State]):
    """Note every state on the way to the end."""
    return lambda state: bool(states.append(state)) or state.has_ended


def test_a_killed_work_horse_takes_its_processes_along_and_the_job_is_tried_again(
    portal, under_way
):
    _, horse, pk = under_way
    helpers, seen = descendants(horse), []

    kill(horse)

    portal.wait_until_gone(horse, *helpers)
    assert portal.wait(pk, seen_by(seen)).is_whole
    assert portal.state(pk).attempt == 2
    assert all(state.is_whole or not (state.status == "ready" or state.n_rows) for state in seen)
    portal.wait_until_clean(pk)


def test_a_killed_worker_takes_its_work_horse_along_and_the_next_one_tries_again(portal, under_way):
    worker, horse, pk = under_way
    helpers = descendants(horse)

    kill(worker.pid)
    worker.wait()

    portal.wait_until_gone(horse, *helpers)
    assert portal.state(pk).n_rows == 0
    portal.start_worker()
    assert portal.wait(pk, lambda state: state.has_ended).is_whole
    portal.wait_until_clean(pk)


def test_worker_and_work_horse_killed_together_lose_nothing(portal, under_way):
    worker, horse, pk = under_way

    kill(horse, worker.pid)
    worker.wait()

    portal.start_worker()
    assert portal.wait(pk, lambda state: state.has_ended).is_whole
    portal.wait_until_clean(pk)


def test_killed_at_every_attempt_it_fails_and_the_same_recipe_succeeds_later(portal, under_way):
    _, horse, pk = under_way

    kill(horse)
    kill(portal.wait(pk, lambda state: state.is_under_way and state.attempt == 2).pid)

    failed = portal.wait(pk, lambda state: state.has_ended)
    assert (failed.status, failed.job, failed.n_rows) == ("failed", "failed", 0)
    assert failed.error.startswith("The worker stopped")
    portal.wait_until_clean()
    portal.ask("retry", pk)
    assert portal.wait(pk, lambda state: state.has_ended).is_whole


def test_a_killed_helper_fails_the_job_with_a_sentence(portal, under_way):
    _, horse, pk = under_way

    kill(descendants(horse)[0])

    failed = portal.wait(pk, lambda state: state.has_ended)
    assert (failed.status, failed.n_rows) == ("failed", 0)
    assert "ended by SIGKILL" in failed.error
    portal.wait_until_clean()


def test_a_cancelled_generation_stops_and_leaves_nothing(portal, under_way):
    _, horse, pk = under_way

    portal.ask("cancel", pk)

    cancelled = portal.wait(pk, lambda state: state.has_ended)
    assert (cancelled.status, cancelled.job, cancelled.n_rows) == ("cancelled", "cancelled", 0)
    portal.wait_until_gone(horse)
    portal.wait_until_clean()


def test_a_run_that_hangs_is_cancelled_all_the_same(portal, under_way):
    _, horse, pk = under_way
    helpers = descendants(horse)
    os.kill(horse, signal.SIGSTOP)

    portal.ask("cancel", pk)

    cancelled = portal.wait(pk, lambda state: state.has_ended)
    assert (cancelled.status, cancelled.job, cancelled.n_rows) == ("cancelled", "cancelled", 0)
    portal.wait_until_gone(horse, *helpers)
    portal.wait_until_clean()
