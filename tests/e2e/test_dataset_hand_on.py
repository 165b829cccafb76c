"""What is taken away of a dataset, divided, changed, thrown away and brought back, in a browser."""

import hashlib
from urllib.request import Request, urlopen

import h5py
import pytest
from playwright.sync_api import expect

from tests.e2e.axe import findings
from tests.e2e.exploring import check, drawn, opened, says

pytestmark = pytest.mark.browser

READY_MS = 300_000


def test_the_explorer_hands_out_what_is_filtered_and_its_checksum_holds(portal):
    owner = portal.make_user("engineer")
    dataset = portal.make_dataset(owner, name="Rig")
    page = opened(portal, owner, f"?dataset={dataset.pk}&class=wear")
    page.locator("#section-table").scroll_into_view_if_needed()
    button = page.locator("[data-bulk=download]:enabled")
    button.click()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("2 signals of")
    assert findings(page) == []
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


def test_a_split_is_made_in_its_dialog_reported_and_filters_the_explorer(portal):
    owner = portal.make_user("engineer")
    dataset = portal.make_dataset(owner, name="Rig", per_class=4)
    page = portal.log_in(owner)
    page.goto(f"/datasets/{dataset.pk}/")
    page.get_by_role("button", name="New split").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Name").fill("fair")
    dialog.get_by_label("Ratios").fill("1:x")
    dialog.get_by_role("button", name="Split").click()
    expect(dialog.locator("#errors-ratios")).to_be_visible()
    assert findings(page) == []
    dialog.get_by_label("Ratios").fill("1:1")
    dialog.get_by_role("button", name="Split").click()
    page.get_by_role("link", name="fair", exact=True).click()
    sides = page.get_by_role("group", name="Sides")
    signals = page.get_by_role("rowheader", name="Signals", exact=True)
    n_test = int(sides.locator("tr").filter(has=signals).locator("td").last.inner_text())
    assert findings(page) == []
    sides.get_by_role("link", name="test").click()
    drawn(page)
    says(page, f"{n_test} of 12 signals")
    assert "split=fair" in page.url


def test_what_was_relabelled_reads_as_before_in_the_old_version_and_is_taken_back(portal):
    owner = portal.make_user("engineer")
    dataset = portal.make_dataset(owner, name="Rig")
    page = opened(portal, owner, f"?dataset={dataset.pk}&class=healthy")
    table = page.locator(".explorer-table-panel")
    table.scroll_into_view_if_needed()
    table.locator(".ag-row .cell-link").first.wait_for()
    check(page, 0)
    table.get_by_role("button", name="Relabel", exact=True).click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Class").select_option("wear")
    dialog.get_by_label("Reason").fill("heard again")
    dialog.get_by_role("button", name="Relabel 1 signal").click()
    expect(page.get_by_text("1 signal relabelled")).to_be_visible()
    page.goto(f"/datasets/{dataset.pk}/versions/1/")
    counts = page.get_by_role("group", name="Signals of each class")
    was = counts.get_by_role("row", name="Healthy").locator("td").last.inner_text()
    page.goto(f"/datasets/{dataset.pk}/")
    page.locator("#versions").get_by_role("link", name="Compare").click()
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()
    expect(page.get_by_text("heard again")).to_be_visible()
    healthy = counts.get_by_role("row", name="Healthy").locator("td")
    assert healthy.all_inner_texts() == [was, str(int(was) - 1)]
    assert findings(page) == []
    with page.expect_response("**/versions/2/undo/"):
        page.get_by_role("button", name="Undo version 2").click()
    page.goto(f"/datasets/{dataset.pk}/versions/3/")
    expect(page.get_by_text("undoing")).to_be_visible()
    expect(healthy.last).to_have_text(was)


def test_what_is_thrown_away_is_restored_from_the_trash_or_goes_for_good(portal):
    owner = portal.make_user("engineer")
    dataset = portal.make_dataset(owner, name="Old")
    page = portal.log_in(owner)
    page.goto("/datasets/")
    menu = page.get_by_role("button", name="Actions for Old")
    menu.click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Delete Old?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    menu.click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete dataset").click()
    expect(menu).to_have_count(0)
    page.goto("/datasets/?scope=trash")
    expect(page.get_by_role("rowheader", name="Old")).to_be_visible()
    page.get_by_role("button", name="Restore Old").click()
    expect(page.get_by_text("The trash is empty")).to_be_visible()
    page.goto("/datasets/")
    menu.click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete dataset").click()
    expect(menu).to_have_count(0)
    page.goto("/datasets/?scope=trash")
    page.get_by_role("button", name="Delete Old for good").click()
    expect(page.locator("#dialog")).to_contain_text("It cannot be undone")
    assert findings(page) == []
    page.locator("#dialog").get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("The trash is empty")).to_be_visible()
    assert page.goto(f"/datasets/{dataset.pk}/").status == 404


def test_a_stranger_meets_404_until_the_dataset_is_shared(portal):
    owner, stranger = portal.make_user("engineer"), portal.make_user("viewer")
    dataset = portal.make_dataset(owner, name="Rig")
    theirs = portal.log_in(stranger)
    assert theirs.goto(f"/datasets/{dataset.pk}/").status == 404
    expect(theirs.get_by_role("heading").first).to_be_visible()
    assert findings(theirs) == []
    mine = portal.log_in(owner)
    mine.goto(f"/datasets/{dataset.pk}/")
    members = mine.locator("#members")
    members.get_by_label("Person or group").fill(stranger.username)
    members.get_by_role("button", name="Add").click()
    expect(members.get_by_role("rowheader", name=stranger.username)).to_be_visible()
    assert theirs.reload().status == 200
    expect(theirs.get_by_role("button", name="New split")).to_have_count(0)


def test_a_download_that_broke_off_goes_on_where_it_stopped(portal):
    owner = portal.make_user("engineer")
    dataset = portal.make_dataset(owner, name="Rig")
    page = portal.log_in(owner)
    page.goto(f"/datasets/{dataset.pk}/")
    link = page.get_by_role("link", name="Download HDF5").first
    with page.expect_download() as download:
        link.click()
    whole = download.value.path().read_bytes()
    cookie = portal.cookie(owner)
    asked = {"Cookie": f"{cookie['name']}={cookie['value']}", "Accept-Encoding": "identity"}
    address = portal.url + link.get_attribute("href")
    with urlopen(Request(address, headers=asked | {"Range": "bytes=0-999"})) as answer:  # noqa: S310
        first, etag = answer.read(), answer.headers["ETag"]
    rest = asked | {"Range": "bytes=1000-", "If-Range": etag}
    with urlopen(Request(address, headers=rest)) as answer:  # noqa: S310
        assert answer.status == 206
        assert first + answer.read() == whole
