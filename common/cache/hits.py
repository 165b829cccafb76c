"""How often the portal's cache knew the answer, by the first part of its keys.

Each process adds up for some seconds and then adds its sums to Valkey's, so that a look into the
cache stays one round trip. A process that is killed takes its last seconds along.
"""

import logging
import os
import time
from collections import Counter
from dataclasses import dataclass
from threading import Lock

from redis.exceptions import RedisError

from common.valkey import text_of, valkey

logger = logging.getLogger(__name__)

HITS_KEY, MISSES_KEY = "portal:cache-hits", "portal:cache-misses"
_FLUSH_S = 5.0


@dataclass(frozen=True)
class Hits:
    kind: str
    hits: int
    misses: int

    @property
    def percent(self) -> float | None:
        asked = self.hits + self.misses
        return 100 * self.hits / asked if asked else None


class HitCounter:
    """Sums of this process that wait to be added to everybody's."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._hits: Counter[str] = Counter()
        self._misses: Counter[str] = Counter()
        self._flushed_at_s = time.monotonic()

    def count(self, key: str, *, hit: bool) -> None:
        kind = kind_of_key(key)
        with self._lock:
            (self._hits if hit else self._misses)[kind] += 1
            due = time.monotonic() - self._flushed_at_s >= _FLUSH_S
        if due:
            self.flush()

    def flush(self) -> None:
        """Add the sums to Valkey's; where it is away they wait for the next time."""
        with self._lock:
            hits, misses = self._hits, self._misses
            self._hits, self._misses = Counter(), Counter()
            self._flushed_at_s = time.monotonic()
        if not hits and not misses:
            return
        try:
            with valkey().pipeline(transaction=False) as pipe:
                for name, sums in ((HITS_KEY, hits), (MISSES_KEY, misses)):
                    for kind, n in sums.items():
                        pipe.hincrby(name, kind, n)
                pipe.execute()
        except (RedisError, OSError) as error:
            logger.debug("Cache counts wait: %s", error)
            with self._lock:
                self._hits += hits
                self._misses += misses

    def forget(self) -> None:
        """Begin at nothing: a forked process must not count its parent's looks again."""
        self._lock = Lock()
        self._hits, self._misses = Counter(), Counter()


COUNTER = HitCounter()
os.register_at_fork(after_in_child=COUNTER.forget)


def kind_of_key(key: str) -> str:
    """Return what a key is about: its part before the first colon.

    >>> kind_of_key("spectrum:7.3:9f2c")
    'spectrum'
    """
    return key.partition(":")[0][:40]


def cache_hits() -> tuple[Hits, ...] | None:
    """Read the counts of all processes; None where Valkey is away."""
    COUNTER.flush()
    try:
        connection = valkey()
        hits, misses = connection.hgetall(HITS_KEY), connection.hgetall(MISSES_KEY)
    except (RedisError, OSError):
        return None
    kinds = sorted({*hits, *misses})
    return tuple(
        Hits(text_of(kind), int(hits.get(kind, 0)), int(misses.get(kind, 0))) for kind in kinds
    )
