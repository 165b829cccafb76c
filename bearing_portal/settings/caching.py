"""The cache on Valkey. It is a convenience: without it every page still answers."""

from typing import Any

from redis.backoff import NoBackoff
from redis.retry import Retry


def cache_settings(url: str) -> dict[str, Any]:
    return {
        "default": {
            "BACKEND": "common.cache.counted.CountedCache",
            "LOCATION": url,
            "KEY_PREFIX": "cache",
            "TIMEOUT": 30 * 60,
            # Short and without retries: a page must not wait for a cache that is away.
            "OPTIONS": {
                "socket_connect_timeout": 1,
                "socket_timeout": 2,
                "retry": Retry(NoBackoff(), 0),
            },
        }
    }
