"""Real servers for the whole run, on a data folder that lasts as long.

They are started here, before Django reads its settings; `DJANGO_SETTINGS_MODULE` is therefore set
here and not in pyproject.toml, from which pytest-django would read it too early.
"""

import gc
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import hypothesis
import pytest

from bearing_portal.operations.embedded.servers import EmbeddedServers
from tests.keeping import keep
from tests.reruns import (
    pytest_runtest_logreport,
    pytest_sessionfinish,
    pytest_terminal_summary,
)
from vibration.processes import die_with_parent

__all__ = ["keep", "pytest_runtest_logreport", "pytest_sessionfinish", "pytest_terminal_summary"]

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: the runs share the cores

SERVERS = pytest.StashKey[EmbeddedServers]()
LONG = ("e2e", "faults")
VALKEY_DATABASES_EACH = 2  # a second one for tests that empty a database

# Properties draw the same examples in each run of the suite, so that it is red for a reason in the
# change at hand; `make test-all` looks for others. What it finds is kept as an @example.
hypothesis.settings.register_profile("suite", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None, print_blob=True)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "suite")
hypothesis.settings.load_profile(PROFILE)


def pytest_configure(config: pytest.Config) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    end_in_order()
    if not hasattr(config, "workerinput"):
        start_servers(config)
        if config.getoption("dist", "no") != "no":
            return  # the workers inherit this environment and would read their settings too early
    elif worker:
        keep_apart(int(worker.removeprefix("gw")) + 1)
    os.environ["DJANGO_SETTINGS_MODULE"] = "bearing_portal.settings.test"
    from django.conf import settings

    _ = settings.INSTALLED_APPS  # pytest-django, next in turn, sets Django up where these are read


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker is left with one at the end.

    What drives a browser or whole processes gets a second try: a busy machine is no failure.
    """
    root = Path(__file__).parent
    if PROFILE != "explore":
        for item in items:
            if item.get_closest_marker("thorough"):
                item.add_marker(pytest.mark.skip(reason="takes minutes: make test-all runs it"))
    items.sort(key=lambda item: item.path.relative_to(root).parts[0] not in LONG)
    for item in items:
        if item.path.relative_to(root).parts[0] in LONG:
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_collection_finish() -> None:
    """Look for cycles seldom, and never in what was imported: it takes an eighth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_unconfigure() -> None:
    """Let what was imported go in the end: libraries that count theirs complain of what stays."""
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def quick_flush() -> Iterator[None]:
    """Empty the database in our own way after each test that commits."""
    from django.test import TransactionTestCase

    from tests.emptying import empty

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture(scope="session", autouse=True)
def jobs_seen_by_their_pulse() -> Iterator[None]:
    """Refuse to run a job inside the transaction of a test.

    Its pulse looks from another connection, sees no such job and stops the work, if it takes long
    enough to be looked at: green on a quick machine only.
    """
    from django.db import connection

    from monitoring.jobs.pulse import Pulse

    begin = Pulse.__enter__

    def enter(pulse: Pulse) -> Pulse:
        assert not connection.in_atomic_block, "mark the test django_db(transaction=True)"
        return begin(pulse)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pulse, "__enter__", enter)
        yield


def end_in_order() -> None:
    """Have SIGTERM end the run as Ctrl-C does, and a worker end with its controller."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _interrupt)
    if "PYTEST_XDIST_WORKER" in os.environ:
        die_with_parent(os.getppid(), signal.SIGKILL)


def _interrupt(_signal_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def start_servers(config: pytest.Config) -> None:
    """Start PostgreSQL and Valkey, and hand their addresses to the settings and to xdist's workers.

    What the developer's own environment or `.env` says about servers is not for tests.
    """
    data_dir = Path(tempfile.mkdtemp(prefix="portal-tests-"))
    servers = EmbeddedServers(data_dir, durable=False)
    config.stash[SERVERS] = servers
    config.add_cleanup(lambda: shutil.rmtree(data_dir, ignore_errors=True))
    config.add_cleanup(servers.stop)
    facts = servers.start()
    os.environ.update(
        DATA_DIR=str(data_dir),
        DATABASE_URL=facts.database_url(),
        REDIS_URL=facts.valkey_url(),
        DOTENV_FILE=os.devnull,
    )


def keep_apart(number: int) -> None:
    """Give an xdist worker its own Valkey database and files; pytest-django does PostgreSQL."""
    base, _, _ = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{base}/{number * VALKEY_DATABASES_EACH}"
    os.environ["DATA_DIR"] = str(Path(os.environ["DATA_DIR"]) / f"worker-{number}")
