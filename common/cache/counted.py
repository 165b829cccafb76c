"""The portal's cache, which counts by kind of key how often it knew the answer."""

from collections.abc import Iterable
from typing import Any

from common.cache.fail_open import FailOpenCache
from common.cache.hits import COUNTER

_MISSING = object()


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
