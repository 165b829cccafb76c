"""Load the settings, or leave with one sentence: a wrong variable is no reason for a stack."""

import sys
from typing import NoReturn

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

EXIT_MISCONFIGURED = 2


def load_settings_or_exit() -> None:
    try:
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as error:
        leave(f"Configuration: {error}")


def leave(sentence: str) -> NoReturn:
    sys.stderr.write(f"{sentence}\n")
    sys.exit(EXIT_MISCONFIGURED)
