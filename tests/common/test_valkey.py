"""A hung server, played by a Valkey of this test's own that is stopped, not ended."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as ValkeyAway
from redis.exceptions import TimeoutError as ValkeySilent

from bearing_portal.operations.embedded.servers import EmbeddedServers
from common import valkey
from common.valkey import Breaker, guarded_pool


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    servers = EmbeddedServers(tmp_path_factory.mktemp("valkey"), postgres=False, durable=False)
    facts = servers.start()
    pid = int(Redis.from_url(facts.valkey_url()).info("server")["process_id"])
    yield facts.valkey_url(), pid
    servers.stop()


@pytest.fixture
def hung(server, monkeypatch):
    """Return the URL of a server that takes connections and answers nothing."""
    url, pid = server
    monkeypatch.setattr(valkey, "BREAKER", Breaker())
    os.kill(pid, signal.SIGSTOP)
    yield url
    os.kill(pid, signal.SIGCONT)


def test_the_first_waits_a_moment_and_the_others_not_at_all(hung):
    client = Redis(connection_pool=guarded_pool(hung))
    with pytest.raises(ValkeySilent):
        client.get("key")

    for _ in range(50):
        with pytest.raises(ValkeyAway, match="not asked right now"):
            client.get("key")


def test_a_connection_that_was_open_is_refused_too(server, monkeypatch):
    url, pid = server
    monkeypatch.setattr(valkey, "BREAKER", Breaker())
    clients = [Redis(connection_pool=guarded_pool(url)) for _ in range(2)]
    for client in clients:
        client.ping()
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(ValkeySilent):
            clients[0].get("key")
        with pytest.raises(ValkeyAway):
            clients[1].get("key")
    finally:
        os.kill(pid, signal.SIGCONT)


def test_once_it_answers_everybody_may_ask_again(server, monkeypatch):
    url, _ = server
    monkeypatch.setattr(valkey, "BREAKER", Breaker())
    valkey.BREAKER.silent()
    client = Redis(connection_pool=guarded_pool(url))
    with pytest.raises(ValkeyAway):
        client.ping()

    valkey.BREAKER._until_s = 0.0  # its time is over

    assert client.ping()
    assert not valkey.BREAKER.is_open


def test_while_one_tries_the_others_wait_for_its_luck():
    breaker = Breaker()
    breaker.silent()
    breaker._until_s = 0.0

    breaker.enter()
    breaker.enter()  # the same one, in its next step

    with ThreadPoolExecutor(1) as other, pytest.raises(ValkeyAway):
        other.submit(breaker.enter).result()


def test_a_server_that_is_gone_refuses_by_itself(monkeypatch):
    monkeypatch.setattr(valkey, "BREAKER", Breaker())
    client = Redis(connection_pool=guarded_pool("redis://127.0.0.1:1/0"))

    with pytest.raises(ValkeyAway):
        client.ping()

    assert not valkey.BREAKER.is_open
