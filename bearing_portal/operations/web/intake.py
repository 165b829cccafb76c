"""What Daphne takes in: a body that is too large is refused before any of it is kept.

Daphne writes a body to a temporary file and calls the application at its end, so no middleware can
refuse one in time, it drops a line that is too long without a word, and it keeps a megabyte of what
a socket sends. All are mended here, at the places where Twisted and Autobahn say that they may be.
"""

from functools import cache
from typing import Any, Final

from daphne import http_protocol, server
from django.conf import settings
from django.urls import reverse
from twisted.internet import reactor
from twisted.web.http import HTTPChannel

from datasets.imports.services.receiving import CHUNK_BYTES

LINGER_S: Final = 5.0
TOO_LARGE: Final = (
    "413 Content Too Large",
    "What was sent is larger than this page takes; send less at once.",
)
TOO_LONG: Final = (
    "414 URI Too Long",
    "This address is too long. Choose fewer conditions, or keep them as a view.",
)
HEADERS_TOO_LARGE: Final = (
    "431 Request Header Fields Too Large",
    "The browser sent too many cookies or headers; clear those of this site.",
)
_FORM_OVERHEAD_BYTES: Final = 1 << 20
MOST_SOCKET_BYTES: Final = 4096  # a page sends nothing but pings


def most_bytes(path: str) -> int:
    """Return how large the body of a request to a path may be."""
    if path.startswith(reverse("imports:list")) and path.endswith("/chunks/"):
        return CHUNK_BYTES
    if path.startswith(_program_chunks()):
        return CHUNK_BYTES
    if path == reverse("uploads:new"):
        return int(settings.UPLOAD_MAX_BYTES) + _FORM_OVERHEAD_BYTES
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


@cache
def _program_chunks() -> str:
    """Return how the addresses begin to which programs send the chunks of an import."""
    return reverse("api-1:import_chunks", args=[0]).removesuffix("0")


class BoundedRequest(http_protocol.WebRequest):  # type: ignore[misc]
    """A request whose body is counted from its first byte."""

    is_refused = False
    n_received = 0

    def gotLength(self, length: int | None) -> None:  # noqa: N802 - Twisted's name
        path = self.channel._path.split(b"?", 1)[0].decode("latin-1")
        self.most_bytes = most_bytes(path)
        if length is not None and length > self.most_bytes:
            self._refuse()
            length = 0  # nothing is kept, so there is no need for a file
        super().gotLength(length)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        self.n_received += len(data)
        if self.is_refused:
            return
        if self.n_received > self.most_bytes:
            self._refuse()
            return
        super().handleContentChunk(data)

    def requestReceived(self, *values: Any) -> None:  # noqa: N802
        if not self.is_refused:
            super().requestReceived(*values)

    def _refuse(self) -> None:
        self.is_refused = True
        answer_and_close(self.channel, *TOO_LARGE)


def answer_and_close(channel: Any, status: str, sentence: str) -> None:
    """Answer, and let go of whatever else comes; who is still sending can read the answer."""
    body = sentence.encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    channel.dataReceived = channel.lineReceived = lambda *_: None
    transport = channel.transport
    transport.write(head.encode() + body)
    transport.loseWriteConnection()
    reactor.callLater(LINGER_S, transport.abortConnection)  # type: ignore[arg-type]


def _line_too_long(channel: Any, line: bytes) -> None:
    del line
    is_first = not hasattr(channel, "_path")
    answer_and_close(channel, *(TOO_LONG if is_first else HEADERS_TOO_LARGE))


class BoundedSockets(server.WebSocketFactory):  # type: ignore[misc]
    """Sockets that are closed, with code 1009, once a message is announced that is too long."""

    def setProtocolOptions(self, **options: Any) -> None:  # noqa: N802 - Autobahn's name
        most = dict.fromkeys(("maxFramePayloadSize", "maxMessagePayloadSize"), MOST_SOCKET_BYTES)
        super().setProtocolOptions(**options | most)


def bound_intake() -> None:
    """Have every connection of this process take in what is bounded."""
    http_protocol.WebRequest = BoundedRequest
    server.WebSocketFactory = BoundedSockets
    HTTPChannel.lineLengthExceeded = _line_too_long  # type: ignore[method-assign]
