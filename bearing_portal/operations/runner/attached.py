"""Servers for a command run by itself: the running portal's, or its own while it lasts."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from django.core.exceptions import ImproperlyConfigured

from bearing_portal.operations.configuration import leave
from bearing_portal.operations.embedded.errors import ServerError
from bearing_portal.operations.embedded.facts import HOST, read_facts
from bearing_portal.operations.embedded.ports import is_free
from bearing_portal.operations.runner.lock import FolderHeldError, FolderLock, Holder
from bearing_portal.settings.places import data_dir, environment

SETTINGS_WITH_EMBEDDED = "bearing_portal.settings.development"
SERVERS_ARE_UP = "PORTAL_SERVERS_ARE_UP"  # set for the children of whoever started them
WAIT_S = 60
NEEDS_NO_SERVERS = frozenset(
    {
        "check",
        "check_health",  # says what it finds; what it started itself would prove nothing
        "collectstatic",
        "compilemessages",
        "diffsettings",
        "evaluate_table",
        "findstatic",
        "help",
        "makemessages",
        "makemigrations",
        "measure",
        "portal",  # starts them in its own way
        "screenshots",  # has a portal of its own
        "sendtestemail",
        "simulate",
        "startapp",
        "startproject",
        "version",
    }
)


@contextmanager
def servers_for(arguments: Sequence[str]) -> Iterator[None]:
    if not needs_servers(arguments):
        yield
        return
    try:
        folder = data_dir()
        postgres, valkey = (not environment().text(n) for n in ("DATABASE_URL", "REDIS_URL"))
    except ImproperlyConfigured as error:
        leave(f"Configuration: {error}")
    with _embedded(folder, postgres=postgres, valkey=valkey):
        yield


def needs_servers(arguments: Sequence[str]) -> bool:
    if os.environ["DJANGO_SETTINGS_MODULE"] != SETTINGS_WITH_EMBEDDED:
        return False
    if SERVERS_ARE_UP in os.environ or not arguments or {"-h", "--help"} & set(arguments):
        return False
    return not arguments[0].startswith("-") and arguments[0] not in NEEDS_NO_SERVERS


@contextmanager
def _embedded(folder: Path, *, postgres: bool, valkey: bool) -> Iterator[None]:
    if not (postgres or valkey):
        yield
        return
    lock = FolderLock(folder)
    holder: FolderHeldError | None = None
    try:
        lock.acquire(Holder("command", os.getpid()), wait_s=WAIT_S)
    except FolderHeldError as held:
        holder = held
    except OSError as error:
        leave(f"The data folder {folder} cannot be used ({error.strerror}); see DATA_DIR.")
    if holder is not None:
        _wait_for_the_portal(folder, holder, valkey=valkey)
        yield  # outside of the handler: an error of the command has nothing to do with the lock
        return
    # Their clients take a second to import, which most commands have no use for.
    from bearing_portal.operations.embedded.servers import EmbeddedServers

    signal.signal(signal.SIGTERM, _exit)
    try:
        with EmbeddedServers(folder, postgres=postgres, valkey=valkey):
            os.environ[SERVERS_ARE_UP] = "1"
            yield
    except ServerError as error:
        leave(str(error))
    finally:
        lock.release()


def _wait_for_the_portal(folder: Path, held: FolderHeldError, *, valkey: bool) -> None:
    """The portal may still be starting its servers."""
    if held.holder is None or held.holder.role != "portal":
        leave("Another command has used the data folder for a minute; try again when it is done.")
    give_up = time.monotonic() + WAIT_S
    while is_free(_last_to_start(folder, valkey=valkey), HOST):
        if time.monotonic() > give_up:
            leave("The portal is starting, but its servers do not answer; see its output.")
        time.sleep(0.2)


def _last_to_start(folder: Path, *, valkey: bool) -> int:
    facts = read_facts(folder)
    return facts.valkey_port if valkey else facts.postgres_port


def _exit(signal_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + signal_number)
