import pytest
from django.urls import reverse

from signals.models import SignalStore
from tests.factories import make_bearing, make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def bearing():
    return make_bearing(name="6205 C3")


@pytest.fixture
def dataset():
    return make_dataset(visibility="shared")


def choose(client, user, dataset, value):
    client.force_login(user)
    return client.post(reverse("datasets:bearing", args=[dataset.pk]), {"bearing": value})


def chosen(dataset):
    return SignalStore.objects.get(pk=dataset.store_id).bearing


def page(client, user, dataset):
    client.force_login(user)
    return client.get(reverse("datasets:detail", args=[dataset.pk])).content.decode()


def test_the_owner_chooses_on_the_page_and_takes_it_away(client, dataset, bearing):
    owner = dataset.store.owner
    assert 'id="dataset-bearing"' in page(client, owner, dataset)
    assert "datasets:changed" in choose(client, owner, dataset, bearing.pk)["HX-Trigger"]
    assert chosen(dataset) == bearing
    choose(client, owner, dataset, "")
    assert chosen(dataset) is None


def test_a_curator_chooses_for_a_shared_dataset(client, dataset, bearing):
    assert choose(client, make_user("curator"), dataset, bearing.pk).status_code == 204


def test_others_read_its_name_and_choose_nothing(client, dataset, bearing):
    choose(client, dataset.store.owner, dataset, bearing.pk)
    member = make_user("engineer")
    seen = page(client, member, dataset)
    assert "6205 C3" in seen
    assert "dataset-bearing" not in seen
    assert choose(client, member, dataset, "").status_code == 403
    assert chosen(dataset) == bearing


def test_for_a_stranger_the_dataset_does_not_exist(client, bearing):
    assert choose(client, make_user("curator"), make_dataset(), bearing.pk).status_code == 404


@pytest.mark.parametrize(("value", "status"), [("999999", 404), ("9" * 18, 404), ("x", 400)])
def test_an_unknown_bearing_is_refused(client, dataset, value, status):
    assert choose(client, dataset.store.owner, dataset, value).status_code == status


def test_a_proposal_of_somebody_else_cannot_be_chosen(client, dataset):
    proposed = make_bearing(is_proposed=True, proposed_by=make_user("engineer"))
    owner = dataset.store.owner
    assert choose(client, owner, dataset, proposed.pk).status_code == 404
    assert chosen(dataset) is None


def test_who_proposed_a_type_chooses_it(client, dataset):
    proposed = make_bearing(is_proposed=True, proposed_by=dataset.store.owner)
    assert choose(client, dataset.store.owner, dataset, proposed.pk).status_code == 204
    assert chosen(dataset) == proposed
