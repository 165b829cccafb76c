"""The viewer marks the mains of the recording and says whose word they are."""

import pytest
from django.urls import reverse

from monitoring.accounts.settings import preferences_save
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def signal(owner):
    dataset = make_dataset(owner, visibility="shared", duration_s=1.0, classes=("wear",))
    return dataset.store.signals.first()


def change(client, user, signal, **data):
    client.force_login(user)
    return client.post(reverse("viewer-mains", args=[signal.pk]), data)


def test_the_owner_says_it_for_one_signal_or_for_all(client, owner, signal):
    assert change(client, owner, signal, mains="60").status_code == 204
    signal.refresh_from_db()
    assert (signal.mains_hz, signal.store.mains_hz) == (60, None)
    assert change(client, owner, signal, mains="60", all="1").status_code == 204
    signal.store.refresh_from_db()
    assert signal.store.mains_hz == 60
    page = client.get(reverse("viewer-mains", args=[signal.pk])).content.decode()
    assert '<option value="60" selected>' in page


@pytest.mark.parametrize(("chosen", "status"), [("55", 400), ("x", 404), ("9" * 30, 404)])
def test_what_is_no_mains_is_refused(client, owner, signal, chosen, status):
    assert change(client, owner, signal, mains=chosen).status_code == status


def test_a_member_reads_it_and_may_not_change_it(client, signal):
    member = make_user("engineer")
    assert change(client, member, signal, mains="60").status_code == 403
    page = client.get(reverse("viewer-mains", args=[signal.pk])).content.decode()
    assert "Nobody said" in page


def test_a_stranger_finds_nothing(client, signal):
    signal.store.visibility = "private"
    signal.store.save()
    assert change(client, make_user("viewer"), signal, mains="60").status_code == 404


def test_the_settings_page_keeps_it(client, owner):
    client.force_login(owner)
    answer = client.post(
        reverse("settings"), {"theme": "light", "page_size": "50", "mains_hz": "60"}
    )
    assert answer.status_code == 302
    assert 'value="60" selected' in client.get(reverse("settings")).content.decode()
    preferences_save(user=owner, mains_hz=0)
    owner.portal_settings.refresh_from_db()
    assert owner.portal_settings.mains_hz is None
