"""The end of a web process: what it has been asked is answered."""

import signal
import socket
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection

import pytest
import requests

from bearing_portal.operations.web.processes import MAKE_WAY
from tests.processes import ROOT, started

PATIENCE_S = 120
HANDSHAKE = (
    b"GET /0 HTTP/1.1\r\nHost: portal\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
)
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
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        return
    await asyncio.sleep(float(scope["path"].strip("/")))
    headers = [(b"Content-Length", b"8")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
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


def place_of(url):
    host, port = url.removeprefix("http://").split(":")
    return host, int(port)


def is_last(kept):
    kept.request("GET", "/0")
    answer = kept.getresponse()
    assert answer.read() == b"answered"
    return answer.getheader("Connection") == "close"


def all_of(connection):
    """Return what comes until the other side closes."""
    return b"".join(iter(lambda: connection.recv(1000), b""))


def wait_for(condition):
    give_up_at_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up_at_s
        time.sleep(0.02)


def test_it_answers_what_is_under_way_before_it_ends(server):
    assert ended_while_asked(server, "1") == ["answered"]


def test_it_does_not_wait_for_ever(server):
    assert ended_while_asked(server, "3600") == ["cut off"]


def test_a_request_that_is_still_being_sent_is_answered(server):
    process, url = server
    kept = HTTPConnection(*place_of(url), timeout=PATIENCE_S)
    with socket.create_connection(place_of(url), PATIENCE_S) as sending:
        sending.sendall(b"POST /0 HTTP/1.1\r\nHost: portal\r\nContent-Length: 2\r\n\r\nx")
        assert not is_last(kept)
        process.send_signal(MAKE_WAY)
        wait_for(lambda: is_last(kept))  # it makes way now, and says so to whoever asks again
        sending.sendall(b"y")
        assert all_of(sending).endswith(b"answered")
    assert process.wait(PATIENCE_S) == 0


def test_pages_that_only_wait_hold_nobody_up_and_sockets_are_told_to_come_again(server):
    process, url = server
    kept = HTTPConnection(*place_of(url), timeout=PATIENCE_S)
    assert not is_last(kept)
    with socket.create_connection(place_of(url), PATIENCE_S) as page:
        page.sendall(HANDSHAKE)
        assert page.recv(1000).startswith(b"HTTP/1.1 101")
        process.send_signal(MAKE_WAY)
        assert page.recv(4) == b"\x88\x02" + (1012).to_bytes(2)  # closed: service restart
    assert process.wait(PATIENCE_S) == 0
