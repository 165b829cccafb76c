"""The portal's cache: counts how often it knew the answer, and forgets all results of one thing.

A key reads ``operation:thing.version:inputs``. Which keys there are of a thing is kept beside them,
so that forgetting it looks at no other.
"""

import logging
from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError

from common.cache.fail_open import FailOpenCache
from common.cache.hits import COUNTER
from common.valkey import text_of, valkey

logger = logging.getLogger(__name__)

_MISSING = object()
_TAG_KEPT_S = 24 * 3600  # longer than any result


class CountedCache(FailOpenCache):
    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        value = super().get(key, _MISSING, version)
        COUNTER.count(key, hit=value is not _MISSING)
        return default if value is _MISSING else value

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        wanted = list(keys)
        found: dict[str, Any] = super().get_many(wanted, version)
        for key in wanted:
            COUNTER.count(key, hit=key in found)
        return found

    def set(self, key: str, value: Any, *args: Any, **kwargs: Any) -> None:
        super().set(key, value, *args, **kwargs)
        _tag([key])

    def set_many(self, data: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        failed = super().set_many(data, *args, **kwargs)
        _tag(data)
        return failed


def tag_of(key: str) -> str:
    """Return the thing that a cached result is of; empty where its key names none.

    >>> tag_of("spectrum:7.3:9f2c"), tag_of("visits")
    ('7', '')
    """
    parts = key.split(":", 2)
    thing, dot, _ = parts[1].partition(".") if len(parts) == 3 else ("", "", "")
    return thing if dot else ""


def forget_tagged(tag: str) -> None:
    """Drop all cached results of a thing; without Valkey they expire, and nothing reaches them."""
    try:
        keys = [text_of(key) for key in valkey().smembers(_set_of(tag))]
        valkey().delete(_set_of(tag))
    except (RedisError, OSError) as error:
        logger.warning("Cached results of %s expire by themselves: %s", tag, error)
        return
    cache.delete_many(keys)


def _tag(keys: Iterable[str]) -> None:
    tagged = [(tag, key) for key in keys if (tag := tag_of(key))]
    if not tagged:
        return
    try:
        with valkey().pipeline(transaction=False) as pipe:
            for tag, key in tagged:
                pipe.sadd(_set_of(tag), key)
                pipe.expire(_set_of(tag), _TAG_KEPT_S)
            pipe.execute()
    except (RedisError, OSError) as error:
        logger.debug("Cached results without a tag: %s", error)


def _set_of(tag: str) -> str:
    return f"portal:cached-of:{tag}"
