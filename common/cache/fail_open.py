"""Django's Valkey cache, which counts as empty while Valkey is away or full."""

import logging
from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any, ClassVar

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as ValkeyAway
from redis.exceptions import OutOfMemoryError, TimeoutError

from common.valkey import valkey

log = logging.getLogger(__name__)
UNREACHABLE = (ValkeyAway, TimeoutError, OutOfMemoryError)


def _or(miss: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Answer what `miss` makes of the arguments where Valkey gives no answer."""

    def decorate(operation: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(operation)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            try:
                return operation(*args, **kwargs)
            except UNREACHABLE as error:
                log.warning("Cache not reached, carrying on without it: %s", type(error).__name__)
                return miss(*args[1:], **kwargs)

        return guarded

    return decorate


def _default(key: str, default: Any = None, version: int | None = None) -> Any:
    return default


def _no_such_key(key: str, *args: Any, **kwargs: Any) -> Any:
    raise ValueError(f"Key '{key}' not found.")


class FailOpenCache(RedisCache):
    _clients: ClassVar[dict[str, Any]] = {}
    _class: Any  # Django's, as are the others
    _servers: list[str]
    _options: dict[str, Any]

    @cached_property
    def _cache(self) -> Any:
        # Django makes a cache for each request, and would connect anew for each: all of a process
        # take their connections from one pool, which knows when it was forked.
        where = " ".join(self._servers)
        if where not in self._clients:
            self._clients[where] = self._class(self._servers, **self._options)
        return self._clients[where]

    add = _or(lambda *_, **__: False)(RedisCache.add)
    get = _or(_default)(RedisCache.get)
    set = _or(lambda *_, **__: None)(RedisCache.set)
    touch = _or(lambda *_, **__: False)(RedisCache.touch)
    delete = _or(lambda *_, **__: False)(RedisCache.delete)
    get_many = _or(lambda *_, **__: {})(RedisCache.get_many)
    has_key = _or(lambda *_, **__: False)(RedisCache.has_key)
    incr = _or(_no_such_key)(RedisCache.incr)
    set_many = _or(lambda data, *_, **__: list(data))(RedisCache.set_many)
    delete_many = _or(lambda *_, **__: None)(RedisCache.delete_many)

    @_or(lambda: False)
    def clear(self) -> bool:
        # Django empties the whole database, in which the queues live too.
        client = valkey()
        for key in client.scan_iter(match=f"{self.key_prefix}:*", count=1000):
            client.unlink(key)
        return True
