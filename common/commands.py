"""What every command of the portal shares: one sentence on bad input, and an honest exit status.

0 done · 1 it could not be done · 2 the input is refused · 130 interrupted with Ctrl-C
"""

import sys
from argparse import ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable
from typing import Any, NoReturn

from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    DjangoHelpFormatter,
    SystemCheckError,
)
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from redis.exceptions import RedisError

from common.errors import Expected, Unavailable

FAILED, REFUSED, INTERRUPTED = 1, 2, 130


class HelpFormatter(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Keeps the lines of the examples as they are written."""


class PortalCommand(BaseCommand):
    """A command whose mistakes are said in one sentence and never as a stack.

    Attributes
    ----------
    example : str
        Command lines shown under ``--help``.
    refusals : tuple of exception types
        What counts as refused input, beside the expected errors of the portal.
    on_interrupt : str
        The sentence after Ctrl-C: what is left behind.
    """

    requires_system_checks: list[str] = []  # they import every page; `check` and the tests run them
    example = ""
    refusals: tuple[type[Exception], ...] = ()
    on_interrupt = "Interrupted; nothing was kept."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        lines = "\n".join(f"  python manage.py {line}" for line in self.example.splitlines())
        return super().create_parser(
            prog_name, subcommand, epilog=f"example:\n{lines}", formatter_class=HelpFormatter
        )

    def execute(self, *args: Any, **options: Any) -> str | None:
        refused: tuple[type[Exception], ...] = (*self.refusals, Expected)
        try:
            return super().execute(*args, **options)
        except refused as error:
            status = FAILED if isinstance(error, Unavailable) else REFUSED
            raise CommandError(sentence_of(error), returncode=status) from error
        except (OperationalError, InterfaceError) as error:
            raise CommandError(
                f"The database cannot be used ({first_line(error)}); start PostgreSQL or correct "
                "DATABASE_URL."
            ) from error
        except DatabaseError as error:
            raise CommandError(
                f"The database refused ({first_line(error)}); run python manage.py migrate if it "
                "is new."
            ) from error
        except RedisError as error:
            raise CommandError(
                f"Valkey cannot be used ({first_line(error)}); start it or correct REDIS_URL."
            ) from error

    def run_from_argv(self, argv: list[str]) -> None:
        try:
            self.execute_line(argv)
        except KeyboardInterrupt:
            self.leave(self.on_interrupt, INTERRUPTED)
        finally:
            connections.close_all()

    def execute_line(self, argv: list[str]) -> None:
        options: dict[str, Any] = {}
        try:
            options = self.parse_line(argv)
            self.execute(*options.pop("args", ()), **options)
        except SystemCheckError as error:
            self.leave(str(error), FAILED)
        except CommandError as error:
            if options.get("traceback"):
                raise
            self.leave(str(error), error.returncode)

    def parse_line(self, argv: list[str]) -> dict[str, Any]:
        # Unless told that it runs from a command line, Django's parser raises its refusals.
        parser = self.create_parser(argv[0], argv[1])
        try:
            return vars(parser.parse_args(argv[2:]))
        except CommandError as error:
            sentence = str(error).removeprefix("Error: ")
            hint = f"see python manage.py {argv[1]} --help."
            raise CommandError(f"{sentence}; {hint}", returncode=REFUSED) from error

    def leave(self, sentence: str, status: int) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(status)


def sentence_of(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename} cannot be used: {error.strerror}."
    return str(error)


def first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def whole_number(lowest: int = 0, highest: int | None = None) -> Callable[[str], int]:
    """Return a reader of whole numbers from `lowest` to `highest`."""
    limits = f"from {lowest} to {highest}" if highest is not None else f"from {lowest} up"

    def read(text: str) -> int:
        if (
            not text.isdecimal()
            or int(text) < lowest
            or (highest is not None and int(text) > highest)
        ):
            raise ArgumentTypeError(f"“{text}” is not a whole number {limits}")
        return int(text)

    return read


def positive_number(text: str) -> float:
    """Read a positive decimal number."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 < value < float("inf"):
        raise ArgumentTypeError(f"“{text}” is not a positive number")
    return value


def codes(text: str) -> tuple[str, ...]:
    """Read a list of codes parted by commas."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def codes_or_none(text: str) -> tuple[str, ...]:
    """Read a list of codes parted by commas, empty for the word ``none``."""
    return () if text.strip() == "none" else codes(text)
