"""Notices by e-mail: asked for, sent by the worker, never in the way."""

from smtplib import SMTPServerDisconnected

import django_rq
import pytest
from django.core import mail
from redis.exceptions import ConnectionError as ValkeyConnectionError

from monitoring.accounts.settings import preferences_save
from monitoring.models import NoticeChoice, Notification
from monitoring.notices import mail as portal_mail
from monitoring.notices.services import notification_send
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def with_mail(settings):
    settings.EMAIL_ENABLED = True
    settings.SITE_URL = "https://portal.example.org"


def person(*, in_portal=True, by_email=True, kind="ready", **values):
    user = make_user(**({"email": "ada@example.org"} | values))
    preferences_save(user=user, notices={kind: (in_portal, by_email)})
    return user


def send(user, callbacks, level="success"):
    """Send a notice, let the transaction end and the worker's task run."""
    with callbacks(execute=True):
        notification_send(
            user=user, title="Dataset ready", text="Pump one", url="/datasets/3/", level=level
        )
    for task in django_rq.get_queue("short").jobs:
        task.perform()


def test_who_asks_for_it_gets_an_e_mail_with_a_link(django_capture_on_commit_callbacks):
    send(person(), django_capture_on_commit_callbacks)
    (message,) = mail.outbox
    assert message.to == ["ada@example.org"]
    assert message.subject == "Bearing Portal: Dataset ready"
    assert "https://portal.example.org/datasets/3/" in message.body


@pytest.mark.parametrize(
    "values",
    [{"by_email": False}, {"kind": "failed"}, {"email": ""}, {"is_active": False}],
)
def test_nobody_else_gets_one(django_capture_on_commit_callbacks, values):
    send(person(**values), django_capture_on_commit_callbacks)
    assert mail.outbox == []


def test_a_notice_not_wanted_in_the_portal_is_not_there(django_capture_on_commit_callbacks):
    send(person(in_portal=False), django_capture_on_commit_callbacks)
    assert (Notification.objects.count(), len(mail.outbox)) == (0, 1)


@pytest.mark.parametrize(
    ("level", "kind"), [("success", "ready"), ("error", "failed"), ("info", "news")]
)
def test_each_level_is_of_one_kind(django_capture_on_commit_callbacks, level, kind):
    send(person(kind=kind), django_capture_on_commit_callbacks, level)
    assert len(mail.outbox) == 1


def test_without_a_mail_server_nothing_is_queued(settings, django_capture_on_commit_callbacks):
    settings.EMAIL_ENABLED = False
    send(person(), django_capture_on_commit_callbacks)
    assert mail.outbox == []


def test_a_queue_that_is_away_costs_only_the_e_mail(
    monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def away(*args, **values):
        raise ValkeyConnectionError("away")

    user = person()
    monkeypatch.setattr(portal_mail.django_rq, "get_queue", away)
    with django_capture_on_commit_callbacks(execute=True):
        notification_send(user=user, title="Dataset ready", level="success")
    assert Notification.objects.filter(user=user).exists()
    assert "the queue is away" in caplog.text


def test_a_server_that_hangs_up_is_logged_and_the_task_tried_again(monkeypatch, caplog):
    def hang_up(*args, **values):
        raise SMTPServerDisconnected("hung up")

    monkeypatch.setattr(portal_mail, "send_mail", hang_up)
    with pytest.raises(SMTPServerDisconnected):
        portal_mail.mail_send(user_id=person().pk, title="a", text="", url="")
    assert "hung up" in caplog.text


def test_an_address_outside_is_never_linked():
    portal_mail.mail_send(user_id=person().pk, title="a", text="", url="https://evil.example")
    assert "evil" not in mail.outbox[0].body


def test_the_choice_is_one_row_for_each_kind():
    user = person()
    preferences_save(user=user, notices={"ready": (False, False)})
    choice = NoticeChoice.objects.get(user=user)
    assert (choice.in_portal, choice.by_email) == (False, False)
