"""Home, the refresh of System Health, a trivial callback; seen from the other end of a connection.

Milliseconds are those of a client on the same machine, from asking to the last byte: the server's
own time and a little more. One request at a time.
"""

import json
import time

from bench.registry import Figures, benchmark
from bench.served.portal import Browser, Served, people, percentiles, served, session_of

_N = 60
_N_CALLS = 200
_REFRESH_EVERY_S = 5.0
_REFRESHES = 12  # one minute: the readings that are made again once a minute are in it
_LOG_EVERY = 3


@benchmark("home", yardsticks={"p95_ms": 150.0})
def measure_home() -> Figures:
    """Return Home's time, warm, and its SQL statements."""
    portal = served()
    browser = portal.browser()
    return {
        **percentiles(_asked(browser, "/", _N + 3)[3:]),
        "queries": _queries(portal, "/"),
        "signals": portal.n_signals,
    }


@benchmark("health_refresh", yardsticks={"p95_ms": 50.0, "percent_of_a_core": 1.0})
def measure_health() -> Figures:
    """Return the refresh's time and the web process's work for a page that stays open a minute.

    It is the page of staff, who see most. It asks as its script does, and is answered from readings
    that it alone makes necessary.
    """
    portal = served()
    browser = portal.browser(session_of(people(1, is_staff=True)[0]))
    browser.ms("/system-health/")
    browser.ms("/system-health/live/")
    before_s, began_s = _cpu_s(portal), time.monotonic()
    spent_ms = []
    for n in range(1, _REFRESHES + 1):
        time.sleep(max(0.0, began_s + n * _REFRESH_EVERY_S - time.monotonic()))
        spent_ms.append(browser.ms("/system-health/live/", **{"HX-Request": "true"}))
        if n % _LOG_EVERY == 0:
            browser.ms("/system-health/logs/", **{"HX-Request": "true"})
    share = (_cpu_s(portal) - before_s) / (time.monotonic() - began_s)
    return {**percentiles(spent_ms), "percent_of_a_core": round(100 * share, 2)}


@benchmark("callback", yardsticks={"p50_ms": 5.0})
def measure_callback() -> Figures:
    """Return the time of a callback that does nothing, and of a plain view that does the same."""
    portal = served()
    body = json.dumps(
        {
            "output": "said.children",
            "outputs": {"id": "said", "property": "children"},
            "inputs": [{"id": "asked", "property": "n_clicks", "value": 1}],
            "state": [],
            "changedPropIds": ["asked.n_clicks"],
        }
    ).encode()
    address = "/dash/app/trivial/_dash-update-component"
    callback, callback_cpu_ms = _with_cpu(portal, address, body)
    plain, plain_cpu_ms = _with_cpu(portal, "/plain/", body)
    return {
        **callback,
        "cpu_ms": callback_cpu_ms,
        "plain_view_p50_ms": plain["p50_ms"],
        "plain_view_cpu_ms": plain_cpu_ms,
        "added_ms": round(callback["p50_ms"] - plain["p50_ms"], 2),
    }


def _with_cpu(portal: Served, path: str, body: bytes) -> tuple[Figures, float]:
    """Return percentiles, and the web process's work for one, which a busy machine blurs less."""
    browser = portal.browser()
    _asked(browser, path, 3, body)
    before_s = _cpu_s(portal)
    spent_ms = _asked(browser, path, _N_CALLS, body)
    return percentiles(spent_ms), round(1e3 * (_cpu_s(portal) - before_s) / _N_CALLS, 2)


def _asked(browser: Browser, path: str, n: int, body: bytes | None = None) -> list[float]:
    kind = {"Content-Type": "application/json"} if body is not None else {}
    return [browser.ms(path, body, **kind) for _ in range(n)]


def _cpu_s(portal: Served) -> float:
    times = portal.web.cpu_times()
    return float(times.user + times.system)


def _queries(portal: Served, path: str) -> int:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="localhost")
    client.cookies["sessionid"] = portal.session_key
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)
