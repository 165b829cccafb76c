"""The datasets of tests are like those that people have."""

import pytest
from django.db import transaction

from datasets.models import Dataset
from datasets.selectors import dataset_folder
from tests.factories import _written, make_dataset, make_user, tiny_recipe
from tests.templates import TIME, Template
from vibration.store import StoreReader

pytestmark = pytest.mark.django_db
# Keys, and what is made of keys.
OWN = {"id", "store_id", "recipe_id", "dataset_id", "job_id", "folder", "about", "url"}


def said(pk):
    """Return every row of a dataset: whether there is a time, and all else as it stands."""
    rows = Template(Dataset.objects.get(pk=pk)).rows
    return {model: [_without_keys(row) for row in each] for model, each in rows.items()}


def _without_keys(row):
    return {
        name: bool(value) if TIME.fullmatch(name) else value
        for name, value in row.items()
        if name not in OWN
    }


def test_a_dataset_from_a_template_says_what_the_services_write():
    made = {"owner": make_user("engineer"), "name": "Pump", "visibility": "shared"}
    make_dataset(seed=3)
    with transaction.atomic():
        by_services = said(_written(tiny_recipe(seed=3), made))
        transaction.set_rollback(True)

    copied = make_dataset(**made, seed=3)

    assert said(copied.pk) == by_services
    assert [signal.store_id for signal in copied.store.signals.all()] == [copied.store_id] * 6
    with StoreReader(dataset_folder(copied).path) as reader:
        assert reader.n == 6
