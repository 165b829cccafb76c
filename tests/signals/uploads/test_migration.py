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


def test_everything_is_there_again_after_a_test_that_failed_on_the_older_schema():
    tables = connection.introspection.table_names()
    with suppress(ZeroDivisionError), migrated_back("monitoring", "0001_initial"):
        assert connection.introspection.table_names() != tables
        _ = 1 / 0
    assert connection.introspection.table_names() == tables
