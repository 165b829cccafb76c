import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError

from common.commands import FAILED, PortalCommand
from monitoring.health.checks import Check, run_checks


class Command(PortalCommand):
    help = "Check what the portal needs and say what to do. Exit status 1 when a check fails."
    example = "check_health\ncheck_health --json"
    on_interrupt = "Interrupted before all checks were made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the checks as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        checks = run_checks()
        failing = [check.name for check in checks if not check.ok]
        self.stdout.write(as_json(checks) if options["json"] else as_table(checks))
        if failing:
            verb = "fails" if len(failing) == 1 else "fail"
            raise CommandError(
                f"{len(failing)} of {len(checks)} checks {verb}: {', '.join(failing)}.",
                returncode=FAILED,
            )


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
