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
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from tests.chromium import launched

ROOT = Path(__file__).resolve().parents[2]
START_S = 60
FLUSHES = 5
# How many answers a page waits for, as `viewing.settled` asks it.
COUNT_REQUESTS = """(() => {
  let open = 0;
  window.openRequests = () => open;
  const { fetch } = window, { send } = XMLHttpRequest.prototype;
  window.fetch = (...given) => {
    open += 1;
    return fetch(...given).finally(() => { open -= 1; });
  };
  XMLHttpRequest.prototype.send = function (...given) {
    open += 1;
    this.addEventListener("loadend", () => { open -= 1; });
    return send.apply(this, given);
  };
})()"""
WINDOW = {"width": 1440, "height": 900}


@dataclass
class Portal:
    """The running portal of a test, and the makers of its rows.

    Playwright's event loop stands in the test's thread, where Django refuses to work: rows are made
    in a thread of their own.
    """

    url: str
    open: Callable[..., Any]
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

    def log_in(self, user: Any, **context: Any) -> Any:
        """Open a browser window of its own in which `user` is logged in."""
        page = self.open(**context)
        page.context.add_cookies([self.cookie(user)])
        return page

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


@pytest.fixture(scope="session")
def web(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[dict[str, Any]]:
    """Run one web process on the test database; it writes nothing unless it is asked."""
    from django.contrib.contenttypes.models import ContentType

    data_dir = tmp_path_factory.mktemp("portal")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": _database_url(),
        "DATA_DIR": str(data_dir),
        "SECRET_KEY": _secret_key(),
        "DJANGO_SETTINGS_MODULE": "bearing_portal.settings.test",
        "GENERATION_WORKERS": "1",
        "LOG_LEVEL": "WARNING",
    }
    environment.pop("PORTAL_PROCESS", None)
    url = f"http://127.0.0.1:{port}"
    command = ["daphne", "-v", "0", "-b", "127.0.0.1", "-p", str(port)]
    command = [sys.executable, "-m", *command, "bearing_portal.asgi:application"]
    with _running(command, environment) as process:
        _wait_for(url, process)
        with django_db_blocker.unblock():
            content_types = list(ContentType.objects.all())
        yield {
            "url": url,
            "environment": environment,
            "storage_dir": data_dir / "storage",
            "content_types": content_types,
        }


@pytest.fixture(scope="module")
def processes(web, django_db_blocker) -> Iterator[dict[str, Any]]:
    """Run the worker beside the web process, for no longer than it is used: it takes the jobs of
    other tests and writes a row a minute, which they would count.
    """
    from monitoring.models import DailyCount, HealthSample

    command = [sys.executable, "manage.py", "rqworker", "default"]
    with _running(command, web["environment"]):
        yield web
    with django_db_blocker.unblock():
        HealthSample.objects.all().delete()
        DailyCount.objects.all().delete()


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _keep_content_types(known: list[Any]) -> None:
    """Give content types the numbers back that the web process remembers from before a flush."""
    from django.apps import apps
    from django.contrib.auth.management import create_permissions
    from django.contrib.contenttypes.models import ContentType

    if set(ContentType.objects.values_list("pk")) == {(kind.pk,) for kind in known}:
        return
    ContentType.objects.all().delete()
    ContentType.objects.bulk_create(known)
    ContentType.objects.clear_cache()
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Start one browser for a module: Playwright's event loop may not outlive it."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)  # a busy machine is no failure
    # The flush after a test runs beside Playwright's loop.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session", autouse=True)
def patient_flush() -> Iterator[None]:
    """Flush again where a request that was still being answered stood in its way."""
    from django.core.management.base import CommandError
    from django.test import TransactionTestCase

    plain = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def flush(self: Any) -> None:
        for _ in range(FLUSHES - 1):
            try:
                return plain(self)
            except CommandError:
                time.sleep(0.5)
        return plain(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush)
        yield


@pytest.fixture(scope="session")
def thread(django_db_setup) -> Iterator[ThreadPoolExecutor]:
    """Return the thread in which rows are made; its connection is closed with the session."""
    from django.db import connections

    with ThreadPoolExecutor(1) as pool:
        yield pool
        pool.submit(connections.close_all).result()


@pytest.fixture
def portal(processes, chromium, thread, transactional_db, settings) -> Iterator[Portal]:
    """Return the running portal with its catalogue and nothing else."""
    import django_rq

    settings.STORAGE_DIR = processes["storage_dir"]
    django_rq.get_queue("default").empty()
    with _windows(chromium, processes["url"]) as open_window:
        portal = Portal(processes["url"], open_window, thread)
        portal.run(_keep_content_types, processes["content_types"])
        portal.run(factories().make_catalogue)
        yield portal


@pytest.fixture
def signals(portal, monkeypatch) -> list[Any]:
    """Return the signals of a small dataset that everybody may read, with real files."""
    from monitoring.jobs import queueing

    monkeypatch.setattr(queueing, "push", lambda job: True)  # the worker would make them again
    owner = portal.make_user("engineer")
    dataset = portal.make_dataset(owner, visibility="shared", duration_s=2.0)
    return list(portal.run(lambda: list(dataset.store.signals.order_by("pk"))))


@pytest.fixture(scope="module")
def kept_window(processes, chromium) -> Iterator[Any]:
    """Return the window that the tests of a module use in turn."""
    with _windows(chromium, processes["url"]) as open_window:
        yield open_window(accept_downloads=True)


@pytest.fixture
def log_in(portal, kept_window) -> Iterator[Callable[..., Any]]:
    """Log somebody in in the window that is kept: a new one compiles the scripts of the viewer
    again, which takes longer than most tests. It is for one person, and for no init script.
    """
    page = kept_window

    def log_in(user: Any, *, color_scheme: str = "light", viewport: Any = WINDOW) -> Any:
        page.context.add_cookies([portal.cookie(user)])
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme, media="null")
        return page

    yield log_in
    _leave(page)
    troubles, page.troubles[:] = list(page.troubles), []
    assert not troubles


def _leave(page: Any) -> None:
    """Go to an address of the portal that asks nothing, and leave nothing behind."""
    page.unroute_all()
    page.mouse.move(0, 0)
    page.goto("/static/img/favicon.svg")
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.context.clear_cookies()


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


@contextmanager
def _windows(chromium: Any, url: str) -> Iterator[Callable[..., Any]]:
    """Hand out windows, and fail where one of them met an error or asked another host."""
    contexts: list[Any] = []
    troubles: list[str] = []

    def watch(request: Any) -> None:
        if not request.url.startswith((url, "data:", "blob:")):
            troubles.append(f"asked another host: {request.url}")
        if request.url.endswith(("/undefined", "/null")):
            troubles.append(f"a script lost an address: {request.url}")

    def open_window(**options: Any) -> Any:
        options = {"viewport": WINDOW, "base_url": url} | options
        context = chromium.new_context(**options)
        context.set_default_timeout(30_000)
        context.add_init_script(COUNT_REQUESTS)
        page = context.new_page()
        page.troubles = troubles
        page.on("pageerror", lambda error: troubles.append(f"script error: {error}"))
        page.on("request", watch)
        contexts.append(context)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not troubles


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
            urlopen(f"{url}/accounts/login/", timeout=5).close()  # noqa: S310 - our own server
            return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("the web process does not answer")
