from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from bearing_portal.operations.embedded.facts import facts_path, read_facts
from bearing_portal.operations.embedded.servers import EmbeddedServers


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def servers(data_dir: Path) -> Iterator[EmbeddedServers]:
    servers = EmbeddedServers(data_dir, durable=False)
    yield servers
    servers.stop()


def sql(servers: EmbeddedServers, statement: str) -> list[tuple]:
    with servers.postgres.connect() as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def valkey(servers: EmbeddedServers) -> redis.Redis:
    return redis.Redis.from_url(servers.facts.valkey_url())


def test_both_servers_answer(servers: EmbeddedServers) -> None:
    servers.start()

    assert sql(servers, "SELECT 1") == [(1,)]
    assert valkey(servers).ping()


def test_the_cluster_sorts_and_stores_unicode_alike_on_every_machine(
    servers: EmbeddedServers,
) -> None:
    servers.start()

    facts = sql(servers, "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) "
                         "FROM pg_database WHERE datname = current_database()")  # fmt: skip

    assert facts == [("b", "C.UTF-8", "UTF8")]


def test_a_restart_keeps_rows_ports_and_passwords(servers: EmbeddedServers, data_dir: Path) -> None:
    before = servers.start()
    sql(servers, "CREATE TABLE kept AS SELECT 42 AS answer")
    servers.stop()

    after = servers.start()

    assert after == before
    assert sql(servers, "SELECT answer FROM kept") == [(42,)]


def test_a_port_taken_meanwhile_is_replaced(servers: EmbeddedServers, tmp_path: Path) -> None:
    before = servers.start()
    servers.stop()
    squatter = EmbeddedServers(tmp_path / "other", postgres=False, durable=False)
    squatter.data_dir.mkdir()
    facts_path(squatter.data_dir).parent.mkdir()
    facts_path(squatter.data_dir).write_text(f'{{"valkey_port": {before.valkey_port}}}')
    with squatter:
        assert squatter.facts.valkey_port == before.valkey_port

        after = servers.start()

    assert after.valkey_port != before.valkey_port
    assert after.postgres_port == before.postgres_port


def test_connection_facts_are_for_their_owner_only(
    servers: EmbeddedServers, data_dir: Path
) -> None:
    servers.start()

    assert facts_path(data_dir).stat().st_mode & 0o077 == 0
    assert read_facts(data_dir) == servers.facts


def test_a_wrong_password_is_refused(servers: EmbeddedServers) -> None:
    servers.start()

    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=servers.facts.valkey_port, password="wrong").ping()


def test_a_long_path_with_spaces_and_letters_of_any_alphabet_works(tmp_path: Path) -> None:
    data_dir = tmp_path / "räume und lager" / ("x" * 140)

    with EmbeddedServers(data_dir, durable=False) as servers:
        assert sql(servers, "SELECT 1") == [(1,)]


def test_a_half_made_cluster_is_never_taken_for_whole(
    servers: EmbeddedServers, data_dir: Path
) -> None:
    half_made = facts_path(data_dir).parent / "postgres.new-killed"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18")

    servers.start()

    assert not half_made.exists()
    assert sql(servers, "SELECT 1") == [(1,)]


def test_only_the_server_asked_for_starts(data_dir: Path) -> None:
    with EmbeddedServers(data_dir, postgres=False) as servers:
        assert valkey(servers).ping()
        assert not (facts_path(data_dir).parent / "postgres").exists()


@pytest.mark.faults
@pytest.mark.parametrize("which", ["postgres", "valkey"])
def test_a_killed_server_comes_back_under_the_same_address(
    servers: EmbeddedServers, which: str
) -> None:
    servers.start()
    said: list[str] = []
    victim = getattr(servers, which)
    victim.running.kill()
    victim.running.wait()

    servers.restart_dead(said.append)

    assert len(said) == 2
    assert sql(servers, "SELECT 1") == [(1,)]
    assert valkey(servers).ping()
