from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model

from common.commands import PortalCommand
from common.errors import NotFound
from monitoring.accounts.two_factor.services import two_factor_reset


class Command(PortalCommand):
    help = (
        "Take away the second step of a person whose phone and recovery codes are lost, and log "
        "that person out everywhere. The password alone logs in again, or, where two steps are "
        "required, leads to setting up another app."
    )
    example = "two_factor_reset keller"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the user name")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"]
        person = get_user_model().objects.filter(username=name.replace("\0", "")).first()
        if person is None:
            raise NotFound(f"There is no account “{name}”.")
        was_on = two_factor_reset(user=None, person=person)
        done = "reset" if was_on else "was not on; nothing is changed"
        self.stdout.write(f"Two-factor log-in of {name}: {done}.")
