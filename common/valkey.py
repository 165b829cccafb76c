"""The way to Valkey for cache, queues and probes: short waits, and none where it just hung.

A server that is gone refuses at once; one that is stopped or cut off answers nothing, and each
question would wait for its time-out. So the first that waited in vain opens a breaker for the whole
process: until it closes, nobody asks, and everybody carries on as if the server were gone.
"""

import threading
import time
from typing import Any
from urllib.parse import urlsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.connection import Connection, ConnectionPool, SSLConnection
from redis.exceptions import ConnectionError as ValkeyAway
from redis.exceptions import TimeoutError as ValkeySilent
from redis.retry import Retry
from redis.utils import SENTINEL

ANSWER_S = 1.0
OPEN_S = 5.0


class Breaker:
    """Remembers that a server left somebody waiting.

    While open it refuses; after `OPEN_S` one thread may try, and its luck is everybody's.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until_s = 0.0
        self._was_silent = False
        self._trier: int | None = None

    @property
    def is_open(self) -> bool:
        is_mine = self._trier == threading.get_ident()
        return self._was_silent and not is_mine and time.monotonic() < self._until_s

    def enter(self) -> None:
        """Raise where the server is not to be asked now."""
        if not self._was_silent:
            return
        with self._lock:
            if self.is_open:
                raise ValkeyAway("Valkey left the last one waiting; it is not asked right now.")
            # This thread tries, the others wait for its luck.
            self._trier, self._until_s = threading.get_ident(), time.monotonic() + OPEN_S

    def silent(self) -> None:
        """Note that the server did not answer in time."""
        with self._lock:
            self._was_silent, self._trier = True, None
            self._until_s = time.monotonic() + OPEN_S

    def answered(self) -> None:
        """Note that it answered, be it with a refusal."""
        self._was_silent, self._trier = False, None


BREAKER = Breaker()


class _Guarded:
    """A connection that asks the breaker first and tells it what came of it."""

    def connect(self) -> None:
        BREAKER.enter()
        try:
            super().connect()  # type: ignore[misc]
        except ValkeySilent:
            BREAKER.silent()
            raise
        except ValkeyAway:
            BREAKER.answered()
            raise

    def send_packed_command(self, command: Any, check_health: bool = True) -> None:
        BREAKER.enter()
        try:
            super().send_packed_command(command, check_health=check_health)  # type: ignore[misc]
        except ValkeySilent:
            BREAKER.silent()
            raise

    def read_response(
        self,
        disable_decoding: bool = False,
        *,
        timeout: Any = SENTINEL,
        disconnect_on_error: bool = True,
        push_request: bool = False,
    ) -> Any:
        try:
            answer = super().read_response(  # type: ignore[misc]
                disable_decoding=disable_decoding,
                timeout=timeout,
                disconnect_on_error=disconnect_on_error,
                push_request=push_request,
            )
        except ValkeySilent:
            if disconnect_on_error:  # otherwise somebody listens for what may never come
                BREAKER.silent()
            raise
        BREAKER.answered()
        return answer


class GuardedConnection(_Guarded, Connection):
    """Over TCP."""


class GuardedSSLConnection(_Guarded, SSLConnection):
    """Over TLS."""


def guarded_options(url: str) -> dict[str, Any]:
    """Return the options of a connection pool that never waits longer than `ANSWER_S`."""
    tls = urlsplit(url).scheme == "rediss"
    return {
        "connection_class": GuardedSSLConnection if tls else GuardedConnection,
        "socket_connect_timeout": ANSWER_S,
        "socket_timeout": ANSWER_S,
        "retry": Retry(NoBackoff(), 0),
    }


def guarded_pool(url: str) -> ConnectionPool:
    """Return a pool of guarded connections; it connects when it is first used."""
    return ConnectionPool.from_url(url, **guarded_options(url))


def valkey() -> "Redis":
    """Return the client of the portal's Valkey that all of this process shares."""
    import django_rq

    return django_rq.get_connection("short")


def text_of(said: bytes | str) -> str:
    """Return a name as text; the client says bytes, its types either."""
    return said.decode() if isinstance(said, bytes) else said
