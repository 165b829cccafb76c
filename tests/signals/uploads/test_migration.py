from contextlib import suppress

import pytest
from django.db import connection

from signals.models import Annotation, Signal, SignalStore, Tag
from tests.factories import make_dataset
from tests.migrating import migrated_back
from tests.signals.recordings import npy, sine, upload

pytestmark = pytest.mark.django_db(transaction=True)


def test_going_back_takes_the_uploads_and_leaves_the_datasets():
    dataset = make_dataset()
    kept = upload(npy(sine(256)), name="a name longer than a label was.npy")
    signal = Signal.objects.get(store__upload=kept)
    signal.tags.add(Tag.objects.create(name="odd"))
    Annotation.objects.create(signal=signal, author=kept.owner, text="rubs")
    with migrated_back("signals", "0001_initial"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM signals_signal")
        assert cursor.fetchone() == (dataset.store.n_signals,)
    assert SignalStore.objects.get() == dataset.store


def test_an_empty_database_gets_at_once_what_the_steps_make():
    """And all of it is there again after a test that failed on the older schema."""
    at_once = schema()
    with suppress(ZeroDivisionError), migrated_back("monitoring", "0001_initial"):
        assert schema() != at_once
        _ = 1 / 0
    assert schema() == at_once


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
