"""A page that stays open: what its socket hears, and how often it ends."""

import asyncio
import json
import threading
from dataclasses import dataclass
from types import SimpleNamespace

from bench.sockets import connect

LOOK_S, AGAIN_S = 1.0, 2.0
OF_ITSELF = ("heartbeat", "pong")
CLOSE, PING, PONG = 0x8, 0x9, 0xA
IS_LAST, IS_MASKED, MASK = 0x80, 0x80, bytes(4)


@dataclass
class OpenPage:
    """One that comes again when its socket ends, as those of the portal do."""

    netloc: str
    session: str
    n_news: int = 0
    n_ended: int = 0

    def stay(self, over: threading.Event) -> None:
        """Listen until it is over."""
        asyncio.run(self._stay(over))

    async def _stay(self, over: threading.Event) -> None:
        portal = SimpleNamespace(netloc=self.netloc, url=f"http://{self.netloc}")
        while not over.is_set():
            try:
                reader, writer = await connect(portal, asyncio.Semaphore(1), self.session)
                await self._listen(reader, writer, over)
                writer.close()
            except (OSError, EOFError, RuntimeError):
                await asyncio.sleep(AGAIN_S)
            if not over.is_set():
                self.n_ended += 1

    async def _listen(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, over: threading.Event
    ) -> None:
        """Read frames, which are short and unmasked, until it ends."""
        while not over.is_set():
            try:
                kind, length = await asyncio.wait_for(reader.readexactly(2), LOOK_S)
            except TimeoutError:
                continue
            content = await reader.readexactly(length)
            if kind & 0xF == CLOSE:
                return
            if kind & 0xF == PING:
                writer.write(bytes([IS_LAST | PONG, IS_MASKED | length]) + MASK + content)
            elif json.loads(content)["type"] not in OF_ITSELF:
                self.n_news += 1
