"""How many requests are answered at a time: each takes a thread, and most a connection."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

RETRY_AFTER_S = 5
OF_FILE = (b"Accept-Ranges", b"bytes")
BUSY = b"The portal is busy. Try again in a few seconds."


class Admission:
    """Lets so many requests in at a time; the others wait outside, where they cost nothing.

    Whoever waited too long, or finds too many waiting, is asked to come back. A file on its way
    takes neither thread nor connection, and its reader may be slow: it gives its place back.

    Parameters
    ----------
    application : callable
        What answers a request that was let in.
    at_once : int
        Most requests that are answered at a time.
    most_waiting : int
        Most requests that wait outside.
    patience_s : float
        Longest wait outside.
    """

    def __init__(
        self,
        application: Application,
        *,
        at_once: int,
        most_waiting: int = 500,
        patience_s: float = 10.0,
    ) -> None:
        self._application = application
        self._places = asyncio.Semaphore(at_once)
        self._most_waiting, self._patience_s = most_waiting, patience_s
        self._n_waiting = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if not await self._enter():
            await _refuse(send)
            return
        place = _Place(self._places)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and OF_FILE in message.get("headers", ()):
                place.give_back()
            await send(message)

        try:
            await self._application(scope, receive, sent)
        finally:
            place.give_back()

    async def _enter(self) -> bool:
        if self._n_waiting >= self._most_waiting:
            return False
        self._n_waiting += 1
        try:
            async with asyncio.timeout(self._patience_s):
                await self._places.acquire()
        except TimeoutError:
            return False
        finally:
            self._n_waiting -= 1
        return True


class _Place:
    """One of the places, given back once."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places: asyncio.Semaphore | None = places

    def give_back(self) -> None:
        places, self._places = self._places, None
        if places is not None:
            places.release()


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"retry-after", str(RETRY_AFTER_S).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": BUSY})
