import asyncio
import threading

import pytest
from django.http import HttpResponse

from bearing_portal.handler import PortalHandler

PATIENCE_S = 60
SCOPE = {
    "type": "http",
    "method": "GET",
    "path": "/",
    "headers": [],
    "query_string": b"",
    "server": ("localhost", 80),
    "client": ("127.0.0.1", 1),
}


@pytest.fixture
def handler():
    return PortalHandler()


async def asked(handler):
    told, sent = [{"type": "http.request", "body": b""}], []

    async def receive():
        if told:
            return told.pop()
        return await asyncio.Future()

    async def send(message):
        sent.append(message)

    await asyncio.wait_for(handler(SCOPE, receive, send), PATIENCE_S)
    return b"".join(message.get("body", b"") for message in sent)


async def test_one_thread_answers_one_request_after_the_other(handler, monkeypatch):
    seen = set()

    def answer(_request):
        seen.add(threading.get_ident())
        return HttpResponse()

    monkeypatch.setattr(handler, "get_response", answer)
    for _ in range(5):
        await asked(handler)
        while not handler._idle:
            await asyncio.sleep(0.01)
    assert len(seen) == 1


async def test_an_answer_that_was_given_up_holds_nobody_up(handler, monkeypatch):
    is_begun, may_end = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def slow(_request):
        loop.call_soon_threadsafe(is_begun.set)
        may_end.wait(PATIENCE_S)
        return HttpResponse("slow")

    monkeypatch.setattr(handler, "get_response", slow)
    given_up = asyncio.create_task(asked(handler))
    try:
        await asyncio.wait_for(is_begun.wait(), PATIENCE_S)
        given_up.cancel()  # as the server does, some seconds after a browser has left
        await asyncio.wait([given_up])
        monkeypatch.setattr(handler, "get_response", lambda _: HttpResponse("quick"))
        assert await asked(handler) == b"quick"
    finally:
        may_end.set()


async def test_requests_at_a_time_have_a_thread_each(handler, monkeypatch):
    together = threading.Barrier(3)

    def answer(_request):
        together.wait(PATIENCE_S)  # two in one thread would never pass it
        return HttpResponse()

    monkeypatch.setattr(handler, "get_response", answer)
    assert await asyncio.gather(*(asked(handler) for _ in range(3))) == [b"", b"", b""]
