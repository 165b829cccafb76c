"""From files in the browser to a dataset: sent, read, asked about, imported."""

import os

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.e2e.test_dataset_journey import press_slowly
from tests.e2e.test_upload_journey import PHONE, findings
from tests.signals.recordings import npy

pytestmark = pytest.mark.browser

READY_MS = 120_000
CHUNK_BYTES = 4 << 20
LONG = 2_500_000  # samples: three chunks
CSV = "Time (s),DE (g),FE (g)\n" + "".join(
    f"{n / 5000:.4f},{np.sin(n / 3):.4f},{np.cos(n / 5):.4f}\n" for n in range(5000)
)


def file(name, content):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def noise(seed, n_samples=20_480):
    return npy(np.random.default_rng(seed).normal(size=n_samples).astype(np.float32))


FILES = [
    file("pump_01.npy", noise(1)),
    file("pump_02.npy", noise(2)),
    file("motor.csv", CSV.encode()),
    file("broken.mat", b"this is no MATLAB file"),
]


def shot(page, name):
    folder = os.environ.get("IMPORT_SHOTS")
    if folder:
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_files_are_sent_read_answered_and_imported(portal, log_in):
    page = log_in(portal.make_user("engineer"))
    page.goto("/datasets/import/")
    shot(page, "list-empty")
    page.locator("#import-files").set_input_files(FILES)
    table = page.locator("#import-table")
    expect(table).to_contain_text("4 files: 1 ready, 2 open, 1 left out", timeout=READY_MS)
    expect(table.get_by_role("row", name="broken.mat")).to_contain_text("is not a MATLAB file")
    table.get_by_role("button", name="pump_01.npy").click()
    expect(page.locator("#import-file")).to_contain_text("the rate is open")
    shot(page, "open")
    page.locator("#show-open + label").click()
    expect(table.locator("tbody tr")).to_have_count(2)
    page.get_by_label("Choose all files shown").check()
    expect(page.locator("#chosen-count")).to_have_text("2 chosen")
    page.get_by_label("Sampling rate (Hz)").fill("20480")
    page.get_by_label("Shaft speed (rpm)").fill("1500")
    page.locator("#answer-submit").click()
    expect(table).to_contain_text("4 files: 3 ready, 1 left out")
    expect(table).to_contain_text("No file is open")
    page.locator("#show-all + label").click()
    table.get_by_role("button", name="motor.csv").click()
    expect(page.locator("#import-file")).to_contain_text("FE (g)")
    page.get_by_label("Name", exact=True).fill("Pump study")
    expect(page.locator("#import-submit")).to_be_enabled()
    shot(page, "ready")
    press_slowly(page, "#import-submit", "#import-foot")
    page.wait_for_url("**/datasets/*/")
    expect(page.locator("[data-status]").first).to_have_text("Ready", timeout=READY_MS)
    expect(page.locator("#signals tbody tr")).to_have_count(4)
    shot(page, "dataset")
    page.goto("/datasets/")
    shot(page, "datasets")
    card = page.locator(".dataset-card").filter(has_text="Pump study")
    expect(card).to_contain_text("4signals")
    page.goto("/datasets/import/")
    expect(page.locator("#import-drafts")).to_contain_text("Imported")
    shot(page, "list-done")


def test_an_answer_begun_outlives_a_choice_of_channels(portal, log_in):
    page = log_in(portal.make_user("engineer"))
    page.goto("/datasets/import/")
    page.locator("#import-files").set_input_files(FILES[:3])
    table = page.locator("#import-table")
    expect(table).to_contain_text("2 open", timeout=READY_MS)
    table.get_by_label("Choose pump_02.npy").check()
    page.get_by_label("Sampling rate (Hz)").fill("20480")
    table.get_by_role("button", name="motor.csv").click()
    page.get_by_label("Keep FE (g)").uncheck()
    with page.expect_response("**/channels/"):
        page.get_by_role("button", name="Keep these channels").click()
    expect(page.get_by_label("Keep FE (g)")).not_to_be_checked()
    expect(page.get_by_label("Sampling rate (Hz)")).to_have_value("20480")
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(table).to_contain_text("3 files: 2 ready, 1 open")


def test_the_page_holds_to_its_rules_in_both_themes(portal, log_in):
    page = log_in(portal.make_user("engineer"))
    page.goto("/datasets/import/")
    found = findings(page)
    page.locator("#import-files").set_input_files(FILES)
    expect(page.locator("#import-table")).to_contain_text("2 open", timeout=READY_MS)
    page.get_by_role("button", name="motor.csv").click()
    expect(page.locator(".import-plot")).to_have_count(2)
    for theme in ("light", "dark"):
        page.evaluate("(theme) => window.portal.setTheme(theme)", theme)
        found += findings(page)
        shot(page, f"draft-{theme}")
        page.set_viewport_size(PHONE)
        found += findings(page)
        shot(page, f"draft-390-{theme}")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"]
        page.set_viewport_size({"width": 1440, "height": 900})
    assert found == []


def offset_of(request):
    return int(request.headers.get("upload-offset", -1))


def test_sending_goes_on_after_a_dropped_connection(portal, log_in):
    page = log_in(portal.make_user("engineer"))
    page.goto("/datasets/import/")
    dropped = []

    def drop_one(route):
        if route.request.method == "PATCH" and offset_of(route.request) and not dropped:
            dropped.append(offset_of(route.request))
            route.abort()
        else:
            route.continue_()

    page.route("**/chunks/", drop_one)
    page.locator("#import-files").set_input_files([file("long.npy", noise(1, LONG))])
    expect(page.locator("#import-table")).to_contain_text("1 file: 1 open", timeout=READY_MS)
    assert dropped == [CHUNK_BYTES]


def test_sending_goes_on_after_a_reload(portal, log_in):
    page = log_in(portal.make_user("engineer"))
    page.goto("/datasets/import/")
    page.on("dialog", lambda dialog: dialog.accept())  # the page asks before it is left
    page.route(
        "**/chunks/",
        lambda route: (
            route.abort()
            if route.request.method == "PATCH" and offset_of(route.request)
            else route.continue_()
        ),
    )
    long = file("long.npy", noise(1, LONG))
    with page.expect_event("requestfailed"):
        page.locator("#import-files").set_input_files([long])
    page.reload()
    page.unroute("**/chunks/")
    expect(page.locator(".note-warning")).to_contain_text("1 file had not come whole: long.npy")
    offsets = []
    page.on(
        "request", lambda sent: offsets.append(offset_of(sent)) if sent.method == "PATCH" else None
    )
    page.locator("#import-files").set_input_files([long])
    expect(page.locator("#import-table")).to_contain_text("1 file: 1 open", timeout=READY_MS)
    assert offsets == list(range(CHUNK_BYTES, len(long["buffer"]), CHUNK_BYTES))
