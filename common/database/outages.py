"""Carry on when PostgreSQL goes away for a while."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)

T = TypeVar("T")
OUTAGES = (OperationalError, InterfaceError)
PATIENCE_S = 90.0
_LONGEST_WAIT_S = 5.0


def drop_connection() -> None:
    """Forget a broken connection, so that the next query opens a new one."""
    try:
        connection.close()
    except OUTAGES:
        connection.connection = None


def retried(action: Callable[[], T], *, patience_s: float = PATIENCE_S) -> T:
    """Repeat `action` while the database is away, at most `patience_s`.

    The action must be whole in itself: a transaction whose commit got lost on the way is run again.
    """
    wait_s, give_up_at = 0.2, time.monotonic() + patience_s
    while True:
        try:
            return action()
        except OUTAGES as error:
            # Inside a transaction only whoever opened it can begin again.
            if connection.in_atomic_block or time.monotonic() > give_up_at:
                raise
            logger.warning("PostgreSQL is away, trying again in %.1f s: %s", wait_s, error)
            drop_connection()
            time.sleep(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
