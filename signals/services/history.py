"""Lines in the admin site's history of a row: who changed what, when."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models

from signals.models import Signal


def history_write(*, user: Any, entries: Iterable[tuple[models.Model, str]]) -> None:
    """Write a line for each of some rows."""
    LogEntry.objects.bulk_create(
        LogEntry(
            user_id=user.pk,
            content_type=ContentType.objects.get_for_model(row),
            object_id=str(row.pk),
            object_repr=str(row)[:200],
            action_flag=CHANGE,
            change_message=message,
        )
        for row, message in entries
    )


def signals_history_write(*, user: Any, signals: list[int], message: str) -> None:
    """Write the same line for many signals, by their ids, without reading them."""
    entry, signal = (
        connection.ops.quote_name(model._meta.db_table) for model in (LogEntry, Signal)
    )
    statement = f"""
        INSERT INTO {entry} (
            action_time, object_id, object_repr, action_flag, change_message, content_type_id,
            user_id
        )
        SELECT now(), id::text, label, %s, %s, %s, %s FROM {signal} WHERE id = ANY(%s::bigint[])
    """  # noqa: S608 - the tables' names come from the models
    kind = ContentType.objects.get_for_model(Signal).pk
    with connection.cursor() as cursor:
        cursor.execute(statement, [CHANGE, message, kind, user.pk, signals])
