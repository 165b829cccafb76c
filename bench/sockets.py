"""200 people's pages hold a socket to the one web process; each is sent a hint."""

import asyncio
import base64
import json
import os
import time
from contextlib import suppress
from typing import Any, Protocol

from bench.registry import Figures, benchmark
from bench.served.portal import COOKIE, Served, people, served, session_of

_N = 200
_AT_ONCE = 20  # that many shake hands at the same time
_PATIENCE_S = 30.0


class At(Protocol):
    """Where a portal is."""

    @property
    def url(self) -> str: ...

    @property
    def netloc(self) -> str: ...


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@benchmark("sockets_200")
def measure_sockets() -> Figures:
    """Return how long connecting takes, how long until all have their hint, and the memory."""
    portal = served()
    users = people(_N)
    sessions = [session_of(user) for user in users]
    return asyncio.run(_measure(portal, users, sessions))


async def _measure(portal: Served, users: list[Any], sessions: list[str]) -> Figures:
    before = _rss_mb(portal)
    began_s = time.perf_counter()
    gate = asyncio.Semaphore(_AT_ONCE)
    sockets = await asyncio.gather(*(connect(portal, gate, key) for key in sessions))
    connected_s = time.perf_counter() - began_s
    own_ms = await _ms_until_heard(sockets, [f"user.{user.pk}" for user in users])
    shared_ms = await _ms_until_heard(sockets, ["shared"])
    after = _rss_mb(portal)
    for _, writer in sockets:
        writer.close()
    return {
        "open": len(sockets),
        "connect_s": round(connected_s, 2),
        "each_its_own_hint_ms": round(own_ms),
        "one_hint_for_all_ms": round(shared_ms),
        "rss_before_mb": before,
        "rss_after_mb": after,
    }


async def connect(portal: At, gate: asyncio.Semaphore, session_key: str) -> Streams:
    """Open one socket of a logged-in person and return it once the portal has taken it."""
    host, _, port = portal.netloc.partition(":")
    lines = (
        "GET /ws/events/ HTTP/1.1",
        f"Host: {portal.netloc}",
        f"Origin: {portal.url}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        f"Cookie: {COOKIE}={session_key}",
    )
    async with gate, asyncio.timeout(_PATIENCE_S):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = await reader.readuntil(b"\r\n\r\n")
    if b" 101 " not in answer.partition(b"\r\n")[0]:
        raise RuntimeError(f"The socket was refused: {answer[:60]!r}")
    return reader, writer


async def stay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the portal's pings, as a browser does, until the portal closes the socket."""
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            first, second = await reader.readexactly(2)
            n = second & 0x7F
            if n >= 126:
                n = int.from_bytes(await reader.readexactly(2 if n == 126 else 8))
            content, kind = await reader.readexactly(n), first & 0x0F
            if kind == 0x8:
                return
            if kind == 0x9:  # a client's frames are masked; with zeros they stay as they are
                writer.write(bytes([0x8A, 0x80 | n]) + bytes(4) + content)


async def _ms_until_heard(sockets: list[Streams], groups: list[str]) -> float:
    from monitoring.notices.hints import hint_send

    async with asyncio.timeout(_PATIENCE_S):
        listening = [asyncio.create_task(_hint(reader)) for reader, _ in sockets]
        began_s = time.perf_counter()
        await asyncio.to_thread(hint_send, groups=groups, type="job", id="1")
        await asyncio.gather(*listening)
    return 1e3 * (time.perf_counter() - began_s)


async def _hint(reader: asyncio.StreamReader) -> None:
    """Read frames, each shorter than 126 bytes and unmasked, until one is the hint."""
    said = ""
    while said != "job":
        _, length = await reader.readexactly(2)
        said = json.loads(await reader.readexactly(length))["type"]


def _rss_mb(portal: Served) -> float:
    return round(float(portal.web.memory_info().rss) / 2**20, 1)
