"""What the rows of a portal under test say, asked past the portal."""

import time
from collections.abc import Callable
from typing import Any

import psycopg

from tests.faults.portal import PATIENCE_S, Portal


def one(portal: Portal, statement: str, *values: Any) -> Any:
    with psycopg.connect(portal.facts.database_url()) as connection:
        return connection.execute(statement, values).fetchone()


def awaited(portal: Portal, condition: Callable[[Any], bool], statement: str, *values: Any) -> Any:
    """Return the row of a statement as soon as it meets a condition.

    On one connection and often: what is to be killed at work may be done in a second.
    """
    until = time.monotonic() + PATIENCE_S
    with psycopg.connect(portal.facts.database_url(), autocommit=True) as connection:
        while not condition(found := connection.execute(statement, values).fetchone()):
            assert time.monotonic() < until, (found, portal.log.read_text()[-3000:])
            time.sleep(0.005)
    return found
