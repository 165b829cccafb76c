"""Failed log-ins are throttled by account and by address, each by itself."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitoring.models import SystemEvent
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LIMIT = 5
HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture(autouse=True)
def throttle(settings):
    settings.AXES_ENABLED = True
    settings.AXES_FAILURE_LIMIT = LIMIT


def attempt(username, word="guess", address=HERE, **values):
    words = {"username": username, "password": word}
    return Client(REMOTE_ADDR=address).post(reverse("login"), words, **values)


def fail(n, username, **values):
    return [attempt(username, **values).status_code for _ in range(n)][-1]


def test_the_limit_is_reached_by_one_failure_after_another():
    user = make_user()
    assert fail(LIMIT - 1, user.username) == 200
    assert fail(1, user.username) == 429


def test_a_locked_account_refuses_even_the_right_password_and_says_how_long():
    user = make_user()
    fail(LIMIT, user.username)
    answer = attempt(user.username, "secret")
    assert answer.status_code == 429
    assert "Try again in 15 min" in answer.content.decode()
    assert 840 < int(answer["Retry-After"]) <= 900


def test_an_account_is_locked_whatever_address_tries_it():
    user = make_user()
    for number in range(LIMIT):
        attempt(user.username, address=f"192.0.2.{number + 10}")
    assert attempt(user.username, "secret", address=THERE).status_code == 429


def test_an_address_is_locked_whatever_account_it_tries():
    for number in range(LIMIT):
        attempt(f"nobody-{number}")
    user = make_user()
    assert attempt(user.username, "secret").status_code == 429
    assert attempt(user.username, "secret", address=THERE).status_code == 302


def test_trying_on_does_not_prolong_the_pause():
    user = make_user()
    fail(LIMIT, user.username)
    before = AccessAttempt.objects.get()
    fail(3, user.username)
    assert AccessAttempt.objects.get().attempt_time == before.attempt_time


def test_trying_on_does_not_fill_the_record_of_events():
    user = make_user()
    fail(LIMIT + 3, user.username)
    assert SystemEvent.objects.filter(kind="login-failed").count() == LIMIT


def test_after_the_pause_one_may_log_in():
    user = make_user()
    fail(LIMIT, user.username)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert attempt(user.username, "secret").status_code == 302


def test_a_good_log_in_forgets_ones_own_failures():
    user = make_user()
    fail(LIMIT - 1, user.username)
    attempt(user.username, "secret")
    assert fail(LIMIT - 1, user.username) == 200


def test_a_good_log_in_forgets_no_failures_at_another_account():
    owner, attacker = make_user(), make_user()
    fail(LIMIT - 1, owner.username)
    attempt(attacker.username, "secret")
    assert fail(1, owner.username) == 429


def test_an_administrator_unlocks_an_account():
    user = make_user()
    fail(LIMIT, user.username)
    call_command("axes_reset_username", user.username)
    assert attempt(user.username, "secret").status_code == 302


def test_no_password_is_kept_with_a_failure():
    attempt("somebody", "correct horse")
    kept = str(AccessAttempt.objects.values().get())
    assert "correct horse" not in kept


@pytest.mark.parametrize(("trusted", "counted"), [(False, HERE), (True, "198.51.100.7")])
def test_a_forwarded_address_counts_only_behind_a_trusted_proxy(settings, trusted, counted):
    settings.TRUST_PROXY_HEADERS = trusted
    attempt("somebody", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
    assert AccessAttempt.objects.get().ip_address == counted


def change(client, old):
    words = {"old_password": old, "new_password1": "a-new-Word-9", "new_password2": "a-new-Word-9"}
    return client.post(reverse("password_change"), words, REMOTE_ADDR=HERE)


def test_the_old_password_cannot_be_guessed_from_an_open_session(client):
    user = make_user()
    client.force_login(user)
    codes = [change(client, "guess").status_code for _ in range(LIMIT)]
    assert codes[:-1] == [200] * (LIMIT - 1)
    assert codes[-1] == 429
    assert change(client, "secret").status_code == 429
    user.refresh_from_db()
    assert user.check_password("secret")


def test_a_right_old_password_changes_it(client):
    user = make_user()
    client.force_login(user)
    change(client, "guess")
    assert change(client, "secret").status_code == 302
    user.refresh_from_db()
    assert user.check_password("a-new-Word-9")
