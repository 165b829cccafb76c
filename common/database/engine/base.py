"""A connection of the pool is proven before it is given out, mostly without a question.

The pool would send a statement through each, once a request. A server that ends a connection says
so, and what it said waits at the socket: a look there tells as much, and costs next to nothing.
Only what nobody ended and still leads nowhere (a cable that was pulled, an address that moved) says
nothing: so a connection that was not asked for a second is asked.
"""

import select
import time
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Error
from psycopg_pool import ConnectionPool

ASKED_EVERY_S = 1.0


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        # No more than the pool holds: each that is given back broken leaves it, and whoever finds
        # none that is whole waits for a new one no longer than the pool lets them.
        while self.pool and not is_sound(connection):
            connection.close()
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection


def is_sound(connection: Any) -> bool:
    """Tell whether a connection that waited in the pool still leads to the server."""
    now_s = time.monotonic()
    if now_s - getattr(connection, "asked_at_s", -ASKED_EVERY_S) < ASKED_EVERY_S and not _is_told(
        connection
    ):
        return True
    try:
        ConnectionPool.check_connection(connection)
    except Error:
        return False
    connection.asked_at_s = now_s
    return True


def _is_told(connection: Any) -> bool:
    """Tell whether the server said something without being asked, mostly that it ends."""
    if connection.closed:
        return True
    look = select.poll()
    look.register(connection.fileno(), select.POLLIN)
    return bool(look.poll(0))
