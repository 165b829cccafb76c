"""Stop Valkey without ending it, as a full disk or a lost network do, and look at the pages."""

import os
import signal
from contextlib import contextmanager

import pytest
import requests
from redis import Redis

pytestmark = pytest.mark.faults

PAGES = (
    "/system-health/live/",
    "/",
    "/datasets/",
    "/data-explorer/",
    "/signal-viewer/",
    "/system-health/",
)


@pytest.fixture
def ask(portal):
    """Return what asks for a page as the owner of all."""
    with portal.web() as url:
        cookies = {"sessionid": portal.ask("session")}
        yield lambda path: requests.get(
            f"{url}{path}", cookies=cookies, timeout=60, allow_redirects=False
        )


@contextmanager
def hung(portal):
    pid = int(Redis.from_url(portal.facts.valkey_url()).info("server")["process_id"])
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_every_page_is_answered_and_a_dataset_asked_for_waits(portal, ask):
    before = [ask(path).status_code for path in PAGES]

    with hung(portal):
        meanwhile = [ask(path) for path in PAGES]
        queues = ask("/admin/queues/")
        pk = portal.create("asked while it hung", per_class=1)
        waiting = portal.state(pk).job

    assert [answer.status_code for answer in meanwhile] == before == [200] * len(PAGES)
    assert queues.status_code == 503, queues.text[:400]
    assert queues.headers["Retry-After"] == "10"
    assert waiting == "queued"


def test_once_it_goes_on_what_waited_is_made(portal):
    with hung(portal):
        pk = portal.create("waits", per_class=1)

    portal.worker()

    assert portal.wait(pk, lambda state: state.has_ended).is_whole
