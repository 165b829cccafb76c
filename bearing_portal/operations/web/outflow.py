"""What Daphne sends: no faster than the reader takes it.

Daphne hands each part of a body to Twisted, which keeps what the network does not take yet: of a
file that is read faster than it travels that is the whole of it, in memory. Here the application
waits, at the place where Twisted says that its buffer is full.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from daphne import server
from daphne.http_protocol import WebRequest

Message = dict[str, Any]


class Flow:
    """Whether the network takes more, as Twisted tells a producer."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's names
        self._open.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        self._open.set()

    def stopProducing(self) -> None:  # noqa: N802 - the connection is lost: nobody waits any more
        self._open.set()

    async def wait(self) -> None:
        await self._open.wait()


def paced(
    reply: Callable[[Any, Any, Message], Awaitable[None]],
) -> Callable[[Any, Any, Message], Awaitable[None]]:
    """Make Daphne's reply wait after each part of a body until the network takes the next."""

    async def handle_reply(self: Any, protocol: Any, message: Message) -> None:
        if not isinstance(protocol, WebRequest) or message["type"] != "http.response.body":
            await reply(self, protocol, message)
            return
        is_open = not protocol.finished and protocol.channel is not None
        if message.get("more_body", False):
            if is_open and protocol.producer is None:
                protocol.registerProducer(Flow(), True)
        elif is_open and isinstance(protocol.producer, Flow):
            protocol.unregisterProducer()
        await reply(self, protocol, message)
        if isinstance(protocol.producer, Flow):
            await protocol.producer.wait()

    return handle_reply


def pace_outflow() -> None:
    """Have every answer of this process wait for its reader."""
    server.Server.handle_reply = paced(server.Server.handle_reply)
