import json

import pytest
from django.urls import reverse

from datasets.losses import dataset_losses
from datasets.models import Dataset
from monitoring.models import SystemEvent
from signals.models import Annotation, Tag
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make_user("engineer")


@pytest.fixture
def dataset(owner):
    return make_dataset(owner, name="Whirl study", visibility="shared")


def edit(client, dataset, **values):
    sent = {"name": "Whirl study", "description": ""} | values
    return client.post(reverse("datasets:edit", args=[dataset.pk]), sent)


def test_the_owner_renames_and_describes_and_the_pages_hear_of_it(client, owner, dataset):
    client.force_login(owner)
    answer = edit(client, dataset, name="  Oil   whirl ", description="Rig 2, August.")
    assert "datasets:changed" in json.loads(answer["HX-Trigger"])
    dataset.refresh_from_db()
    assert (dataset.name, dataset.description) == ("Oil whirl", "Rig 2, August.")
    assert SystemEvent.objects.get(kind="edited").detail == "was Whirl study"


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("curator", 403), (None, 403)])
def test_others_may_not(client, dataset, role, status):
    client.force_login(make_user(role))
    assert edit(client, dataset, name="Mine").status_code == status
    assert Dataset.objects.get().name == "Whirl study"


def test_a_private_dataset_of_somebody_else_is_not_there(client, owner):
    private = make_dataset(owner, name="Private")
    client.force_login(make_user("engineer"))
    assert edit(client, private, name="Mine").status_code == 404


def test_a_taken_name_is_refused_with_a_free_one(client, owner, dataset):
    make_dataset(owner, name="Taken")
    client.force_login(owner)
    answer = edit(client, dataset, name="TAKEN")
    assert answer.status_code == 422
    assert "is free" in answer.content.decode()


def test_an_empty_name_is_refused_beside_its_field(client, owner, dataset):
    client.force_login(owner)
    answer = edit(client, dataset, name="   ")
    assert answer.status_code == 422
    assert "Enter a name." in answer.content.decode()


def test_deleting_names_what_nothing_can_make_again(client, owner, dataset):
    first, second = dataset.store.signals.order_by("row")[:2]
    first.tags.add(Tag.objects.create(name="loose"))
    second.tags.add(Tag.objects.create(name="noisy"))
    Annotation.objects.create(signal=first, author=owner, text="A knock at 2 s.")
    assert dataset_losses(owner, dataset) == ["the tags of 2 signals", "1 note"]
    client.force_login(owner)
    page = client.get(reverse("datasets:delete", args=[dataset.pk])).content.decode()
    assert "Nothing can make these again: the tags of 2 signals and 1 note." in page


def test_nothing_is_named_where_nothing_was_added(owner, dataset):
    assert dataset_losses(owner, dataset) == []
