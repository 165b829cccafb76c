"""Django's `migrate`, made for a portal that is at work meanwhile."""

import time
from typing import Any, Final

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from psycopg.errors import LockNotAvailable

from common.commands import FAILED, whole_number
from common.database.migrating import StepExecutor

migrate.MigrationExecutor = StepExecutor  # Django offers no other way in
LOCK_S: Final = 1  # whoever asks for a table meanwhile stands in line behind the migration
PAUSE_S: Final = 2.0
WAIT_S: Final = 300
# Left by a migration that was cut short: it would stumble over the name.
BROKEN: Final = """
    SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE NOT indisvalid AND relnamespace = current_schema()::regnamespace
    AND indexrelid NOT IN (SELECT index_relid FROM pg_stat_progress_create_index)
"""


class Command(migrate.Command):
    help = (
        f"{migrate.Command.help} A table that somebody holds is waited for in short turns, so that "
        "pages are not held up behind the migration."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--wait",
            type=whole_number(0, 86_400),
            default=WAIT_S,
            metavar="S",
            help=f"give up after S seconds where tables stay held (default: {WAIT_S})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        give_up_at_s = time.monotonic() + options["wait"]
        self._connection = connections[options["database"]]
        try:
            while not self._try(*args, **options):
                if time.monotonic() >= give_up_at_s:
                    raise CommandError(
                        f"Somebody held a table for {options['wait']} s; what came before it is "
                        "done. End the long transaction, then run this again.",
                        returncode=FAILED,
                    )
                self.stdout.write("A table is held by somebody; trying again in a moment.")
                time.sleep(PAUSE_S)
        finally:
            if not self._connection.in_atomic_block:
                self._connection.close()  # what was set is of this connection

    def _try(self, *args: Any, **options: Any) -> bool:
        try:
            super().handle(*args, **options)
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            # Django leaves the transaction open where its last statements failed: begin anew.
            self._connection.close()
            self._connection.connect()
            return False
        return True

    def migration_progress_callback(
        self, action: str, migration: Migration | None = None, fake: bool = False
    ) -> None:
        if action in ("apply_start", "unapply_start") and migration is not None:
            bound(self._connection, migration)
        super().migration_progress_callback(action, migration, fake)  # type: ignore[arg-type]


def bound(connection: BaseDatabaseWrapper, migration: Migration) -> None:
    """Wait shortly for locks, and as long as it takes for the work itself.

    What works concurrently holds nobody up while it waits, and leaves a broken index where it is
    cut short.
    """
    lock = f"{LOCK_S}s" if migration.atomic else "0"
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [lock])
        cursor.execute("SELECT set_config('statement_timeout', '0', false)")
        if not migration.atomic:
            cursor.execute(BROKEN)
            for (index,) in cursor.fetchall():
                cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {index}")
