"""What is taken away of a dataset, in a browser."""

import hashlib

import h5py
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.exploring import opened
from tests.e2e.viewing import settled

pytestmark = pytest.mark.browser

READY_MS = 300_000
SERIOUS = {"serious", "critical", "moderate"}


def clean(page):
    settled(page)
    found = Axe().run(page).response["violations"]
    return [each["id"] for each in found if each["impact"] in SERIOUS] == []


def test_the_explorer_hands_out_what_is_filtered_and_its_checksum_holds(portal):
    owner = portal.make_user("engineer")
    dataset = portal.make_dataset(owner, name="Rig")
    page = opened(portal, owner, f"?dataset={dataset.pk}&class=wear")
    page.locator("#section-table").scroll_into_view_if_needed()
    button = page.locator("[data-bulk=download]:enabled")
    button.click()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("2 signals of")
    assert clean(page)
    dialog.get_by_role("button", name="Prepare HDF5").click()
    link = dialog.get_by_role("link", name="Download HDF5")
    expect(link).to_be_visible(timeout=READY_MS)
    said = dialog.locator(".offer p .mono").first.inner_text()
    with page.expect_download() as download:
        link.click()
    path = download.value.path()
    assert hashlib.sha256(path.read_bytes()).hexdigest() == said
    with h5py.File(path) as file:
        assert set(file["index/class"].asstr()[:]) == {"wear"}
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
