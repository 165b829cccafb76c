import pytest
from django.core.cache import cache

from common.cache import counted
from common.cache.counted import forget_tagged, tag_of


@pytest.fixture(autouse=True)
def _emptied():
    cache.clear()
    yield
    cache.clear()


def test_forgetting_a_thing_drops_its_results_of_every_version_and_no_others():
    own = {"psd:7.1:a": 1, "psd:7.2:a": 2, "ranking:7.2:": 3}
    others = {"psd:77.1:a": 4, "psd:8.7:a": 5, "visits": 6}
    cache.set_many(own)
    for key, value in others.items():
        cache.set(key, value)

    forget_tagged("7")

    assert cache.get_many([*own, *others]) == others


def test_what_names_no_thing_belongs_to_none():
    assert [tag_of(key) for key in ("visits", "a:b", "a:7:x", "a:7.1:x:y")] == ["", "", "", "7"]


def test_without_valkey_nothing_is_forgotten_and_nobody_disturbed(monkeypatch, caplog):
    def refuse():
        raise counted.RedisError("away")

    monkeypatch.setattr(counted, "valkey", refuse)

    cache.set("psd:7.1:a", 1)
    forget_tagged("7")

    assert cache.get("psd:7.1:a") == 1
    assert "expire by themselves" in caplog.text
