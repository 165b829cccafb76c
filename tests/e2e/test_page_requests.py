"""What a page asks the server for when it is loaded again, as it is served to people: hashed."""

import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
START_S = 120
MOST = 30
DRAWN = {
    "/signal-viewer/?signal={signal}": "#viewer-map .heatmaplayer image",
    "/data-explorer/?dataset={dataset}": "#explorer-bars .barlayer path",
}


@pytest.fixture(scope="module")
def hashed_url(web, tmp_path_factory):
    """Serve the portal beside the suite's own, its static files under names with their hash."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = web["environment"] | {
        "DJANGO_SETTINGS_MODULE": "bearing_portal.settings.development",
        "STATIC_ROOT": str(tmp_path_factory.mktemp("static")),
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True)
    command = [sys.executable, "-m", "bearing_portal.serve", "-p", str(port)]
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        await_answer(f"{url}/accounts/login/", process)
        yield url
    finally:
        process.terminate()
        process.wait()


def await_answer(address, process):
    give_up = time.monotonic() + START_S
    while time.monotonic() < give_up and process.poll() is None:
        try:
            return urlopen(address, timeout=30).close()  # noqa: S310 - our own server
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("the web process does not answer")


@pytest.fixture
def asked_again(portal, signals, chromium, hashed_url):
    """Load a page twice; return the paths that the second load asked the server for."""
    known = {"signal": signals[0].pk, "dataset": signals[0].store.dataset.pk}
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([portal.cookie(signals[0].store.owner) | {"url": hashed_url}])
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    paths, cached = {}, set()
    network.on(
        "Network.requestWillBeSent",
        lambda event: paths.update({event["requestId"]: event["request"]["url"]}),
    )
    network.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))
    network.on(
        "Network.responseReceived",
        lambda event: event["response"]["fromDiskCache"] and cached.add(event["requestId"]),
    )

    def load(path):
        for _ in range(2):
            page.goto("about:blank")
            paths.clear()
            cached.clear()
            page.goto(hashed_url + path.format(**known), wait_until="load")
            page.wait_for_selector(DRAWN[path], state="attached", timeout=60_000)
        sent = [url for request, url in paths.items() if request not in cached]
        return [url.removeprefix(hashed_url) for url in sent if url.startswith("http")]

    yield load
    context.close()


@pytest.mark.parametrize("path", DRAWN)
def test_a_page_loaded_again_asks_for_nothing_that_has_a_hash(asked_again, path):
    asked = asked_again(path)
    assert [url for url in asked if url.startswith(("/static/", "/dash/scripts/"))] == []
    assert 0 < len(asked) <= MOST
