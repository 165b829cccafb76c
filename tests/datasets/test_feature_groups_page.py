"""The dataset's page: which features there are, and who may have more measured."""

import pytest
from django.urls import reverse

from signals.jobs import measure
from signals.models import StoreFeatures
from tests.factories import make_bearing, make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    return make_dataset(visibility="shared", duration_s=1.0, classes=("healthy",), per_class=2)


def page(client, dataset, user):
    client.force_login(user)
    return client.get(reverse("datasets:detail", args=[dataset.pk])).content.decode()


def ask(client, dataset, user, **data):
    client.force_login(user)
    return client.post(reverse("datasets:features", args=[dataset.pk]), data)


@pytest.mark.django_db(transaction=True)
def test_the_owner_has_a_group_measured_and_sees_it(client, dataset):
    owner = dataset.store.owner
    assert "measure-severity" in page(client, dataset, owner)
    assert ask(client, dataset, owner, group="severity").status_code == 204
    assert "every 2s" in page(client, dataset, owner)
    measure(StoreFeatures.objects.get().job_id)
    shown = page(client, dataset, owner)
    assert "every 2s" not in shown
    assert "measure-severity" not in shown
    assert "ISO 20816 severity: " in shown


def test_the_owner_stops_it(client, dataset):
    owner = dataset.store.owner
    ask(client, dataset, owner, group="severity")
    assert ask(client, dataset, owner, group="severity", act="cancel").status_code == 204
    assert not StoreFeatures.objects.get().job.is_active


def test_what_is_lacking_for_bearing_orders_is_said(client, dataset):
    assert "choose the one in which" in page(client, dataset, dataset.store.owner)
    dataset.store.bearing = make_bearing()
    dataset.store.save()
    assert "measure-bearing_orders" in page(client, dataset, dataset.store.owner)


def test_a_member_sees_and_may_not(client, dataset):
    member = make_user("engineer")
    assert "not measured" in page(client, dataset, member)
    assert ask(client, dataset, member, group="severity").status_code == 403


def test_a_stranger_sees_nothing(client, dataset):
    dataset.store.visibility = "private"
    dataset.store.save()
    assert ask(client, dataset, make_user("engineer"), group="severity").status_code == 404
    client.logout()
    assert client.post(reverse("datasets:features", args=[dataset.pk])).status_code == 302


def test_an_unknown_group_is_refused(client, dataset):
    assert ask(client, dataset, dataset.store.owner, group="odd\x00").status_code == 400
