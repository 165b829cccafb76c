"""Valkey about itself."""

from dataclasses import dataclass
from typing import Any

from redis.exceptions import RedisError

from common import valkey as server


@dataclass(frozen=True)
class Valkey:
    """The server's counts since its start; they cover every use of it, not the cache alone."""

    name: str
    version: str
    hit_percent: float | None
    used_bytes: int
    most_bytes: int | None
    clients: int
    keys: int
    evicted: int


def valkey() -> Valkey | None:
    """Read INFO; None where the server is away."""
    try:
        info = server.valkey().info()
    except (RedisError, OSError):
        return None
    return reading(info)


def reading(info: dict[str, Any]) -> Valkey:
    """Make a reading of what INFO says."""
    hits, misses = info.get("keyspace_hits", 0), info.get("keyspace_misses", 0)
    return Valkey(
        name="Valkey" if "valkey_version" in info else "Redis",
        version=str(info.get("valkey_version", info.get("redis_version", "?"))),
        hit_percent=100 * hits / (hits + misses) if hits + misses else None,
        used_bytes=int(info["used_memory"]),
        most_bytes=int(info.get("maxmemory", 0)) or None,
        clients=int(info["connected_clients"]),
        keys=sum(
            space["keys"]
            for name, space in info.items()
            if name.startswith("db") and isinstance(space, dict)
        ),
        evicted=int(info.get("evicted_keys", 0)),
    )
