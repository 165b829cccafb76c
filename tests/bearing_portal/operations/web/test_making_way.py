"""The first web process makes way for the prepared ones; nobody who asks meanwhile is cut."""

import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
import requests

from bearing_portal.operations.web.server import DRAIN_S
from tests.processes import ROOT, started

PATIENCE_S = 120
N_SLOW = 8
# Each answer is who gave it, and `/slow` waits until a file is there. The others are prepared once
# a line is sent.
SCRIPT = """
import asyncio, os, pathlib, socket, sys
import django
django.setup()
from bearing_portal.operations.web.processes import WebProcesses

said = pathlib.Path(sys.argv[2])

async def application(scope, receive, send):
    if scope["path"] == "/slow":
        print("asked", flush=True)
        while not said.exists():
            await asyncio.sleep(0.05)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(os.getpid()).encode()})

def work(beat):
    from bearing_portal.operations.web.server import serve
    serve(listener, application, beat)

listener = socket.socket(fileno=int(sys.argv[1]))
WebProcesses(2, work).run(preparing=[sys.stdin.readline])
"""


@pytest.fixture
def said(tmp_path):
    return tmp_path / "said"


@pytest.fixture
def portal(said):
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(100)
    number = listener.fileno()
    command = [sys.executable, "-c", SCRIPT, str(number), str(said)]
    process = started(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[number]
    )
    yield process, f"http://127.0.0.1:{listener.getsockname()[1]}"
    process.kill()
    process.wait()
    listener.close()


def answered_by(address):
    return int(requests.get(address, timeout=PATIENCE_S).text)


def test_slow_answers_under_way_outlast_the_change(portal, said):
    process, url = portal
    kept = requests.Session()
    first = int(kept.get(url, timeout=PATIENCE_S).text)
    with ThreadPoolExecutor(N_SLOW) as people:
        slow = [people.submit(answered_by, f"{url}/slow") for _ in range(N_SLOW)]
        for _ in slow:
            assert process.stdout.readline() == b"asked\n"

        process.stdin.write(b"\n")
        process.stdin.flush()
        give_up_at_s = time.monotonic() + PATIENCE_S
        while kept.get(url, timeout=PATIENCE_S).headers.get("Connection") != "close":
            assert time.monotonic() < give_up_at_s
        time.sleep(DRAIN_S + 1)  # longer than it would have at the end of the portal
        assert answered_by(url) != first
        said.touch()

        assert {answer.result(PATIENCE_S) for answer in slow} == {first}
    alive = [psutil.Process(first)] if psutil.pid_exists(first) else []
    assert psutil.wait_procs(alive, PATIENCE_S)[1] == []
