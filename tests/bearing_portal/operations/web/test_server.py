"""The end of a web process: what it has been asked is answered."""

import signal
import socket
import subprocess
import sys
import threading

import pytest
import requests

from tests.processes import ROOT, started

PATIENCE_S = 120
# An application that says when it has been asked, and answers a little later.
SCRIPT = """
import asyncio, socket, sys
import django
django.setup()
from bearing_portal.operations.web import intake
from bearing_portal.operations.web.server import serve

intake.most_bytes = lambda path: 1000

async def application(scope, receive, send):
    print("asked", flush=True)
    await asyncio.sleep(float(scope["path"].strip("/")))
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"answered"})

listener = socket.socket(fileno=int(sys.argv[1]))
serve(listener, application)
"""


@pytest.fixture
def server():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    number = listener.fileno()
    process = started(
        [sys.executable, "-c", SCRIPT, str(number)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        pass_fds=[number],
    )
    yield process, f"http://127.0.0.1:{listener.getsockname()[1]}"
    process.kill()
    process.wait()
    listener.close()


def ask(address, answers):
    try:
        answers.append(requests.get(address, timeout=PATIENCE_S).text)
    except requests.ConnectionError:
        answers.append("cut off")


def ended_while_asked(server, path):
    process, url = server
    answers = []
    asking = threading.Thread(target=ask, args=(f"{url}/{path}", answers))
    asking.start()
    assert process.stdout.readline() == b"asked\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 0
    asking.join()
    return answers


def test_it_answers_what_is_under_way_before_it_ends(server):
    assert ended_while_asked(server, "1") == ["answered"]


def test_it_does_not_wait_for_ever(server):
    assert ended_while_asked(server, "3600") == ["cut off"]
