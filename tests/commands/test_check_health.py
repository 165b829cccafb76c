import json

from django.core import mail

from monitoring.health.checks import Check
from monitoring.management.commands import check_health
from tests.commands.running import NOBODY, called, refusal, run

WELL = Check("clock", True, "0.0 s from the database's clock")
ILL = Check("workers", False, "0 workers run", "Start a worker: jobs wait until one runs.")


def test_all_well_is_status_zero(monkeypatch):
    monkeypatch.setattr(check_health, "run_checks", lambda: [WELL])
    assert called("check_health").startswith("ok    clock")


def test_a_failing_check_is_status_one_with_advice(monkeypatch, capsys):
    monkeypatch.setattr(check_health, "run_checks", lambda: [WELL, ILL])
    error = refusal("check_health")
    assert error.returncode == 1
    assert str(error) == "1 of 2 checks fails: workers."


def test_advice_stands_below_the_finding():
    assert "→ Start a worker" in check_health.as_table([WELL, ILL])


def test_its_json_says_all_that_was_found(monkeypatch):
    monkeypatch.setattr(check_health, "run_checks", lambda: [WELL])
    printed = json.loads(called("check_health", "--json"))
    assert printed["ok"] is True
    assert printed["checks"][0]["name"] == "clock"


def test_with_nothing_running_it_still_answers():
    ended = run("check_health", "--json", **NOBODY)
    assert ended.returncode == 1
    assert {"database", "valkey"} <= {
        check["name"] for check in json.loads(ended.stdout)["checks"] if not check["ok"]
    }


def test_a_test_alert_says_who_took_it(settings):
    settings.ALERT_EMAILS, settings.ALERT_WEBHOOKS = ["a@example.org"], []

    assert called("check_health", "--test-alert") == "Sent to a@example.org.\n"

    assert mail.outbox[0].subject == "Bearing Portal: Test of the alerts"


def test_a_test_alert_that_nobody_took_is_status_one(settings):
    settings.ALERT_EMAILS, settings.ALERT_WEBHOOKS = [], ["http://127.0.0.1:1/hook"]

    error = refusal("check_health", "--test-alert")

    assert (error.returncode, str(error)) == (1, "Only 0 of 1 took the alert; the log says why.")


def test_a_test_alert_to_nobody_is_refused(settings):
    settings.ALERT_EMAILS = settings.ALERT_WEBHOOKS = []

    assert refusal("check_health", "--test-alert").returncode == 2
