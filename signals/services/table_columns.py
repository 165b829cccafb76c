"""Which columns of a table a person wants to see."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from common.errors import Invalid, NotAllowed
from signals.exploration.columns import COLUMNS, FIRST, Column, columns_of
from signals.models import TableColumn

SIGNALS = TableColumn.Table.SIGNALS


def columns_choose(*, user: Any, codes: Iterable[str]) -> tuple[Column, ...]:
    """Remember the explorer's columns in the order given; the first is always among them."""
    columns_keep(user=user, table=SIGNALS, codes=(FIRST, *codes), known=COLUMNS)
    return columns_of(user)


def columns_reset(*, user: Any) -> tuple[Column, ...]:
    """Forget what `user` chose for the explorer."""
    columns_forget(user=user, table=SIGNALS)
    return columns_of(user)


@transaction.atomic
def columns_keep(*, user: Any, table: str, codes: Iterable[str], known: Iterable[str]) -> None:
    """Remember which of the `known` columns of a table `user` wants, in the order given."""
    _known_or_refuse(user)
    wanted = tuple(dict.fromkeys(codes))
    if unknown := set(wanted) - set(known):
        raise Invalid(f"The table has no column “{min(unknown)[:40]}”.")
    # Two windows that choose at once do so in turn.
    get_user_model().objects.select_for_update().get(pk=user.pk)
    TableColumn.objects.filter(user=user, table=table).delete()
    rows = [
        TableColumn(user=user, table=table, position=place, code=code)
        for place, code in enumerate(wanted)
    ]
    TableColumn.objects.bulk_create(rows)


def columns_forget(*, user: Any, table: str) -> None:
    """Forget what `user` chose for a table."""
    _known_or_refuse(user)
    TableColumn.objects.filter(user=user, table=table).delete()


def _known_or_refuse(user: Any) -> None:
    if not (user.is_authenticated and user.is_active):
        raise NotAllowed("Log in to choose columns.")
