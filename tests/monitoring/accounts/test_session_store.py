"""A session, its person and their roles are read together, anew for each request."""

import json

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common.roles import ENGINEER
from monitoring.models import UserSession
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def log_in(user) -> Client:
    client = Client()
    client.post(reverse("login"), {"username": user.username, "password": "secret"})
    return client


def who(client) -> str | None:
    """Return whom the interface takes this browser for."""
    answer = client.get("/api/v1/me")
    return json.loads(answer.content)["user"] if answer.status_code == 200 else None


def may_create(client) -> bool:
    return "Create a dataset" in client.get(reverse("search")).content.decode()


@pytest.fixture
def person():
    return make_user("engineer")


@pytest.fixture
def browser(person):
    return log_in(person)


def test_session_person_and_roles_take_one_statement(browser):
    with CaptureQueriesContext(connection) as asked:
        assert may_create(browser)
    first, *others = [query["sql"] for query in asked]
    tables = ("django_session", "auth_user", "auth_group")
    assert all(f'"{table}"' in first for table in tables)
    assert not any(f'FROM "{table}"' in sql for sql in others for table in tables)


def test_a_session_beside_which_nobody_is_noted_logs_in_all_the_same(browser, person):
    UserSession.objects.all().delete()
    assert who(browser) == person.username


def test_the_session_says_who_it_is_not_what_is_noted_beside_it(browser, person):
    UserSession.objects.update(user=make_user("superuser"))
    assert who(browser) == person.username
    assert not browser.get(reverse("admin:index"), follow=True).context.get("available_apps")


def test_an_account_that_was_deactivated_is_out_with_the_next_request(browser, person):
    person.is_active = False
    person.save()
    assert who(browser) is None


def test_an_account_that_is_gone_is_out_with_the_next_request(browser, person):
    person.delete()
    assert who(browser) is None


def test_another_password_ends_the_session_with_the_next_request(browser, person):
    person.set_password("another")
    person.save()
    assert who(browser) is None


def test_a_session_whose_time_is_over_logs_nobody_in(browser):
    Session.objects.update(expire_date=timezone.now())
    assert who(browser) is None


def test_a_way_in_that_is_closed_lets_nobody_in(browser, settings):
    settings.AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend"]
    assert who(browser) is None


def test_an_earlier_secret_key_still_proves_a_session(browser, person, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 60, [settings.SECRET_KEY]
    assert who(browser) == person.username


def test_a_role_is_gone_with_the_next_request(browser, person):
    assert may_create(browser)
    person.groups.remove(Group.objects.get(name=ENGINEER))
    assert not may_create(browser)


def test_a_role_is_there_with_the_next_request():
    person = make_user("viewer")
    browser = log_in(person)
    assert not may_create(browser)
    person.groups.add(Group.objects.create(name=ENGINEER))
    assert may_create(browser)


@pytest.mark.parametrize("key", ['"\\000abcdefgh"', "x" * 9000, "é" * 20])
def test_a_key_that_is_none_logs_in_nobody(key):
    browser = Client()
    answer = browser.get("/", headers={"Cookie": f"sessionid={key}"})
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("login"))


def test_who_came_with_a_key_that_is_none_can_log_in(person):
    browser = Client()
    known = {"username": person.username, "password": "secret"}
    browser.post(reverse("login"), known, headers={"Cookie": 'sessionid="\\000abcdefgh"'})
    assert who(browser) == person.username
