"""Pages with an embedded app in Chromium: from the navigation until their figures are drawn."""

import os
import shutil
import statistics
import sys
import tempfile
from importlib.util import find_spec

from bench.registry import Figures, benchmark
from bench.served.portal import COOKIE, Served, sample_signals, served

_ROUNDS = 5
_TO_WARM = 3  # Chromium keeps compiled scripts from the third visit on
_TIMEOUT_MS = 30_000
_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
_LINE = ".scatterlayer path.js-line"
_VIEWER = (f"#viewer-time {_LINE}", f"#viewer-spectrum {_LINE}")
_EXPLORER = (".explorer-classes tbody tr", "#explorer-bars .barlayer path")


@benchmark("warm_page", yardsticks={"p50_ms": 1000.0})
def measure_viewer() -> Figures:
    """Return the viewer's time with a filled cache; nothing where there is no browser."""
    portal = served()
    return _page_figures(portal, f"/signal-viewer/?signal={sample_signals()[0]}", _VIEWER)


@benchmark("explorer_page", yardsticks={"p50_ms": 1000.0, "first_ms": 2000.0})
def measure_explorer() -> Figures:
    """Return the explorer's time with a filled cache and with an empty one."""
    return _page_figures(served(), f"/data-explorer/?dataset={_dataset()}", _EXPLORER)


def chromium() -> str | None:
    """Return where the browser is; None, and a word, where a page cannot be measured."""
    browser = os.environ.get("CHROMIUM")
    browser = browser or shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None or find_spec("playwright") is None:
        print("Pages are left out: they need Chromium and Playwright.", file=sys.stderr)
        return None
    return browser


def _page_figures(portal: Served, path: str, shown: tuple[str, ...]) -> Figures:
    browser = chromium()
    if browser is None:
        return {}
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        # A profile on disk, as a person has: a private window forgets what has been compiled.
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=browser, args=_FLAGS, viewport={"width": 1440, "height": 900}
        )
        context.add_cookies([{"name": COOKIE, "value": portal.session_key, "url": portal.url}])
        page = context.new_page()
        rounds = range(_TO_WARM + _ROUNDS)
        spent_ms = [_drawn_ms(page, portal.url + path, shown) for _ in rounds]
        context.close()
    warm = spent_ms[_TO_WARM:]
    return {
        "p50_ms": round(statistics.median(warm)),
        "worst_ms": round(max(warm)),
        "first_ms": round(spent_ms[0]),
    }


def _dataset() -> int:
    from bearing_portal.operations.sample import NAME
    from datasets.models import Dataset

    return int(Dataset.objects.get(name=NAME).pk)


def _drawn_ms(page: object, address: str, shown: tuple[str, ...]) -> float:
    """Navigate; `performance.now()` counts from the navigation's start."""
    parts = " && ".join(f"document.querySelector('{place}')" for place in shown)
    page.goto("about:blank")
    page.goto(address, wait_until="commit")
    drawn = page.wait_for_function(
        f"() => {parts} && performance.now()", polling="raf", timeout=_TIMEOUT_MS
    )
    return float(drawn.json_value())
