import logging
from collections.abc import Iterator
from contextvars import Context

import pytest
from django.core.cache import cache

from bearing_portal.settings.caching import cache_settings
from common.cache.fail_open import FailOpenCache
from common.valkey import valkey


@pytest.fixture
def away() -> FailOpenCache:
    """A cache whose server nobody listens for."""
    parameters = cache_settings("redis://127.0.0.1:1/0")["default"]
    return FailOpenCache(parameters.pop("LOCATION"), parameters)


@pytest.fixture
def _emptied() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def test_without_valkey_every_read_is_a_miss(away: FailOpenCache) -> None:
    assert away.get("key", "default") == "default"
    assert away.get_many(["a", "b"]) == {}
    assert away.has_key("key") is False
    assert away.get_or_set("key", lambda: 42) == 42


def test_without_valkey_a_write_is_no_error_but_a_line_in_the_log(
    away: FailOpenCache, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        away.set("key", 1)

    assert "carrying on without it" in caplog.text
    assert away.add("key", 1) is False
    assert away.set_many({"key": 1}) == ["key"]
    assert away.delete("key") is False
    assert away.touch("key") is False


def test_without_valkey_a_counter_does_not_exist(away: FailOpenCache) -> None:
    with pytest.raises(ValueError, match="not found"):
        away.incr("visits")


@pytest.mark.usefixtures("_emptied")
def test_with_valkey_it_is_a_cache() -> None:
    cache.set("key", {"a": 1}, timeout=60)

    assert cache.get("key") == {"a": 1}
    assert cache.incr("key2", 1) if cache.add("key2", 1) else False


@pytest.mark.usefixtures("_emptied")
def test_requests_one_after_the_other_share_a_connection() -> None:
    def n_made() -> int:
        made: int = valkey().info("stats")["total_connections_received"]
        return made

    cache.get("key")
    before = n_made()
    for _ in range(5):
        Context().run(lambda: cache.get("key"))  # each request has a context of its own
    assert n_made() == before


@pytest.mark.usefixtures("_emptied")
def test_clearing_spares_the_queues_beside_it() -> None:
    client = valkey()
    client.set("rq:queue:default", "kept")
    cache.set("key", 1)

    cache.clear()

    assert cache.get("key") is None
    assert client.get("rq:queue:default") == b"kept"
    client.delete("rq:queue:default")
