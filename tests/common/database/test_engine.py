"""What is given out by the pool leads to the server, and is seldom asked whether it does."""

import select
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections

from common.database.engine import base
from common.database.engine.base import DatabaseWrapper, is_sound

pytestmark = pytest.mark.django_db


@pytest.fixture
def pooled() -> Iterator[DatabaseWrapper]:
    """The database of the tests through a pool of two connections."""
    described = connections["default"].settings_dict
    options = {**described["OPTIONS"], "pool": {"min_size": 2, "max_size": 2, "timeout": 10}}
    wrapper = DatabaseWrapper(
        {**described, "OPTIONS": options, "CONN_HEALTH_CHECKS": False}, "pooled"
    )
    wrapper.pool.open(wait=True)
    yield wrapper
    wrapper.close()
    wrapper.close_pool()


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Note which connections are asked whether they lead to the server."""
    asked: list[Any] = []
    check: Callable[[Any], None] = base.ConnectionPool.check_connection

    def noted(connection: Any) -> None:
        asked.append(connection)
        check(connection)

    monkeypatch.setattr(base.ConnectionPool, "check_connection", staticmethod(noted))
    return asked


def process_of(wrapper: DatabaseWrapper) -> int:
    """Return the server's process, which a request meets that takes a connection and gives it."""
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid: int = cursor.fetchone()[0]
    wrapper.close()
    return pid


def end(pid: int) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert cursor.fetchone() == (True,)


def test_nobody_is_given_a_connection_that_the_server_has_ended(pooled: DatabaseWrapper) -> None:
    ended = {process_of(pooled), process_of(pooled)}
    assert len(ended) == 2
    for pid in ended:
        end(pid)
    assert process_of(pooled) not in ended


def test_a_connection_that_was_asked_just_now_is_only_looked_at(
    pooled: DatabaseWrapper, questions: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "ASKED_EVERY_S", 3600.0)
    for _ in range(5):
        process_of(pooled)
    assert len(questions) == 2  # each once


def test_a_connection_that_was_not_asked_for_a_while_is_asked(
    pooled: DatabaseWrapper, questions: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "ASKED_EVERY_S", 0.0)
    for _ in range(5):
        process_of(pooled)
    assert len(questions) == 5


def test_what_leads_nowhere_without_a_word_is_found_out_by_asking(
    pooled: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silence(_: Any) -> None:
        raise psycopg.OperationalError("the connection is lost")

    with pooled.cursor():
        connection = pooled.connection
    assert is_sound(connection)
    connection.asked_at_s = time.monotonic() - base.ASKED_EVERY_S
    monkeypatch.setattr(base.ConnectionPool, "check_connection", silence)
    assert not is_sound(connection)


def test_a_word_of_the_server_that_is_no_end_costs_no_connection(
    pooled: DatabaseWrapper,
) -> None:
    with pooled.cursor() as cursor:
        cursor.execute("LISTEN told")
    listening = pooled.connection
    with psycopg.connect(**pooled.get_connection_params(), autocommit=True) as other:
        other.execute("NOTIFY told")
    assert select.select([listening], [], [], 10)[0]
    assert is_sound(listening)
