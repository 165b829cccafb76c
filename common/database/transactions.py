"""Take turns in PostgreSQL, and act once what was written is there."""

from collections.abc import Callable
from typing import Any, ParamSpec

from django.contrib.auth import get_user_model
from django.db import transaction

P = ParamSpec("P")


def person_lock(pk: Any) -> None:
    """Have what else locks this person wait for the end of the transaction."""
    get_user_model().objects.select_for_update(no_key=True).get(pk=pk)


def after_commit(action: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
    """Run `action` once the transaction is committed; its failure is logged and harms nothing.

    Django names a failed hook by its `__qualname__`, which a partial lacks: hence the function.
    """

    def run() -> None:
        action(*args, **kwargs)

    run.__qualname__ = getattr(action, "__qualname__", run.__qualname__)
    transaction.on_commit(run, robust=True)
