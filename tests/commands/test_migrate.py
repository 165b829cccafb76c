import io

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.db.migrations import Migration

from bearing_portal.management.commands import migrate
from tests.migrating import migrated_back

pytestmark = pytest.mark.django_db(transaction=True)
WITHOUT_REVIEWS = ("signals", "0020_members")  # the next one makes a table that refers to signals


@pytest.fixture
def somebody():
    """A connection of somebody else."""
    with psycopg.connect(**_parameters()) as other:
        yield other


def _parameters():
    settings = connection.get_connection_params()
    return {key: settings[key] for key in ("dbname", "host", "port", "user", "password")}


def test_a_held_table_is_waited_for_in_turns_and_not_for_ever(somebody, monkeypatch):
    monkeypatch.setattr(migrate, "PAUSE_S", 0.1)

    class LetsGo(io.StringIO):
        def write(self, text):
            if "trying again" in text:
                somebody.rollback()
            return super().write(text)

    said = LetsGo()
    with migrated_back(*WITHOUT_REVIEWS):
        somebody.execute("LOCK TABLE signals_signal IN ROW EXCLUSIVE MODE")
        with pytest.raises(CommandError, match="Somebody held a table for 0 s"):
            call_command("migrate", "signals", wait=0, verbosity=0)
        assert "signals_labelreview" not in connection.introspection.table_names()

        call_command("migrate", "signals", stdout=said, verbosity=0)

        assert "signals_labelreview" in connection.introspection.table_names()
    assert "A table is held by somebody" in said.getvalue()


def test_an_index_cut_short_makes_way():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE twice AS SELECT 1 AS n FROM generate_series(1, 2)")
        try:
            with pytest.raises(IntegrityError):
                cursor.execute("CREATE UNIQUE INDEX CONCURRENTLY half_made ON twice (n)")
            migrate.bound(connection, type("Concurrent", (Migration,), {"atomic": False}))
            cursor.execute("SELECT to_regclass('half_made')")
            assert cursor.fetchone() == (None,)
        finally:
            cursor.execute("DROP TABLE twice")
            connection.close()


def test_afterwards_waits_are_as_before():
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        before = cursor.fetchone()
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == before
