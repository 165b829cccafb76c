import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier, Event

import pytest
from django.db import connection, connections

from common.errors import Invalid
from datasets.models import Dataset
from datasets.services import dataset_create, dataset_delete, dataset_purge
from monitoring.jobs.lifecycle import JobLost, job_create
from monitoring.models import Job
from signals.models import SignalFeatures, SignalStore
from signals.services.feature_groups import store_features_measure
from signals.services.removal import REMOVE
from tests.factories import make_catalogue, make_dataset, make_user, tiny_recipe

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]


@pytest.mark.parametrize("names", [("Pump", "Pump"), ("Pump", "pump")])
def test_of_two_who_create_the_same_name_at_once_one_wins_and_one_reads_why(names):
    make_catalogue()
    users = [make_user("engineer") for _ in names]
    start = Barrier(len(names))

    def create(owner, name):
        try:
            start.wait()
            return dataset_create(owner=owner, name=name, recipe=tiny_recipe())
        except Invalid as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(names)) as pool:
        results = list(pool.map(create, users, names))

    refusals = [result for result in results if isinstance(result, Invalid)]
    assert Dataset.objects.count() == Job.objects.count() == 1
    assert len(refusals) == 1
    assert "is taken" in refusals[0].field_errors["name"][0]


PATIENCE_S = 60


def waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def test_who_removes_a_dataset_waits_for_features_that_are_being_written():
    dataset = make_dataset(per_class=2)
    store, owner = dataset.store, dataset.store.owner
    dataset_delete(user=owner, dataset=dataset)
    is_writing, may_end = Event(), Event()

    def guard():
        is_writing.set()
        may_end.wait(PATIENCE_S)

    def write():
        with closing(connections["default"]):
            return store_features_measure(store=store, group="severity", guard=guard)

    def purge():
        with closing(connections["default"]):
            return dataset_purge(user=owner, dataset=dataset)

    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(write)
        assert is_writing.wait(PATIENCE_S)
        purging = pool.submit(purge)
        give_up_at_s = time.monotonic() + PATIENCE_S
        while not (waits_for_a_lock() or purging.done()) and time.monotonic() < give_up_at_s:
            time.sleep(0.01)
        may_end.set()
        purging.result(PATIENCE_S)
        writing.result(PATIENCE_S)
    assert not Dataset.objects.exists()
    assert not SignalFeatures.objects.exists()


def test_what_a_job_removes_gets_no_more_features():
    store = make_dataset(per_class=2).store
    removal = job_create(owner=store.owner, kind=REMOVE, title="Delete it")

    def check():
        SignalStore.objects.filter(pk=store.pk).update(removed_by=removal)

    with pytest.raises(JobLost):
        store_features_measure(store=store, group="severity", check=check)
    assert not SignalFeatures.objects.exists()
