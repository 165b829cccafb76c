"""Writes of what signals are labelled with."""

from collections.abc import Iterable
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from common.errors import Invalid

M = TypeVar("M", bound=models.Model)


def rows_add_missing(rows: Iterable[M]) -> int:
    """Write the rows whose code is new; return how many."""
    wanted = list(rows)
    manager = type(wanted[0])._default_manager
    known = set(manager.values_list("code", flat=True))
    missing = [row for row in wanted if row.code not in known]  # type: ignore[attr-defined]
    for row in missing:
        _save_or_refuse(row)
    return len(missing)


def _save_or_refuse(row: models.Model) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise Invalid(
            f"{row._meta.verbose_name.capitalize()} “{row}” is missing and cannot be written "  # type: ignore[union-attr]
            f"({' '.join(error.messages)}) Rename the row that took its place."
        ) from error
    row.save()
