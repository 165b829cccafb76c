"""The trend of a run in a browser: an onset is seen, a drag selects, a click opens."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.exploring import address, opened, says
from tests.e2e.test_explorer_features import place

pytestmark = pytest.mark.browser


@pytest.fixture
def run(portal, tmp_path):
    from tests.bearing_portal.dashboards.explorer.test_trend_section import make_run

    return portal.run(make_run, tmp_path)


def trend_of(portal, dataset, more="", **context):
    page = opened(portal, dataset.store.owner, f"?dataset={dataset.pk}{more}", **context)
    page.get_by_role("link", name="Trend").click()
    page.locator("#explorer-trend").scroll_into_view_if_needed()
    page.wait_for_selector("#explorer-trend .scatterlayer .point", state="attached")
    page.wait_for_load_state("networkidle")
    return page


def test_a_run_is_looked_at_selected_and_opened(portal, run):
    page = trend_of(portal, run)
    expect(page.locator("#explorer-trend-note")).to_contain_text("at recording 16")
    page.locator("#explorer-trend-ranks .trend-row[data-set='trend=kurtosis']").click()
    expect(page.locator("#explorer-trend-meta")).to_contain_text("Kurtosis")
    page.locator("#explorer-trend-ranks .trend-row[data-set='trend=rms']").click()
    expect(page.locator("#explorer-trend-meta")).to_contain_text("RMS")
    page.wait_for_load_state("networkidle")
    left, right = place(page, "explorer-trend", 4.5, 1), place(page, "explorer-trend", 8.5, 1)
    middle = page.locator("#explorer-trend .nsewdrag").first.bounding_box()
    height = middle["y"] + middle["height"] / 2
    page.mouse.move(left[0], height)
    page.mouse.down()
    page.mouse.move(right[0], height, steps=8)
    page.mouse.up()
    says(page, "8 of 48 selected")
    assert re.search(r"sel=run:\d+:5,8", address(page))
    x, y = place(page, "explorer-trend", *page.evaluate(
        "(() => { const line = document.querySelector('#explorer-trend .js-plotly-plot')"
        "._fullData[0]; return [line.x[23], line.y[23]]; })()"))  # fmt: skip
    page.mouse.move(x, y)
    page.mouse.click(x, y)
    page.wait_for_url(re.compile(r"/signal-viewer/\?signal=\d+"))


def test_without_runs_there_is_no_trend(portal):
    dataset = portal.make_dataset(portal.make_user("engineer"), per_class=2)
    page = opened(portal, dataset.store.owner, f"?dataset={dataset.pk}")
    expect(page.locator("#section-trend")).to_be_hidden()
    expect(page.get_by_role("link", name="Trend")).to_be_hidden()
