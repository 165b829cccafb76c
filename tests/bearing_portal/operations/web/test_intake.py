"""Daphne's own protocol, fed with bytes, without a network."""

import pytest
from daphne import http_protocol
from django.conf import settings
from twisted.internet.address import IPv4Address
from twisted.internet.testing import StringTransport
from twisted.web.http import HTTPChannel

from bearing_portal.operations.web import intake
from datasets.imports.services.receiving import CHUNK_BYTES

MOST = 2_000
UPLOAD = b"/uploads/new/"


class Server:
    """Stands for Daphne's server: notes which requests reach the application."""

    def __init__(self):
        self.reached = []
        self.server_name = "test"

    def protocol_connected(self, protocol):
        pass

    def protocol_disconnected(self, protocol):
        pass


class Transport(StringTransport):
    def loseWriteConnection(self):  # noqa: N802 - Twisted's names
        self.disconnecting = True

    def abortConnection(self):  # noqa: N802
        self.disconnected = True


@pytest.fixture
def server(monkeypatch, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = MOST
    settings.UPLOAD_MAX_BYTES = 10 * MOST
    monkeypatch.setattr(http_protocol, "WebRequest", intake.BoundedRequest)
    monkeypatch.setattr(HTTPChannel, "lineLengthExceeded", intake._line_too_long)
    monkeypatch.setattr(intake.reactor, "callLater", lambda *_: None)
    server = Server()
    reached = lambda request: server.reached.append(request.content.read())  # noqa: E731
    monkeypatch.setattr(http_protocol.WebRequest, "process", reached)
    return server


def sent(server, head, *parts):
    protocol = http_protocol.HTTPFactory(server).buildProtocol(IPv4Address("TCP", "127.0.0.1", 1))
    transport = Transport()
    protocol.makeConnection(transport)
    for part in (head, *parts):
        protocol.dataReceived(part)
    return transport.value()


def posted(path, n_bytes):
    return b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % (path, n_bytes)


def test_a_body_within_the_limit_reaches_the_application(server):
    sent(server, posted(b"/accounts/login/", MOST), b"x" * MOST)
    assert server.reached == [b"x" * MOST]


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(server):
    answer = sent(server, posted(b"/accounts/login/", MOST + 1))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"Connection: close" in answer


def test_nothing_of_a_refused_body_is_kept(server):
    sent(server, posted(b"/accounts/login/", 300_000_000), *[b"x" * 10_000] * 5)
    assert server.reached == []


def test_a_body_in_chunks_is_counted(server):
    head = b"POST /x/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"3e8\r\n" + b"x" * 1000 + b"\r\n"
    assert sent(server, head, chunk, chunk, chunk).startswith(b"HTTP/1.1 413 ")
    assert sent(server, head, chunk, chunk, b"0\r\n\r\n") == b""
    assert server.reached == [b"x" * 2000]


def test_a_recording_may_be_as_large_as_the_portal_says(server):
    n_bytes = settings.UPLOAD_MAX_BYTES
    sent(server, posted(UPLOAD, n_bytes), b"x" * n_bytes)
    assert [len(body) for body in server.reached] == [n_bytes]
    too_large = n_bytes + intake._FORM_OVERHEAD_BYTES + 1
    assert sent(server, posted(UPLOAD, too_large)).startswith(b"HTTP/1.1 413 ")


def test_a_chunk_of_an_import_is_as_large_as_chunks_are(server):
    chunk = b"/datasets/import/file/7/chunks/"
    sent(server, posted(chunk, CHUNK_BYTES), b"x" * CHUNK_BYTES)
    assert [len(body) for body in server.reached] == [CHUNK_BYTES]
    assert sent(server, posted(chunk, CHUNK_BYTES + 1)).startswith(b"HTTP/1.1 413 ")
    assert sent(server, posted(b"/datasets/import/7/files/", MOST + 1)).startswith(b"HTTP/1.1 413 ")


def test_a_program_sends_chunks_as_large_as_a_page_does(server):
    chunk = b"/api/v1/imports/files/5"
    sent(server, posted(chunk, CHUNK_BYTES), b"x" * CHUNK_BYTES)
    assert [len(body) for body in server.reached] == [CHUNK_BYTES]
    assert sent(server, posted(chunk, CHUNK_BYTES + 1)).startswith(b"HTTP/1.1 413 ")
    assert sent(server, posted(b"/api/v1/imports/5/read", MOST + 1)).startswith(b"HTTP/1.1 413 ")


def test_an_address_that_is_too_long_is_answered(server):
    answer = sent(server, b"GET /?" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 414 ")


def test_a_header_that_is_too_long_is_answered(server):
    answer = sent(server, b"GET / HTTP/1.1\r\nCookie: " + b"x" * 20_000 + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 431 ")
