"""Going back to an older schema, for as long as a test looks at it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from common.database.migrating import StepExecutor


@contextmanager
def migrated_back(app: str, name: str) -> Iterator[None]:
    """Go back to a migration, and afterwards to the newest of every app.

    Of every app: going back takes along what other apps' migrations built upon the one taken away.
    """
    try:
        StepExecutor(connection).migrate([(app, name)])
        yield
    finally:
        executor = StepExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
