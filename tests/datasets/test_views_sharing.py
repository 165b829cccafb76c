"""The sections Members and Activity, and the trash, as pages ask for them."""

import json

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from datasets.models import Dataset
from datasets.pages.losses import dataset_losses
from datasets.selectors import datasets_trashed, datasets_visible
from datasets.services import dataset_delete, dataset_member_set
from monitoring.models import SystemEvent
from signals.models import StoreMember
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def owner():
    return make_user("engineer")


@pytest.fixture
def dataset(owner):
    return make_dataset(owner, name="Rig")


@pytest.fixture
def browser(client, owner):
    client.force_login(owner)
    return client


def at(name, dataset, *more):
    return reverse(f"datasets:{name}", args=[dataset.pk, *more])


def let_in(dataset, whom, right="read"):
    return dataset_member_set(
        user=dataset.store.owner, dataset=dataset, name=str(whom), right=right
    )


def test_the_owner_adds_changes_and_removes_a_member(browser, dataset):
    member = make_user("viewer")
    page = browser.post(at("members", dataset), {"member": member.username, "right": "read"})
    assert member.username in page.content.decode()
    row = StoreMember.objects.get()
    browser.post(at("member-right", dataset, row.pk), {"right": "label"})
    row.refresh_from_db()
    assert row.may_label
    browser.post(at("member-remove", dataset, row.pk))
    assert not StoreMember.objects.exists()


def test_an_unknown_name_is_refused_beside_its_field_and_stays_there(browser, dataset):
    page = browser.post(at("members", dataset), {"member": "nobody", "right": "label"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "There is no person or group “nobody”." in text
    assert 'value="nobody"' in text
    assert '<option value="label" selected>' in text


def test_names_are_offered_of_people_and_groups_but_not_the_owner(browser, dataset, owner):
    make_user("viewer", username="mia", first_name="Mia", last_name="Kern")
    Group.objects.create(name="Mia's rig")
    offered = browser.get(at("member-names", dataset), {"member": "mia"}).content.decode()
    assert 'value="mia"' in offered
    assert "Mia Kern" in offered
    assert "Mia&#x27;s rig" in offered
    mine = browser.get(at("member-names", dataset), {"member": owner.username}).content.decode()
    assert "option" not in mine


def test_a_member_sees_who_else_but_may_change_nothing(client, dataset):
    member = make_user("viewer")
    row = let_in(dataset, member, "label")
    client.force_login(member)
    page = client.get(at("detail", dataset)).content.decode()
    assert "read and label" in page
    assert at("members", dataset) not in page
    assert client.post(at("members", dataset), {"member": "x", "right": "read"}).status_code == 403
    assert client.post(at("member-remove", dataset, row.pk)).status_code == 403
    assert client.get(at("member-names", dataset), {"member": "x"}).status_code == 403


def test_the_activity_tells_what_happened_newest_first(browser, dataset, owner):
    browser.post(at("share", dataset), {"visibility": "shared"})
    b"".join(browser.get(at("download", dataset)).streaming_content)
    activity = browser.get(at("detail", dataset)).context["activity"]
    assert [(event.words, event.actor) for event in activity] == [
        ("Downloaded", owner),
        ("Shared", owner),
        ("Created", owner),
    ]


def test_the_activity_of_another_dataset_of_the_name_is_not_told(browser, dataset, owner):
    dataset_delete(user=owner, dataset=dataset)
    again = make_dataset(owner, name="Rig")
    activity = browser.get(at("activity", again)).context["activity"]
    assert [event.words for event in activity] == ["Created"]


def test_the_activity_comes_in_pages(browser, dataset):
    for n in range(12):
        SystemEvent.objects.create(
            kind="edited", subject="Rig", detail=f"change {n}", about=dataset.store.about
        )
    second = browser.get(at("activity", dataset), {"page": "2"}).content.decode()
    assert "change 1" in second
    assert "change 11" not in second


def test_deleting_offers_to_undo_it(browser, dataset, owner):
    answer = browser.post(at("delete", dataset), headers=FRAGMENT)
    toast = json.loads(answer["HX-Trigger"])["portal:toast"]
    assert toast["title"] == "Rig is in the trash."
    browser.post(toast["undo"])
    assert datasets_visible(owner).get() == dataset


def test_deleting_from_its_own_page_offers_to_undo_it_in_the_list(browser, dataset):
    browser.post(at("delete", dataset), {"from": "detail"})
    page = browser.get(reverse("datasets:list")).content.decode()
    assert "Rig is in the trash." in page
    assert f'hx-post="{at("restore", dataset)}"' in page


def test_the_trash_lists_what_was_deleted_and_when_it_goes(browser, dataset, owner):
    dataset_delete(user=owner, dataset=dataset)
    page = browser.get(reverse("datasets:list"), {"scope": "trash"}).content.decode()
    assert at("restore", dataset) in page
    assert "in 30 days" in page
    assert f'href="{at("detail", dataset)}"' not in page
    assert list(browser.get(reverse("datasets:list")).context["page"]) == []


def test_a_name_taken_meanwhile_is_told_on_restoring(browser, dataset, owner):
    dataset_delete(user=owner, dataset=dataset)
    make_dataset(owner, name="Rig")
    answer = browser.post(at("restore", dataset))
    toast = json.loads(answer["HX-Trigger"])["portal:toast"]
    assert (toast["title"], toast["text"]) == (
        "Rig 2 is back.",
        "The name “Rig” is taken meanwhile.",
    )


def test_deleting_for_good_says_what_goes_and_what_is_freed(browser, dataset, owner):
    dataset_delete(user=owner, dataset=dataset)
    assert "6 signals" in browser.get(at("purge", dataset)).content.decode()
    answer = browser.post(at("purge", dataset))
    assert "This frees" in json.loads(answer["HX-Trigger"])["portal:toast"]["text"]
    assert not Dataset.objects.exists()


def test_the_trash_of_others_does_not_exist(client, dataset, owner):
    dataset_delete(user=owner, dataset=dataset)
    client.force_login(make_user("curator"))
    for name in ("restore", "purge"):
        assert client.post(at(name, dataset)).status_code == 404
    assert datasets_trashed(owner).exists()


def test_losses_of_apps_above_are_named_too(dataset, owner, monkeypatch):
    monkeypatch.setattr("datasets.pages.losses._TELLERS", [lambda each: [f"1 model of {each}"]])
    assert dataset_losses(owner, dataset) == ["1 model of Rig"]
