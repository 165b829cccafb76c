"""How the database is emptied after a test that commits.

Django's own flush truncates each table, which makes new files for all of them and their indexes,
and then writes content types and permissions again, under other numbers than running processes
know. Here rows are deleted, and these two tables stay: they say what the code says.
"""

import time
from typing import Any

from django.db import OperationalError, connection, transaction

KEPT = frozenset({"django_content_type", "auth_permission"})
TRIES = 5


def empty(_test_case: Any = None) -> None:
    """Delete all rows; again where a request that was still being answered stood in the way."""
    for _ in range(TRIES - 1):
        try:
            return _delete_all()
        except OperationalError:
            time.sleep(0.5)
    return _delete_all()


def _delete_all() -> None:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [connection.ops.quote_name(name) for name in names if name not in KEPT]
    with transaction.atomic(), connection.cursor() as cursor:
        # Whoever is still writing ends first: what he writes is deleted too.
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SET LOCAL session_replication_role = replica")  # no order, no triggers
        cursor.execute("; ".join(f"DELETE FROM {table}" for table in tables))  # noqa: S608
