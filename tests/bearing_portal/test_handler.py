"""Requests are answered in threads that are kept: one at a time in each."""

import asyncio
from threading import Barrier, get_ident

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpResponse

from bearing_portal.handler import PortalHandler

SCOPE = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}


def answered(handler, *, n_at_once):
    """Return the threads in which so many requests were answered."""

    async def ask():
        one = ApplicationCommunicator(handler, SCOPE)
        await one.send_input({"type": "http.request"})
        await one.wait(30)
        await one.receive_output()
        body = await one.receive_output()
        return int(body["body"])

    async def all_of_them():
        return await asyncio.gather(*(ask() for _ in range(n_at_once)))

    return asyncio.run(all_of_them())


def handler_of(answer):
    handler = PortalHandler()
    handler.get_response = answer
    return handler


def test_requests_one_after_another_share_a_thread():
    handler = handler_of(lambda request: HttpResponse(str(get_ident())))
    assert len({*answered(handler, n_at_once=1), *answered(handler, n_at_once=1)}) == 1


def test_requests_at_a_time_have_a_thread_each():
    together = Barrier(3, timeout=30)

    def answer(request):
        together.wait()  # would never be passed by two in one thread
        return HttpResponse(str(get_ident()))

    handler = handler_of(answer)
    assert len(set(answered(handler, n_at_once=3))) == 3


def test_a_request_that_failed_leaves_its_thread_to_the_next():
    seen = []

    def fail(request):
        seen.append(get_ident())
        raise RuntimeError("It was the handler.")

    handler = handler_of(fail)
    with pytest.raises(RuntimeError, match="It was the handler"):
        answered(handler, n_at_once=1)
    handler.get_response = lambda request: HttpResponse(str(get_ident()))
    assert answered(handler, n_at_once=1) == seen
