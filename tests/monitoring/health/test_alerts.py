import json
import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core import mail

from monitoring.health import alert_messages, alerts
from monitoring.health.alert_messages import Alert, alert_send
from monitoring.health.alerts import AlertWatch, judge
from monitoring.health.checks import Check

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
AFTER = timedelta(minutes=5)
RED = Check("database", False, "No answer", "Start PostgreSQL.")
WELL = Check("database", True, "PostgreSQL answers")


def told(colours):
    """Return what is told in each of so many minutes: `r` red, `w` well again, `.` nothing."""
    states, said = {}, ""
    for minute, colour in enumerate(colours):
        check = RED if colour == "R" else WELL
        now = START + timedelta(minutes=minute)
        states, alert = judge(states, [check], now=now, after=AFTER)
        said += "r" if alert.red else "w" if alert.well else "."
    return said


@pytest.mark.parametrize(
    ("colours", "said"),
    [
        ("GGGG", "...."),
        ("RRRRR", "....."),
        ("RRRRRRRR", ".....r.."),
        ("RRRRRRGGGGGGGG", ".....r.....w.."),
        ("RGRGRGRGRGRGRG", ".............."),
        ("RRRRRRGRGRGRRRRRRRRRR", ".....r..............."),
        ("RRRRRRGGGGGGRRRRRR", ".....r.....w.....r"),
    ],
)
def test_what_lasts_is_told_once_and_what_comes_and_goes_is_not(colours, said):
    assert told(colours) == said


def test_checks_that_are_due_together_are_one_alert():
    states, _ = judge({}, [RED, Check("clock", False, "Unknown")], now=START, after=AFTER)
    _, alert = judge(
        states, [RED, Check("clock", False, "Unknown")], now=START + AFTER, after=AFTER
    )

    assert alert.title == "database, clock fail"
    assert "Start PostgreSQL." in alert.text


class Receiver:
    """A web server that keeps what it is sent, and answers as it is told."""

    def __init__(self):
        self.bodies, self.status, self.lag_s, self.asked = [], 200, 0.0, 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                receiver.asked += 1
                length = int(self.headers["Content-Length"])
                receiver.bodies.append(json.loads(self.rfile.read(length)))
                time.sleep(receiver.lag_s)
                self.send_response(receiver.status)
                self.send_header("Location", f"{receiver.url}/elsewhere")
                self.end_headers()

            def do_GET(self):  # what a followed redirect would ask
                self.do_POST()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver(settings):
    receiver = Receiver()
    settings.ALERT_WEBHOOKS = [f"{receiver.url}/hooks/very-secret"]
    settings.ALERT_EMAILS = []
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture
def checks(monkeypatch):
    """Return the list that the watch finds, with no time to wait for."""
    found = [RED]
    monkeypatch.setattr(alerts, "run_checks", lambda: list(found))
    return found


@pytest.fixture
def watch(settings, tmp_path, checks):
    settings.DATA_DIR = tmp_path
    settings.ALERT_AFTER_MINUTES = 0
    return lambda: AlertWatch(is_its_turn=lambda: True)


def test_a_webhook_is_told_what_is_red_with_what_to_do(receiver, settings):
    settings.SITE_URL = "https://portal.example.org"

    assert alert_send(Alert(at=START, red=(RED,))) == ["127.0.0.1"]

    (body,) = receiver.bodies
    assert body["red"] == [
        {"name": "database", "detail": "No answer", "advice": "Start PostgreSQL."}
    ]
    assert body["text"].startswith("Bearing Portal (https://portal.example.org): database fails")


def test_e_mail_goes_to_everybody_who_is_named(settings):
    settings.ALERT_EMAILS = ["a@example.org", "b@example.org"]
    settings.ALERT_WEBHOOKS = []

    alert_send(Alert(at=START, well=(WELL,)))

    (message,) = mail.outbox
    assert message.to == ["a@example.org", "b@example.org"]
    assert message.subject == "Bearing Portal: database is well again"


@pytest.mark.parametrize("status", [302, 307, 404, 500])
def test_a_redirect_or_refusal_is_a_failure_and_is_not_followed(receiver, caplog, status):
    receiver.status = status

    assert alert_send(Alert(at=START, red=(RED,))) == []

    assert receiver.asked == 1
    assert f"it answered {status}" in caplog.text
    assert "very-secret" not in caplog.text


def test_a_webhook_that_never_ends_its_answer_is_left(receiver, caplog, monkeypatch):
    receiver.lag_s = 60
    monkeypatch.setattr(alert_messages, "WHOLE_S", 0.2)

    assert alert_send(Alert(at=START, red=(RED,))) == []
    assert "No alert to the webhook at 127.0.0.1" in caplog.text


def test_a_webhook_that_is_not_there_does_not_keep_the_others_from_hearing(receiver, settings):
    settings.ALERT_WEBHOOKS = ["http://127.0.0.1:1/gone", *settings.ALERT_WEBHOOKS]

    assert alert_send(Alert(at=START, red=(RED,))) == ["127.0.0.1"]


def test_a_restart_tells_nothing_twice(receiver, watch, checks):
    watch().look()
    watch().look()
    checks[:] = [WELL]
    watch().look()
    watch().look()

    assert [len(body["red"]) for body in receiver.bodies] == [1, 0]
    assert [body["well"] for body in receiver.bodies] == [[], ["database"]]


def test_what_nobody_took_is_told_again(receiver, watch, checks):
    first = watch()
    receiver.status = 503
    first.look()
    receiver.status = 200
    first.look()
    first.look()
    assert receiver.asked == 2

    checks[:] = [WELL]
    receiver.status = 503
    first.look()
    receiver.status = 200
    first.look()
    first.look()
    assert receiver.asked == 4


def test_a_process_that_stands_by_tells_nothing(receiver, watch):
    AlertWatch(is_its_turn=lambda: False).look()

    assert receiver.asked == 0


@pytest.mark.parametrize("text", ["", "[]", '{"database": {}}', '{"database": {"is_red": 1}}'])
def test_a_damaged_memory_counts_as_none(receiver, watch, settings, caplog, text):
    (settings.DATA_DIR / "alerts.json").write_text(text)

    watch().look()

    assert receiver.asked == 1


def test_a_full_disk_does_not_keep_it_from_telling(receiver, watch, settings, caplog):
    first = watch()
    settings.DATA_DIR.rmdir()

    with caplog.at_level(logging.WARNING):
        first.look()
        first.look()

    assert receiver.asked == 1
    assert "cannot be written" in caplog.text
