"""Start the portal once for all benchmarks that ask for it, and log a person in.

Its modules come after `bench.dataset` in the alphabet, as they run: while it stands, its servers
are children of this process, and that benchmark adds up the memory of all of them.
"""

import atexit
import os
import time
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection
from typing import Any

import numpy as np
import psutil

from bearing_portal.operations.runner.temporary import TemporaryPortal

SETTINGS = "bench.served.settings"
COOKIE = "sessionid"
UNUSABLE = "!"  # how Django marks a password that nobody can have
TOKEN = "t" * 32  # Django takes any token that the cookie and the header agree on


@dataclass
class Served:
    """The running portal, its web process, and a person of the group engineer."""

    url: str
    web: psutil.Process
    user: Any
    session_key: str
    n_signals: int

    @property
    def netloc(self) -> str:
        return self.url.removeprefix("http://")

    def browser(self, session_key: str = "") -> "Browser":
        return Browser(self.netloc, session_key or self.session_key)


class Browser:
    """A logged-in connection that is kept open, as a browser keeps it."""

    def __init__(self, netloc: str, session_key: str) -> None:
        self._connection = HTTPConnection(netloc, timeout=30)
        self.n_bytes = 0
        self._headers = {
            "Cookie": f"{COOKIE}={session_key}; csrftoken={TOKEN}",
            "Accept-Encoding": "br, gzip",
            "X-CSRFToken": TOKEN,
        }

    def ms(self, path: str, body: bytes | None = None, **headers: str) -> float:
        """Ask once; return milliseconds until the whole answer has been read."""
        method = "POST" if body is not None else "GET"
        began_s = time.perf_counter()
        self._connection.request(method, path, body, self._headers | headers)
        answer = self._connection.getresponse()
        self.n_bytes = len(answer.read())
        spent_ms = 1e3 * (time.perf_counter() - began_s)
        if not 200 <= answer.status < 300:
            raise RuntimeError(f"{path} answered {answer.status}")
        return spent_ms


@cache
def served() -> Served:
    """Return the portal: the sample dataset and one of 286 records more, all of them shared."""
    portal = TemporaryPortal(worker=False, settings=SETTINGS)
    portal.__enter__()
    atexit.register(portal.__exit__, None, None, None)
    os.environ.update(portal.environment)
    for name in ("DATABASE_URL", "REDIS_URL", "PORTAL_PROCESS"):
        os.environ.pop(name, None)

    import django

    django.setup()
    web = psutil.Process(portal.web.pid)
    user = people(1)[0]
    return Served(portal.url, web, user, session_of(user), fill(user))


def people(n: int, *, is_staff: bool = False) -> list[Any]:
    """Make accounts of the group engineer, to which nobody logs in by password."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group

    users = get_user_model().objects
    first = users.count()
    made = users.bulk_create(
        users.model(username=f"person{first + i}", password=UNUSABLE, is_staff=is_staff)
        for i in range(n)
    )
    Group.objects.get(name="engineer").user_set.add(*made)
    return list(made)


def session_of(user: Any) -> str:
    """Return the key of a new session of that person."""
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[COOKIE].value


def sample_signals() -> list[int]:
    """Return the sample dataset's signals: other benchmarks make rows without files, and longer."""
    from bearing_portal.operations.sample import NAME
    from signals.models import Signal

    rows = Signal.objects.filter(store__dataset__name=NAME).order_by("rank_in_class", "pk")
    return list(rows.values_list("pk", flat=True))


def fill(user: Any) -> int:
    """Make a dataset of many short records; return how many signals there are now."""
    from datasets.management.waiting import dataset_await
    from datasets.services import dataset_create
    from signals.models import Signal
    from vibration.simulation import Recipe

    recipe = Recipe(per_class=20, duration_s=1.0, seed=3)
    made = dataset_create(owner=user, name="Benchmark", recipe=recipe, visibility="shared")
    dataset_await(made, here=True)
    return Signal.objects.count()


def percentiles(values: list[float]) -> dict[str, float]:
    """Return the median and the 95th percentile, in milliseconds."""
    p50, p95 = np.percentile(values, [50, 95])
    return {"p50_ms": round(float(p50), 2), "p95_ms": round(float(p95), 2)}
