import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from signals.models import Annotation, Signal, SignalStore, Tag
from tests.factories import make_dataset
from tests.signals.recordings import npy, sine, upload

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(name):
    executor = MigrationExecutor(connection)
    executor.migrate([("signals", name)])


def migrate_to_the_newest():
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes("signals"))


def test_going_back_takes_the_uploads_and_leaves_the_datasets():
    dataset = make_dataset()
    kept = upload(npy(sine(256)), name="a name longer than a label was.npy")
    signal = Signal.objects.get(store__upload=kept)
    signal.tags.add(Tag.objects.create(name="odd"))
    Annotation.objects.create(signal=signal, author=kept.owner, text="rubs")
    try:
        migrate("0001_initial")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM signals_signal")
            assert cursor.fetchone() == (dataset.store.n_signals,)
    finally:
        migrate_to_the_newest()
    assert SignalStore.objects.get() == dataset.store
