"""Rows written by COPY, many in one go."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection
from django.db.models import Model
from psycopg import Copy


@contextmanager
def copied_into(model: type[Model], names: Sequence[str]) -> Iterator[Copy]:
    """Give what writes rows of these columns.

    Errors come as Django's own, by which an outage is known: its cursor leaves those of a COPY as
    they are.
    """
    quoted = connection.ops.quote_name
    columns = ", ".join(map(quoted, names))
    statement = f"COPY {quoted(model._meta.db_table)} ({columns}) FROM STDIN"
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        yield copy
