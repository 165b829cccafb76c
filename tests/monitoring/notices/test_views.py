import pytest
from django.urls import reverse

from monitoring.notices.services import notification_send
from monitoring.selectors import unread_count
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client):
    user = make_user()
    client.force_login(user)
    return user


def new(client, after=0):
    return client.get(reverse("notifications:new"), {"after": after}).json()


def test_new_notices_are_those_after_the_last_one_known(client, owner):
    first = notification_send(user=owner, title="First")
    second = notification_send(user=owner, title="Second", url="/datasets/1/", level="success")
    answer = new(client, after=first.pk)
    assert [notice["title"] for notice in answer["notices"]] == ["Second"]
    assert (answer["unread"], answer["latest"]) == (2, second.pk)


def test_a_notice_that_comes_while_others_are_read_is_told_once(client, owner, monkeypatch):
    notification_send(user=owner, title="First")

    def counted_while_another_comes(user):
        monkeypatch.undo()
        notification_send(user=owner, title="Second")
        return unread_count(user)

    monkeypatch.setattr("monitoring.notices.views.unread_count", counted_while_another_comes)
    first = new(client)
    second = new(client, after=first["latest"])
    told = [notice["title"] for answer in (first, second) for notice in answer["notices"]]
    assert told == ["First", "Second"]


def test_nobody_hears_the_notices_of_another(client, owner):
    notification_send(user=make_user(), title="Private")
    assert new(client)["notices"] == []
    assert "Private" not in client.get(reverse("notifications:list")).content.decode()


@pytest.mark.parametrize("after", ["x", "9" * 4301])
def test_a_last_notice_that_is_no_number_counts_as_none(client, owner, after):
    notification_send(user=owner, title="First")
    assert len(new(client, after=after)["notices"]) == 1


def test_read_marks_all_mine_and_nobody_elses(client, owner):
    other = make_user()
    for user in (owner, other):
        notification_send(user=user, title="Ready")
    client.post(reverse("notifications:read"))
    assert [
        owner.notifications.get().read_at is None,
        other.notifications.get().read_at is None,
    ] == [
        False,
        True,
    ]


def test_opening_marks_read_and_leads_to_the_thing(client, owner):
    notice = notification_send(user=owner, title="Ready", url="/datasets/7/")
    response = client.post(reverse("notifications:open", args=[notice.pk]))
    notice.refresh_from_db()
    assert response.url == "/datasets/7/"
    assert notice.read_at is not None


def test_opening_never_leads_to_another_host(client, owner):
    notice = notification_send(user=owner, title="Ready", url="//evil.example/x")
    assert client.post(reverse("notifications:open", args=[notice.pk])).url == "/"


def test_a_foreign_notice_does_not_exist(client, owner):
    notice = notification_send(user=make_user(), title="Ready")
    assert client.post(reverse("notifications:open", args=[notice.pk])).status_code == 404


@pytest.mark.parametrize("name", ["notifications:read", "notifications:open"])
def test_changing_needs_a_post(client, owner, name):
    args = [1] if name.endswith("open") else []
    assert client.get(reverse(name, args=args)).status_code == 405
