from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from common.errors import Invalid
from datasets.models import Dataset
from datasets.services import dataset_create
from monitoring.models import Job
from tests.factories import make_catalogue, make_user, tiny_recipe

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
