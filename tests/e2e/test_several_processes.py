"""Two web processes at one address: to whoever looks they are one portal."""

import re
import socket
import sys
import time
from contextlib import contextmanager

import psutil
import pytest
import requests

from tests.processes import running

PATIENCE_S = 120


@contextmanager
def served(web, **settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "bearing_portal.serve", "-p", str(port)]
    with running(command, web["environment"] | settings) as process:
        yield f"http://127.0.0.1:{port}", process


@pytest.fixture(scope="module")
def two(web):
    """Serve the suite's portal by two processes, once all is prepared."""
    with served(web, WEB_PROCESSES="2") as (url, process):
        wait_for(lambda: len(children(process)) == 2)
        yield url, process


def test_one_that_hangs_is_replaced_though_it_is_the_only_one(web):
    with served(web, WEB_PROCESSES="1", WEB_SILENT_S="5") as (url, process):
        wait_for(lambda: len(children(process)) == 1)
        wait_for(lambda: answers(url))
        (victim,) = children(process)
        victim.suspend()
        wait_for(lambda: victim not in children(process))
        wait_for(lambda: answers(url))


def answers(url):
    try:
        return requests.get(f"{url}/healthz", timeout=10).ok
    except requests.RequestException:
        return False


def children(process):
    return psutil.Process(process.pid).children()


def wait_for(condition):
    give_up_at_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up_at_s
        time.sleep(0.1)


def counted(url):
    text = requests.get(f"{url}/metrics", timeout=PATIENCE_S).text
    found = re.findall(r'portal_request_seconds_count\{.*view="health:healthz".*\} ([\d.]+)', text)
    return sum(map(float, found))


def test_whichever_is_asked_counts_the_requests_of_both(two):
    url, _ = two
    before = counted(url)
    for _ in range(20):  # each on a connection of its own
        requests.get(f"{url}/healthz", timeout=PATIENCE_S)
    assert {counted(url) - before for _ in range(8)} == {20.0}


def test_a_killed_process_costs_neither_the_page_nor_its_counts(two):
    url, process = two
    requests.get(f"{url}/healthz", timeout=PATIENCE_S)
    before, victim = counted(url), children(process)[0]
    victim.kill()
    wait_for(lambda: victim not in children(process) and len(children(process)) == 2)
    assert requests.get(f"{url}/healthz", timeout=PATIENCE_S).text.strip() == "ok"
    assert counted(url) == before + 1
