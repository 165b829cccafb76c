"""Take turns in PostgreSQL, and carry on when it goes away for a while."""

import logging
import time
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from django.contrib.auth import get_user_model
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Model, QuerySet

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
M = TypeVar("M", bound=Model)
OUTAGES = (OperationalError, InterfaceError)
PATIENCE_S = 90.0
_LONGEST_WAIT_S = 5.0


def only_row(rows: QuerySet[M]) -> M | None:
    """Return the row that a condition leaves, if there is one; `first` would sort it."""
    return next(iter(rows.order_by()[:1]), None)


def person_lock(pk: Any) -> None:
    """Have what else locks this person wait for the end of the transaction."""
    get_user_model().objects.select_for_update(no_key=True).get(pk=pk)


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


def after_commit(action: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
    """Run `action` once the transaction is committed; its failure is logged and harms nothing.

    Django names a failed hook by its `__qualname__`, which a partial lacks: hence the function.
    """

    def run() -> None:
        action(*args, **kwargs)

    run.__qualname__ = getattr(action, "__qualname__", run.__qualname__)
    transaction.on_commit(run, robust=True)
