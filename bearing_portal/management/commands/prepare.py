from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from bearing_portal.operations.embedded.facts import facts_path
from bearing_portal.operations.runner.stamps import (
    ROWS_STAMP,
    STATIC_STAMP,
    read_stamp,
    rows_stamp,
    static_stamp,
)
from bearing_portal.settings.environment import secret_kept_in
from monitoring.accounts.people import administrator_create

PASSWORD_BYTES = 12


class Command(BaseCommand):
    help = (
        "Bring database and static files to what this version needs: migrations, the admin "
        "account, the seed, hashed static files. Safe to repeat; `portal` does it by itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only",
            choices=("rows", "static"),
            help="Only the database, or only the static files, which need no database.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["only"] != "static":
            try:
                self._prepare_rows(rows_stamp(settings.BASE_DIR))
            except OperationalError as error:
                raise CommandError(f"PostgreSQL does not answer: {error}", returncode=2) from error
        if options["only"] != "rows":
            self._prepare_static(static_stamp(settings.BASE_DIR))

    def _prepare_static(self, static: str) -> None:
        if not settings.DEBUG and read_stamp(settings.STATIC_ROOT / STATIC_STAMP) != static:
            self.stdout.write("Collecting static files.")
            call_command("collectstatic", interactive=False, verbosity=0)
            (settings.STATIC_ROOT / STATIC_STAMP).write_text(static)

    def _prepare_rows(self, stamp: str) -> None:
        kept = facts_path(settings.DATA_DIR).parent / "postgres" / ROWS_STAMP
        if settings.EMBEDDED_POSTGRES and read_stamp(kept) == stamp:
            return
        self.stdout.write("Migrating.")
        call_command("migrate", interactive=False, verbosity=0)
        self._ensure_admin()
        self.stdout.write("Seeding.")
        call_command("seed")
        if settings.EMBEDDED_POSTGRES:
            kept.write_text(stamp)

    def _ensure_admin(self) -> None:
        users = get_user_model().objects
        if users.filter(is_superuser=True).exists():
            return
        password = secret_kept_in(settings.DATA_DIR / "admin-password", n_bytes=PASSWORD_BYTES)
        administrator_create(username="admin", password=password)
        self.stdout.write("Made the account admin.")
