"""A filter applied in Chromium at 100 000 signals, with the table in sight: from the click on Apply
until its rows are there, and until the last figure is drawn.
"""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.explorer import index_of
from bench.registry import Figures, benchmark
from bench.served.portal import COOKIE, served
from bench.warm_page import _FLAGS, chromium

_ROUNDS = 9
_STILL_MS = 900  # without a call or a figure: then it was the last one
# Filled in anew for each round, so that nothing comes from the cache.
_APPLY = """([low, still]) => new Promise((done) => {
  const rows = document.querySelector("#explorer-rows"), before = rows.textContent;
  const began = performance.now(), found = { rows: 0, last: 0 };
  const watch = new MutationObserver(() => {
    if (!found.rows && rows.textContent !== before) found.rows = performance.now() - began;
  });
  watch.observe(rows, { childList: true, characterData: true, subtree: true });
  const drawn = () => { found.last = performance.now() - began; };
  const graphs = [...document.querySelectorAll(".js-plotly-plot")].filter((graph) => graph.on);
  graphs.forEach((graph) => graph.on("plotly_afterplot", drawn));
  document.querySelector("[name=per_class]").value = low;
  document.querySelector("#explorer-filters [type=submit]").click();
  const look = setInterval(() => {
    const calls = performance.getEntriesByType("resource");
    const last = Math.max(found.last, ...calls.map((each) => each.responseEnd - began));
    const end = Math.max(last, found.rows);
    if (!found.rows || performance.now() - began - end < still) return;
    clearInterval(look);
    watch.disconnect();
    graphs.forEach((graph) => graph.removeListener("plotly_afterplot", drawn));
    const own = calls.filter((each) => each.startTime >= began);
    const named = (part) => own.filter((each) => each.name.includes(part)).length;
    performance.clearResourceTimings();
    done({ ...found, n_rows: named("table/rows/"), n_panels: named("update-component") });
  }, 50);
})"""


@benchmark("filter_apply_100000")
def measure_apply() -> Figures:
    """Return milliseconds until rows and last figure, and how often each was asked for."""
    with explorer() as page:
        if page is None:
            return {}
        rounds = [applied(page, number) for number in range(_ROUNDS)][1:]
    return {
        "rows_ms": round(statistics.median(each["rows"] for each in rounds)),
        "last_figure_ms": round(statistics.median(each["last"] for each in rounds)),
        "rows_asked": max(each["n_rows"] for each in rounds),
        "panels_asked": max(each["n_panels"] for each in rounds),
    }


@contextmanager
def explorer() -> Iterator[Any]:
    """Open the explorer over 100 000 signals, its table in sight; None without a browser."""
    portal, path = served(), chromium()
    if path is None:
        yield None
        return
    from playwright.sync_api import sync_playwright

    dataset_id = index_of("100000")  # Django asks nothing while Playwright's loop runs
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.context.add_cookies([{"name": COOKIE, "value": portal.session_key, "url": portal.url}])
        page.goto(f"{portal.url}/data-explorer/?dataset={dataset_id}")
        page.locator(".explorer-table-panel").scroll_into_view_if_needed()
        page.locator("#explorer-table-grid .ag-row .cell-link").first.wait_for()
        yield page
        browser.close()


def applied(page: Any, number: int) -> dict[str, float]:
    """Apply the filter of a round; return its times and how often was asked."""
    found: dict[str, float] = page.evaluate(_APPLY, [str(1_000 + 7 * number), _STILL_MS])
    return found
