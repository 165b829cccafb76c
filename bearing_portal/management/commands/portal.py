import os
import signal
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from bearing_portal.operations.runner.portal import Plan, Portal, RefusedError
from vibration.processes import die_with_parent


class Command(BaseCommand):
    help = (
        "Start the portal on this machine: PostgreSQL and Valkey unless DATABASE_URL and REDIS_URL "
        "name them, then the processes of the Procfile. Ctrl-C stops all of it."
    )
    requires_system_checks: list[str] = []  # `prepare` runs them, when something has changed

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--show-password",
            action="store_true",
            help="print the admin password generated at the first start, and end",
        )
        parser.add_argument(
            "--with-parent",
            action="store_true",
            help="stop when the process that started this one ends, however it ends",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        plan = current_plan()
        if options["show_password"]:
            self.stdout.write(kept_password(plan))
            return
        if options["with_parent"]:
            die_with_parent(os.getppid(), signal.SIGTERM)
        try:
            Portal(plan).run()
        except RefusedError as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal


def current_plan() -> Plan:
    return Plan(
        base_dir=Path(settings.BASE_DIR),
        data_dir=settings.DATA_DIR,
        static_root=settings.STATIC_ROOT,
        host=settings.HOST,
        port=settings.PORT,
        postgres=settings.EMBEDDED_POSTGRES,
        valkey=settings.EMBEDDED_VALKEY,
        hashed_static=not settings.DEBUG,
    )


def kept_password(plan: Plan) -> str:
    try:
        return plan.password_file.read_text()
    except OSError as error:
        raise CommandError(
            f"{plan.data_dir} keeps no admin password ({error.strerror}): it is written there when "
            "the portal first starts. A new one: python manage.py changepassword admin",
            returncode=2,
        ) from error
