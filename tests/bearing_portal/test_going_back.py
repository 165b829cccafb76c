"""The way back to older schemas and forth again, once for all that is looked at on it."""

from contextlib import suppress

import pytest
from django.db import IntegrityError, connection

from common.database.migrating import StepExecutor
from monitoring.models import SystemEvent
from signals.models import Annotation, Signal, SignalStore, Tag
from tests.emptying import empty
from tests.factories import make_dataset
from tests.migrating import migrated_back
from tests.signals.recordings import npy, sine, upload

REMOVE_EVENT = "DELETE FROM monitoring_systemevent WHERE subject = 'old'"
ADD_EVENT = (
    "INSERT INTO monitoring_systemevent (at, kind, subject, detail)"
    " VALUES (now(), 'created', 'old', '')"
)


@pytest.fixture(scope="module")
def journey(django_db_setup, django_db_blocker):
    """What was seen before, on the way and afterwards."""
    with django_db_blocker.unblock():
        try:
            seen = {"at once": schema(), "dataset": make_dataset()}
            kept = upload(npy(sine(256)), name="a name longer than a label was.npy")
            signal = Signal.objects.get(store__upload=kept)
            signal.tags.add(Tag.objects.create(name="odd"))
            Annotation.objects.create(signal=signal, author=kept.owner, text="rubs")
            before_the_guard = migrated_back("monitoring", "0003_accounts_and_request_ids")
            with before_the_guard, connection.cursor() as cursor:
                cursor.execute(ADD_EVENT)
                cursor.execute(REMOVE_EVENT)
                seen["events removed"] = cursor.rowcount
                StepExecutor(connection).migrate([("signals", "0001_initial")])
                cursor.execute("SELECT count(*) FROM signals_signal")
                seen["signals"] = cursor.fetchone()[0]
            seen |= {"by steps": schema(), "stores": list(SignalStore.objects.all())}
            with connection.cursor() as cursor:
                SystemEvent.objects.create(kind=SystemEvent.Kind.CREATED, subject="old")
                try:
                    cursor.execute(REMOVE_EVENT)
                except IntegrityError as error:
                    seen["refusal"] = str(error)
            yield seen
        finally:
            empty()


@pytest.mark.django_db
def test_an_empty_database_gets_at_once_what_the_steps_make(journey):
    assert journey["by steps"] == journey["at once"]


@pytest.mark.django_db
def test_the_way_back_takes_the_uploads_and_leaves_the_datasets(journey):
    assert journey["signals"] == journey["dataset"].store.n_signals
    assert journey["stores"] == [journey["dataset"].store]


@pytest.mark.django_db
def test_the_guard_of_events_goes_and_comes_with_its_migration(journey):
    assert journey["events removed"] == 1
    assert "removed by retention only" in journey["refusal"]


@pytest.mark.django_db(transaction=True)
def test_everything_is_there_again_after_a_test_that_failed_on_the_older_schema():
    before = schema()
    with suppress(ZeroDivisionError), migrated_back("datasets", "0010_sources"):
        assert schema() != before
        _ = 1 / 0
    assert schema() == before


def schema():
    """Columns, constraints, indexes and triggers, each as PostgreSQL would make it."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT table_name, column_name, udt_name, character_maximum_length::text, is_nullable,
                column_default, is_identity
            FROM information_schema.columns WHERE table_schema = 'public'
            UNION SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid),
                '', '', '', '' FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION SELECT tablename, indexname, indexdef, '', '', '', ''
            FROM pg_indexes WHERE schemaname = 'public'
            UNION SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), '', '', '', ''
            FROM pg_trigger WHERE NOT tgisinternal
        """)
        return set(cursor.fetchall())
