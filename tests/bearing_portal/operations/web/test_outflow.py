"""Daphne's own protocol over a transport that fills up, without a network."""

import asyncio

import pytest
from daphne import http_protocol
from twisted.internet.address import IPv4Address
from twisted.internet.testing import StringTransport

from bearing_portal.operations.web.outflow import paced

START = {"type": "http.response.start", "status": 200, "headers": []}


class Server:
    server_name = "test"

    def protocol_connected(self, protocol):
        self.protocol = protocol

    def protocol_disconnected(self, protocol):
        pass

    def log_action(self, *values):
        pass


async def reply(self, protocol, message):
    protocol.handle_reply(message)


def part(more=True):
    return {"type": "http.response.body", "body": b"x" * 10, "more_body": more}


@pytest.fixture
def connection(monkeypatch):
    monkeypatch.setattr(http_protocol.WebRequest, "process", lambda request: None)
    server = Server()
    channel = http_protocol.HTTPFactory(server).buildProtocol(IPv4Address("TCP", "127.0.0.1", 1))
    transport = StringTransport()
    channel.makeConnection(transport)
    channel.dataReceived(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    server.protocol.application_queue = None
    return server.protocol, transport


async def settled(task):
    for _ in range(5):
        await asyncio.sleep(0)
    return task.done()


def test_an_answer_waits_while_the_network_is_full(connection):
    protocol, transport = connection
    send = paced(reply)

    async def play():
        await send(None, protocol, START)
        await send(None, protocol, part())
        protocol.channel.pauseProducing()
        waiting = asyncio.create_task(send(None, protocol, part()))
        was_done = await settled(waiting)
        protocol.channel.resumeProducing()
        await waiting
        await send(None, protocol, part(more=False))
        return was_done

    assert asyncio.run(play()) is False
    assert transport.value().count(b"x" * 10) == 3
    assert protocol.finished


def test_an_answer_does_not_wait_for_who_has_gone(connection):
    protocol, _ = connection
    send = paced(reply)

    async def play():
        await send(None, protocol, START)
        await send(None, protocol, part())
        protocol.channel.pauseProducing()
        waiting = asyncio.create_task(send(None, protocol, part()))
        await settled(waiting)
        protocol.channel.stopProducing()
        await waiting
        return waiting.done()

    assert asyncio.run(play())


def test_a_short_answer_needs_no_flow(connection):
    protocol, transport = connection
    send = paced(reply)

    async def play():
        await send(None, protocol, START)
        await send(None, protocol, part(more=False))

    asyncio.run(play())
    assert b"x" * 10 in transport.value()
