"""Rows that a condition names."""

from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def only_row(rows: QuerySet[M]) -> M | None:
    """Return the row that a condition leaves, if there is one; `first` would sort it."""
    return next(iter(rows.order_by()[:1]), None)
