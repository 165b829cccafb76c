"""The portal as people meet it: a web process, a worker, a browser, on the test's own servers.

Sockets and workers do not live in the test's process, so the rows are committed and flushed.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from tests.e2e.windows import TIMEOUT_MS, Windows, browser_of
from tests.processes import Beside, running

START_S = 120


@dataclass
class Portal:
    """The running portal of a test, and the makers of its rows.

    Playwright's event loop stands in the test's thread, where Django refuses to work: rows are made
    in a thread of their own.
    """

    url: str
    windows: Windows
    thread: ThreadPoolExecutor

    def run(self, function: Callable[..., Any], *args: Any, **values: Any) -> Any:
        return self.thread.submit(function, *args, **values).result()

    def make_user(self, *args: Any, **values: Any) -> Any:
        return self.run(factories().make_user, *args, **values)

    def make_dataset(self, *args: Any, **values: Any) -> Any:
        from datasets.services.hints import dataset_hint

        dataset = self.run(factories().make_dataset, *args, **values)
        self.run(dataset_hint, dataset)  # a job would have said how it ended; here is none
        return dataset

    def notify(self, user: Any, title: str, **values: Any) -> Any:
        from monitoring.notices.services import notification_send

        return self.run(notification_send, user=user, title=title, **values)

    def log_in(self, user: Any, *, own_window: bool = False, **options: Any) -> Any:
        """Return a window in which `user` is logged in.

        It is one of those that are kept, unless the test needs its own: it adds scripts to each
        page, sets the clock, or wants a touch screen.
        """
        page = (self.windows.open if own_window else self.windows.lend)(**options)
        page.context.add_cookies([self.cookie(user)])
        return page

    def open(self, **options: Any) -> Any:
        """Return a window in which nobody is logged in."""
        return self.windows.lend(**options)

    def cookie(self, user: Any) -> Any:
        """Return the cookie of a session of `user`."""
        from django.test import Client

        client = Client()
        self.run(client.force_login, user)
        value = client.cookies["sessionid"].value
        return {"name": "sessionid", "value": value, "url": self.url}


def factories() -> Any:
    from tests import factories

    return factories


@pytest.fixture(scope="package")
def provider() -> Iterator[Any]:
    """Run a provider of single sign-on; the portal offers it on its log-in page."""
    from tests.monitoring.accounts.provider import running_provider

    with running_provider() as provider:
        yield provider


@pytest.fixture(scope="package")
def web(django_db_setup, tmp_path_factory, provider) -> Iterator[dict[str, Any]]:
    """Run one web process on the test database; it writes nothing unless it is asked."""
    from tests.monitoring.accounts.provider import CLIENT, SECRET

    data_dir = tmp_path_factory.mktemp("portal")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": _database_url(),
        "DATA_DIR": str(data_dir),
        "DOCS_SITE_DIR": str(data_dir / "docs"),
        "SECRET_KEY": _secret_key(),
        "DJANGO_SETTINGS_MODULE": "bearing_portal.settings.test",
        "GENERATION_WORKERS": "1",
        "LOG_LEVEL": "WARNING",
        "WEB_PROCESSES": "1",
        "WEB_SILENT_S": "0",
        "OIDC_ISSUER": provider.issuer,
        "OIDC_CLIENT_ID": CLIENT,
        "OIDC_CLIENT_SECRET": SECRET,
        "OIDC_NAME": "the lab",
    }
    environment.pop("PORTAL_PROCESS", None)
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "bearing_portal.serve", "-p", str(port)]
    with running(command, environment) as process:
        _wait_for(url, process)
        yield {"url": url, "environment": environment, "storage_dir": data_dir / "storage"}


@pytest.fixture(scope="package")
def processes(web, django_db_blocker) -> Iterator[dict[str, Any]]:
    """Run worker and reconciler beside the web process, for no longer than they are used: they take
    the jobs of other tests and write a row a minute, which those would count.
    """
    from monitoring.models import HealthSample

    worker = ["manage.py", "rqworker", "short", "long", "train"]
    reconciler = ["manage.py", "reconcile"]
    commands = [[sys.executable, *command] for command in (worker, reconciler)]
    beside = Beside(commands, web["environment"])
    yield web | {"beside": beside}
    beside.end()
    with django_db_blocker.unblock():
        HealthSample.objects.all().delete()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """Start one browser for these tests: Playwright's event loop may not outlive them."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=TIMEOUT_MS)
    # The flush after a test runs beside Playwright's loop.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright, browser_of(playwright) as browser:
        yield browser
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def thread(django_db_setup) -> Iterator[ThreadPoolExecutor]:
    """Return the thread in which rows are made; its connection is closed at the end."""
    from django.db import connections

    with ThreadPoolExecutor(1) as pool:
        yield pool
        pool.submit(connections.close_all).result()


@pytest.fixture(scope="package")
def windows(chromium, web) -> Windows:
    return Windows(chromium, web["url"])


@pytest.fixture
def portal(processes, windows, thread, transactional_db, settings) -> Iterator[Portal]:
    """Return the running portal with its catalogue and nothing else."""
    import django_rq

    settings.STORAGE_DIR = processes["storage_dir"]
    for name in ("short", "long", "train"):
        django_rq.get_queue(name).empty()
    portal = Portal(processes["url"], windows, thread)
    portal.run(factories().make_catalogue)
    yield portal
    windows.take_back()
    processes["beside"].check()  # what it said last is among what this test printed


@pytest.fixture
def signals(portal, monkeypatch) -> list[Any]:
    """Return the signals of a small dataset that everybody may read, with real files."""
    from monitoring.jobs import queueing

    monkeypatch.setattr(queueing, "push", lambda job: True)  # the worker would make them again
    owner = portal.make_user("engineer")
    dataset = portal.make_dataset(owner, visibility="shared", duration_s=2.0)
    return list(portal.run(lambda: list(dataset.store.signals.order_by("pk"))))


@pytest.fixture
def log_in(portal) -> Callable[..., Any]:
    """Return how somebody logs in."""
    return portal.log_in


@pytest.fixture
def viewer(log_in, signals) -> Iterator[Any]:
    """Return the viewer with the second signal, and everything the browser complained of."""
    from tests.e2e.viewing import drawn

    page, complaints = log_in(signals[0].store.owner), []
    page.complaints = complaints
    listen = lambda said: complaints.append(said.text)  # noqa: E731
    page.on("console", listen)
    page.goto(f"/signal-viewer/?signal={signals[1].pk}")
    drawn(page)
    yield page
    page.remove_listener("console", listen)


def _database_url() -> str:
    from django.db import connection

    values = connection.settings_dict
    login = f"{quote(values['USER'])}:{quote(values['PASSWORD'])}"
    return f"postgresql://{login}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


def _secret_key() -> str:
    from django.conf import settings

    return settings.SECRET_KEY


def _wait_for(url: str, web: subprocess.Popen[bytes]) -> None:
    for _ in range(START_S * 5):
        assert web.poll() is None, "the web process ended at its start"
        try:
            urlopen(f"{url}/accounts/login/", timeout=60).close()  # noqa: S310 - our own server
            return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("the web process does not answer")
