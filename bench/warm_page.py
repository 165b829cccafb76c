"""A page with an embedded app in Chromium: from its navigation to both figures drawn."""

import os
import shutil
import statistics
import sys
import tempfile

from bench.registry import Figures, benchmark
from bench.served.portal import COOKIE, Served, served

_ROUNDS = 5
_TO_WARM = 3  # Chromium keeps compiled scripts from the third visit on
_TIMEOUT_MS = 30_000
_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
_LINE = ".scatterlayer path.js-line"
_DRAWN = f"""() => document.querySelector("#viewer-time {_LINE}")
    && document.querySelector("#viewer-spectrum {_LINE}") && performance.now()"""


@benchmark("warm_page", yardsticks={"p50_ms": 1000.0})
def measure_page() -> Figures:
    """Return the viewer's time with a filled cache; nothing where there is no browser."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        path = None
    if path is None:
        print("warm_page is left out: it needs Chromium and Playwright.", file=sys.stderr)
        return {}
    portal = served()
    signal = _signal(portal)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        # A profile on disk, as a person has: a private window forgets what has been compiled.
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=path, args=_FLAGS, viewport={"width": 1440, "height": 900}
        )
        context.add_cookies([{"name": COOKIE, "value": portal.session_key, "url": portal.url}])
        page = context.new_page()
        address = f"{portal.url}/signal-viewer/?signal={signal}"
        spent_ms = [_drawn_ms(page, address) for _ in range(_TO_WARM + _ROUNDS)]
        context.close()
    warm = spent_ms[_TO_WARM:]
    return {
        "p50_ms": round(statistics.median(warm)),
        "worst_ms": round(max(warm)),
        "first_ms": round(spent_ms[0]),
    }


def _signal(portal: Served) -> int:
    from signals.models import Signal

    return int(Signal.objects.order_by("-n_samples", "pk").values_list("pk", flat=True)[0])


def _drawn_ms(page: object, address: str) -> float:
    """Navigate; `performance.now()` counts from the navigation's start."""
    page.goto("about:blank")
    page.goto(address, wait_until="commit")
    drawn = page.wait_for_function(_DRAWN, polling="raf", timeout=_TIMEOUT_MS)
    return float(drawn.json_value())
