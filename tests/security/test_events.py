"""Who got in, who did not, and whose rights changed: written down, logged, and sent to syslog."""

import logging
import socket

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from bearing_portal.settings.environment import Environment
from bearing_portal.settings.logs import logging_settings
from monitoring.accounts.people import people_activate, people_deactivate
from monitoring.accounts.tokens import token_create, token_revoke
from monitoring.logs.security import syslog_handler
from monitoring.models import SystemEvent
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(caplog, django_capture_on_commit_callbacks):
    """Return the lines that an act logs once it is sure."""

    def run(act):
        caplog.set_level(logging.INFO, "portal.security")
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return [r.getMessage() for r in caplog.records if r.name == "portal.security"]

    return run


def log_in(user, word="secret"):
    return Client().post(reverse("login"), {"username": user.username, "password": word})


def test_a_log_in_and_a_failed_one_are_logged(said):
    user = make_user()
    good, bad = said(lambda: (log_in(user), log_in(user, "guess")))
    assert good.startswith(f'event="login" actor="{user.username}"')
    assert bad.startswith(f'event="login-failed" actor="-" subject="{user.username}"')


def test_a_pause_of_log_ins_is_logged_once(said, settings):
    settings.AXES_ENABLED, settings.AXES_FAILURE_LIMIT = True, 2
    user = make_user()
    lines = said(lambda: [log_in(user, "guess") for _ in range(4)])
    assert [line.split()[0] for line in lines].count('event="locked"') == 1


def test_a_token_made_and_revoked_is_logged_without_its_secret(said):
    user = make_user()
    secrets = []

    def act():
        token, secret = token_create(user=user, name="rig")
        secrets.append(secret)
        token_revoke(user=user, pk=token.pk)

    made, revoked = said(act)
    assert 'event="access"' in made
    assert "revoked" in revoked
    assert secrets[0] not in made + revoked


def test_a_name_with_a_line_break_forges_no_second_line(said):
    (line,) = said(lambda: Client().post(reverse("login"), {"username": "a\nb", "password": "x"}))
    assert "\n" not in line


def test_what_an_administrator_changes_of_rights_is_written_down(client):
    admin, person = make_user("superuser"), make_user("viewer")
    client.force_login(admin)
    group = Group.objects.create(name="engineer")
    sent = {
        "username": person.username,
        "is_active": "on",
        "groups": [group.pk],
        "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00:00",
    }
    answer = client.post(reverse("admin:auth_user_change", args=[person.pk]), sent)
    assert answer.status_code == 302
    event = SystemEvent.objects.get(kind="access")
    assert (event.actor, event.subject) == (admin, person.username)
    assert event.detail == "may: active, viewer → active, engineer"


def test_who_is_let_in_no_more_and_again_is_written_down():
    admin, person = make_user("superuser"), make_user("viewer")
    people_deactivate(user=admin, people=[person])
    people_activate(user=admin, people=[person])
    told = SystemEvent.objects.filter(kind="access").order_by("id")
    assert [event.detail for event in told] == ["deactivated", "activated"]


def test_a_new_password_is_written_down(client):
    user = make_user()
    client.force_login(user)
    word = "a long new one 7"
    given = {"old_password": "secret", "new_password1": word, "new_password2": word}
    client.post(reverse("password_change"), given)
    assert SystemEvent.objects.get(kind="access").detail == "password changed"


def test_syslog_is_sent_each_event_as_one_datagram():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        host, port = server.getsockname()
        handler = syslog_handler(host=host, port=port)
        record = logging.makeLogRecord({"msg": 'event="login"', "levelname": "INFO"})
        handler.handle(record)
        handler.close()
        assert server.recv(2000) == b'<86>bearing-portal: event="login"'


def test_syslog_is_told_of_security_alone_and_where_it_is_wanted(monkeypatch, tmp_path):
    monkeypatch.delenv("SYSLOG_ADDRESS", raising=False)
    assert "syslog" not in logging_settings(Environment(), tmp_path)["handlers"]
    monkeypatch.setenv("SYSLOG_ADDRESS", "udp://log.example.org")
    made = logging_settings(Environment(), tmp_path)
    assert (made["handlers"]["syslog"]["host"], made["handlers"]["syslog"]["port"]) == (
        "log.example.org",
        514,
    )
    assert made["loggers"]["portal.security"]["handlers"] == ["syslog"]
    assert "syslog" not in made["root"]["handlers"]
