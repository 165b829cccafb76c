import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from common.commands import FAILED, REFUSED, PortalCommand
from monitoring.health.alert_messages import Alert, alert_send
from monitoring.health.alerts import is_alerting
from monitoring.health.checks import Check, run_checks


class Command(PortalCommand):
    help = "Check what the portal needs and say what to do. Exit status 1 when a check fails."
    example = "check_health\ncheck_health --json\ncheck_health --test-alert"
    on_interrupt = "Interrupted before all checks were made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the checks as JSON")
        parser.add_argument(
            "--test-alert", action="store_true", help="only try whether alerts arrive"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["test_alert"]:
            self.test_alert()
            return
        checks = run_checks()
        failing = [check.name for check in checks if not check.ok]
        self.stdout.write(as_json(checks) if options["json"] else as_table(checks))
        if failing:
            verb = "fails" if len(failing) == 1 else "fail"
            raise CommandError(
                f"{len(failing)} of {len(checks)} checks {verb}: {', '.join(failing)}.",
                returncode=FAILED,
            )

    def test_alert(self) -> None:
        if not is_alerting():
            raise CommandError(
                "Nobody is to be told; set ALERT_EMAILS or ALERT_WEBHOOKS.", returncode=REFUSED
            )
        took = alert_send(Alert(at=timezone.now(), is_test=True))
        n_asked = len(settings.ALERT_EMAILS) + len(settings.ALERT_WEBHOOKS)
        if len(took) < n_asked:
            raise CommandError(
                f"Only {len(took)} of {n_asked} took the alert; the log says why.",
                returncode=FAILED,
            )
        self.stdout.write(f"Sent to {', '.join(took)}.")


def as_json(checks: list[Check]) -> str:
    ok = all(check.ok for check in checks)
    return json.dumps({"ok": ok, "checks": [asdict(check) for check in checks]}, indent=2)


def as_table(checks: list[Check]) -> str:
    width = max(len(check.name) for check in checks)
    lines = []
    for check in checks:
        lines.append(f"{'ok' if check.ok else 'FAIL':<4}  {check.name:<{width}}  {check.detail}")
        if check.advice:
            lines.append(f"{'':<4}  {'':<{width}}  → {check.advice}")
    return "\n".join(lines)
