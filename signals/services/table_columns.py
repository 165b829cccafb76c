"""Which columns of the explorer's table a person wants to see."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from common.errors import Invalid, NotAllowed
from signals.exploration.columns import COLUMNS, FIRST, Column, columns_of
from signals.models import TableColumn


@transaction.atomic
def columns_choose(*, user: Any, codes: Iterable[str]) -> tuple[Column, ...]:
    """Remember which columns `user` wants, in the order given; the first is always among them."""
    _known_or_refuse(user)
    wanted = tuple(dict.fromkeys((FIRST, *codes)))
    if unknown := set(wanted) - set(COLUMNS):
        raise Invalid(f"The table has no column “{min(unknown)[:40]}”.")
    # Two windows that choose at once do so in turn.
    get_user_model().objects.select_for_update().get(pk=user.pk)
    TableColumn.objects.filter(user=user).delete()
    rows = [TableColumn(user=user, position=place, code=code) for place, code in enumerate(wanted)]
    TableColumn.objects.bulk_create(rows)
    return columns_of(user)


def columns_reset(*, user: Any) -> tuple[Column, ...]:
    """Forget what `user` chose."""
    _known_or_refuse(user)
    TableColumn.objects.filter(user=user).delete()
    return columns_of(user)


def _known_or_refuse(user: Any) -> None:
    if not (user.is_authenticated and user.is_active):
        raise NotAllowed("Log in to choose columns.")
