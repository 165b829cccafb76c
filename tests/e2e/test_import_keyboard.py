"""A whole import without a mouse: choose, answer, map, name, import; nothing is out of reach."""

import pytest
from playwright.sync_api import expect

from tests.e2e.test_import_journey import READY_MS, file, noise

pytestmark = pytest.mark.browser
MOST_STEPS = 120


def go_to(page, selector):
    """Press Tab until an element has the focus, as somebody without a mouse does."""
    for _ in range(MOST_STEPS):
        if page.evaluate("(wanted) => document.activeElement?.matches(wanted) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is out of the keyboard's reach")


def test_an_import_is_made_with_the_keyboard_alone(portal, log_in):
    page = log_in(portal.make_user("engineer"))
    page.on("filechooser", lambda _: None)  # asked for in time: no window of the system opens
    page.goto("/datasets/import/")
    go_to(page, "#import-files")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files([file("pump_01.npy", noise(1)), file("pump_02.npy", noise(2))])
    table = page.locator("#import-table")
    expect(table).to_contain_text("2 files: 2 open", timeout=READY_MS)
    go_to(page, "#choose-all")
    page.keyboard.press("Space")
    expect(page.locator("#chosen-count")).to_have_text("2 chosen")
    for selector, text in (
        ("#id_fs_hz", "20480"),
        ("#id_specimen", "B1"),
        ("#id_fault_size_mm", "7 mil"),
    ):
        go_to(page, selector)
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(table).to_contain_text("2 files: 2 ready")
    expect(table).to_contain_text("0.1778 mm")
    go_to(page, "#id_name")
    page.keyboard.type("By keyboard")
    expect(page.locator("#import-submit")).to_be_enabled()
    page.route("**/check/", lambda route: None)  # the name is looked at for a long time
    with page.expect_request("**/check/"):
        page.keyboard.press("Tab")
    go_to(page, "#import-submit")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/import/" not in address)
    expect(page.locator("[data-status]").first).to_have_text("Ready", timeout=READY_MS)
