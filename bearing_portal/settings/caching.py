"""The cache and the queues on Valkey. Both are a convenience: without them every page answers."""

from typing import Any

from bearing_portal.settings.environment import valkey_connection
from common.valkey import guarded_options, guarded_pool

QUEUES = ("short", "long", "train")  # as in `monitoring.jobs.kinds`, which needs Django


def cache_settings(url: str) -> dict[str, Any]:
    return {
        "default": {
            "BACKEND": "common.cache.counted.CountedCache",
            "LOCATION": url,
            "KEY_PREFIX": "cache",
            "TIMEOUT": 30 * 60,
            "OPTIONS": guarded_options(url),
        }
    }


def queue_settings(url: str, *, timeout_s: int) -> dict[str, Any]:
    """The three queues share one pool; a worker lengthens its own waits when it starts."""
    pool = guarded_pool(url)
    return {
        name: {
            **valkey_connection(url),
            "DEFAULT_TIMEOUT": timeout_s,
            "REDIS_CLIENT_KWARGS": {"connection_pool": pool},
        }
        for name in QUEUES
    }
