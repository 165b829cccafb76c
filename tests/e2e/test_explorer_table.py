import csv
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from signals.models import Signal, Tag
from tests.e2e.axe import findings
from tests.e2e.exploring import BOX, check
from tests.e2e.viewing import settled

pytestmark = pytest.mark.browser

GRID = "#explorer-table-grid"
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
ROW = GRID + " .ag-center-cols-container .ag-row[row-index='{}']"
CELL = ROW + " [col-id='{}']"
HEAD = GRID + " .ag-header-cell[col-id='{}']"


@pytest.fixture
def dataset(portal):
    owner = portal.make_user("engineer")
    return portal.make_dataset(owner, name="Study", visibility="shared", per_class=25)


@pytest.fixture
def window(log_in, dataset):
    """A window of the owner in which nothing is open: for what begins at another address."""
    return log_in(dataset.store.owner)


@pytest.fixture
def page(window, dataset):
    page, complaints = window, []
    page.complaints = complaints
    listen = lambda said: complaints.append(said.text)  # noqa: E731
    page.on("console", listen)
    opened(page, dataset)
    yield page
    page.remove_listener("console", listen)


def table_button(page, name):
    return page.locator(".explorer-table-panel").get_by_role("button", name=name, exact=True)


def opened(page, dataset, query=""):
    page.goto(f"/data-explorer/?dataset={dataset.pk}{query}")
    shown(page)


def shown(page):
    """Wait for the table's rows, in sight."""
    page.locator(".explorer-table-panel").scroll_into_view_if_needed()
    page.locator(f"{GRID} .ag-row .cell-link").first.wait_for()


def address(page):
    return {key: value for key, (value,) in parse_qs(urlsplit(page.url).query).items()}


def said_in_address(page, key):
    page.wait_for_function("(key) => new URLSearchParams(location.search).has(key)", arg=key)
    return address(page)[key]


def address_says(page, key, value):
    """Wait until a value stands in the address, or None until there is none."""
    page.wait_for_function(
        "([key, value]) => new URLSearchParams(location.search).get(key) === value",
        arg=[key, value],
    )


def rows(page):
    return page.locator("#explorer-rows")


def values(page, column, n=3):
    return [page.locator(CELL.format(place, column)).inner_text() for place in range(n)]


def signals_of(portal, dataset, **chosen):
    signals = Signal.objects.filter(store=dataset.store, **chosen)
    return portal.run(lambda: list(signals.order_by("row")))


def dialog(page):
    return page.locator("#dialog-content")


def test_it_shows_every_row_of_the_filter_without_a_complaint(page, portal, dataset):
    expect(page.locator("#explorer-table-meta")).to_have_text("75 signals · 50 a page")
    expect(rows(page)).to_have_text("Rows 1–50 of 75")
    last = signals_of(portal, dataset)[-1]
    page.locator(CELL.format(0, "label")).click(trial=True)
    page.locator(CELL.format(0, "rms")).evaluate("cell => cell.focus()")
    page.keyboard.press("End")
    expect(page.locator(CELL.format(74, "label"))).to_have_text(last.label)
    expect(rows(page)).to_have_text("Rows 51–75 of 75")
    expect(page.locator("#explorer-page")).to_have_value("2")
    assert page.complaints == []


def test_pages_are_turned_by_arrows_and_by_number(page):
    page.get_by_role("button", name="Next page").click()
    expect(rows(page)).to_have_text("Rows 51–75 of 75")
    expect(page.get_by_role("button", name="Next page")).to_be_disabled()
    page.locator("#explorer-page").fill("1")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_text("Rows 1–50 of 75")


@pytest.fixture
def asked(page):
    """What the page asks from now on, and what was answered, in order."""
    said = []
    ask = lambda request: said.append(("asked", request.url))  # noqa: E731
    get = lambda request: said.append(("came", request.url))  # noqa: E731
    page.on("request", ask)
    page.on("requestfinished", get)
    yield said
    page.remove_listener("request", ask)
    page.remove_listener("requestfinished", get)


def of_rows(asked, start=0):
    return [
        (what, url) for what, url in asked if "table/rows/?" in url and f"start={start}&" in url
    ]


def of_panels(asked):
    return [(what, url) for what, url in asked if "_dash-update-component" in url]


def keep_wear(page):
    for box in page.locator("[name=class]").all():
        box.set_checked(box.get_attribute("value") == "wear")
    page.get_by_role("button", name="Apply").click()


def test_after_a_filter_the_rows_are_asked_once_and_before_any_panel(page, asked):
    keep_wear(page)
    expect(rows(page)).to_have_text("Rows 1–25 of 25")
    expect(page.locator("#explorer-table-meta")).to_have_text("25 signals · 50 a page")
    assert [what for what, _ in of_rows(asked)] == ["asked", "came"]
    # Panels wait for the rows, though not for ever: what is certain is who is asked first.
    panel = next(each for each in of_panels(asked) if each[0] == "asked")
    assert asked.index(of_rows(asked)[0]) < asked.index(panel)


def test_what_left_the_sight_is_asked_once_it_is_seen_again(page, asked):
    page.locator(".explorer-main").evaluate("(part) => part.scrollTo(0, 0)")
    page.evaluate("scrollTo(0, 0)")
    page.locator("#explorer-bars").wait_for()
    page.evaluate(TWO_FRAMES)  # by then it is seen that the table is not in sight
    keep_wear(page)
    expect(page.locator("#explorer-bars-meta")).to_contain_text("25")
    assert not of_rows(asked)
    shown(page)
    expect(rows(page)).to_have_text("Rows 1–25 of 25")
    assert [what for what, _ in of_rows(asked)] == ["asked", "came"]


def test_the_next_rows_are_asked_for_ahead_and_once(page, asked):
    page.locator(f"{GRID} .ag-body-viewport").evaluate("(part) => part.scrollTo(0, 32 * 26)")
    page.wait_for_function(
        "() => performance.getEntriesByType('resource')"
        ".some(({ name }) => name.includes('start=50'))"
    )
    table_button(page, "Next page").click()
    expect(page.locator(CELL.format(50, "label"))).not_to_be_empty()
    assert [what for what, _ in of_rows(asked, 50)] == ["asked", "came"]


def test_sort_and_column_filter_stand_in_the_address_and_are_back_after_a_reload(
    page, portal, dataset
):
    page.locator(HEAD.format("rms")).locator(".head-name").click()
    address_says(page, "sort", "rms")
    page.locator(HEAD.format("rms")).locator(".head-name").click()
    page.wait_for_url("**sort=-rms**")
    page.locator(HEAD.format("class")).locator(".head-bar").last.click()
    model = json.loads(said_in_address(page, "grid"))
    assert model["class"]["filter"] == "Wear"
    expect(rows(page)).to_have_text("Rows 1–25 of 25")
    before = values(page, "label")
    worn = signals_of(portal, dataset, fault_class__code="wear")
    loudest = sorted(worn, key=lambda signal: -signal.rms)
    assert before == [signal.label for signal in loudest[:3]]
    page.reload()
    shown(page)
    expect(rows(page)).to_have_text("Rows 1–25 of 25")
    assert values(page, "label") == before
    expect(page.locator("#explorer-filtered")).to_have_text("Filtered by Class")


def test_a_bar_filters_its_column_and_a_second_click_lets_go(page, portal, dataset):
    bar = page.locator(HEAD.format("rms")).locator(".head-bar").first
    n = int(bar.locator("title").text_content().rsplit(": ")[1])
    bar.click()
    expect(rows(page)).to_have_text(f"Rows 1–{min(n, 50)} of {n}")
    span = json.loads(said_in_address(page, "grid"))["rms"]
    assert span["type"] == "lessThan"  # the first bin holds what lies below it too
    inside = signals_of(portal, dataset, rms__lt=span["filter"])
    assert len(inside) == n
    bar.click()
    expect(rows(page)).to_have_text("Rows 1–50 of 75")
    address_says(page, "grid", None)


def test_filters_that_nothing_passes_say_so_and_go_with_a_click(window, dataset):
    nothing = json.dumps({"rms": {"filterType": "number", "type": "lessThan", "filter": -1}})
    window.goto(f"/data-explorer/?dataset={dataset.pk}&grid={nothing}")
    window.locator(".explorer-table-panel").scroll_into_view_if_needed()
    expect(window.get_by_text("No signal passes the column filters.")).to_be_visible()
    window.get_by_role("button", name="Clear column filters").click()
    expect(rows(window)).to_have_text("Rows 1–50 of 75")


def test_a_column_filter_is_written_by_hand(page):
    head = page.locator(HEAD.format("rpm"))
    head.hover()
    head.get_by_role("button", name="Filter Speed (rpm)").click()
    popup = page.locator(".ag-popup .ag-filter")
    popup.get_by_role("combobox").first.click()
    page.get_by_role("option", name="Greater than", exact=True).click()
    popup.locator("input[type=number], .ag-number-field-input").first.fill("3600")
    popup.get_by_role("button", name="Apply").click()
    model = json.loads(said_in_address(page, "grid"))
    assert model == {"rpm": {"filterType": "number", "type": "greaterThan", "filter": 3600}}


def test_the_keyboard_moves_checks_and_opens(page, portal, dataset):
    all_of_it = signals_of(portal, dataset)
    settled(page)
    page.locator(CELL.format(0, "rms")).evaluate("cell => cell.focus()")
    for place in (1, 2):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
        expect(page.locator(BOX.format(place))).to_be_checked()
    expect(page.locator("#explorer-checked")).to_have_text("2 checked")
    address_says(page, "sel", f"ids:{all_of_it[1].pk},{all_of_it[2].pk}")
    page.keyboard.press("Enter")
    page.wait_for_url("**/signal-viewer/**")
    assert address(page) == {"signal": str(all_of_it[2].pk), "dataset": str(dataset.pk)}


def test_heads_are_worked_by_keys(page):
    head = page.locator(HEAD.format("rms"))
    head.focus()
    page.keyboard.press("Enter")
    address_says(page, "sort", "rms")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".ag-popup .ag-filter")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".ag-popup .ag-filter")).to_have_count(0)
    page.locator(HEAD.format("ag-Grid-SelectionColumn")).focus()
    page.keyboard.press("Space")
    expect(page.locator("#explorer-checked")).to_have_text("75 checked")


def test_a_click_opens_the_viewer_which_walks_in_the_filter(window, dataset):
    opened(window, dataset, "&class=healthy&class=wear")
    window.locator(CELL.format(0, "rms")).click()
    window.wait_for_url("**/signal-viewer/**")
    assert "class=healthy&class=wear" in window.url
    expect(window.locator("#viewer-steps")).to_contain_text("of 50")


def test_a_row_that_has_not_come_yet_has_no_box_to_check(window, dataset):
    held, is_over = [], []

    def hold(route):
        if is_over:
            route.continue_()
        else:
            held.append(route)

    window.route("**/table/rows/**", hold)
    window.goto(f"/data-explorer/?dataset={dataset.pk}")
    window.locator(".explorer-table-panel").scroll_into_view_if_needed()
    expect(window.locator(f"{GRID} .ag-row.is-coming")).not_to_have_count(0)
    expect(window.locator(BOX.format(0))).to_be_hidden()
    is_over.append(True)
    while held:
        held.pop().continue_()
    check(window, 0)


def test_checked_rows_are_back_after_a_reload_and_one_click_checks_all(page, portal, dataset):
    check(page, 0)
    said_in_address(page, "sel")
    page.reload()
    shown(page)
    expect(page.locator(f"{GRID} .ag-row-selected .cell-link")).to_have_count(1)
    page.get_by_label("Uncheck all rows").click()
    expect(page.locator("#explorer-checked")).to_be_empty()
    page.get_by_label("Check all rows").click()
    expect(page.locator("#explorer-checked")).to_have_text("75 checked")


def test_rows_of_a_selection_stand_alone_and_are_checked_within_it(window, dataset):
    opened(window, dataset, "&sel=class:wear")
    expect(window.locator("#explorer-table-meta")).to_have_text("25 selected of 75 · 50 a page")
    expect(rows(window)).to_have_text("Rows 1–25 of 25")
    check(window, 0)
    said_in_address(window, "checked")
    assert address(window)["sel"] == "class:wear"
    expect(rows(window)).to_have_text("Rows 1–25 of 25")


def test_columns_are_remembered_in_another_browser_of_the_same_person(page, portal, dataset):
    page.get_by_text("Columns", exact=True).click()
    page.get_by_role("checkbox", name="Skewness").check()
    expect(page.locator(HEAD.format("skewness"))).to_be_visible()
    page.get_by_role("checkbox", name="Load (%)").uncheck()
    expect(page.locator(HEAD.format("load"))).to_have_count(0)
    expect(page.locator(CELL.format(0, "skewness"))).not_to_be_empty()
    other = portal.log_in(dataset.store.owner)
    opened(other, dataset)
    expect(other.locator(HEAD.format("skewness"))).to_be_visible()
    expect(other.locator(HEAD.format("load"))).to_have_count(0)
    other.get_by_text("Columns", exact=True).click()
    other.get_by_role("button", name="Reset columns").click()
    expect(other.locator(HEAD.format("load"))).to_be_visible()


def test_the_checked_are_tagged_and_it_is_undone(page, portal):
    check(page, 0, 2)
    table_button(page, "Tag").click()
    dialog(page).get_by_label("Tag").fill("reference")
    dialog(page).get_by_role("button", name="Add tag").click()
    expect(page.get_by_text("2 signals tagged “reference”")).to_be_visible()
    expect(page.locator(f"{GRID} .ag-row .tag")).to_have_text(["reference"] * 2)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone for 2 signals")).to_be_visible()
    expect(page.locator(f"{GRID} .ag-row .tag")).to_have_count(0)
    assert not portal.run(Signal.objects.filter(tags__name="reference").exists)
    expect(page.locator("#explorer-checked")).to_have_text("2 checked")


def test_the_checked_are_compared_in_the_viewer(page, portal, dataset):
    first, second = signals_of(portal, dataset)[:2]
    check(page, 0, 1)
    table_button(page, "Compare").click()
    page.wait_for_url("**/signal-viewer/**")
    assert address(page)["signal"] == str(first.pk)
    assert address(page)["compare"] == str(second.pk)


def test_more_than_the_viewer_compares_is_said_first(page):
    table_button(page, "Compare").click()
    expect(dialog(page).get_by_role("heading")).to_have_text("Compare the first 8 of 75 signals")
    dialog(page).get_by_role("link", name="Compare these 8").click()
    page.wait_for_url("**/signal-viewer/**")
    assert len(address(page)["compare"].split(",")) == 7


def test_the_csv_holds_all_rows_and_no_formula(page, portal, dataset):
    first = signals_of(portal, dataset)[0]
    portal.run(lambda: first.tags.add(Tag.objects.create(name="=1+1")))
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    with open(download.value.path(), newline="", encoding="utf-8-sig") as file:
        found = list(csv.DictReader(file))
    assert len(found) == 75
    assert found[0]["tags"] == "'=1+1"


def test_a_member_sees_the_rows_and_may_not_tag_them(portal, dataset):
    page = portal.log_in(portal.make_user("viewer"))
    opened(page, dataset)
    expect(table_button(page, "Relabel")).to_be_hidden()
    table_button(page, "Tag").click()
    dialog(page).get_by_label("Tag").fill("mine")
    dialog(page).get_by_role("button", name="Add tag").click()
    expect(dialog(page)).to_contain_text(
        "Tags are edited by the signals' owner, by members who may label"
    )


def test_a_curator_relabels_the_checked(portal, dataset):
    page = portal.log_in(portal.make_user("curator"))
    opened(page, dataset)
    check(page, 0)
    table_button(page, "Relabel").click()
    dialog(page).get_by_label("Class").select_option("wear")
    dialog(page).get_by_label("Reason").fill("heard again")
    dialog(page).get_by_role("button", name="Relabel 1 signal").click()
    expect(page.get_by_text("1 signal relabelled")).to_be_visible()
    expect(page.locator(CELL.format(0, "class"))).to_have_text("Wear")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_table_menu_and_dialog_have_no_finding(scheme, log_in, dataset):
    page = log_in(dataset.store.owner, color_scheme=scheme)
    opened(page, dataset)
    check(page, 0)
    said_in_address(page, "sel")
    found = findings(page)
    page.get_by_text("Columns", exact=True).click()
    page.get_by_role("checkbox", name="Skewness").wait_for()
    found += findings(page, ".explorer-table-panel details[open]")
    page.keyboard.press("Escape")
    table_button(page, "Tag").click()
    dialog(page).get_by_label("Tag").wait_for()
    assert found + findings(page, "#dialog") == []


def test_on_a_phone_it_stays_within_the_width_with_rows_for_a_finger(portal, dataset):
    phone = {"width": 390, "height": 844}
    page = portal.log_in(dataset.store.owner, own_window=True, viewport=phone, has_touch=True)
    opened(page, dataset)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(ROW.format(0)).bounding_box()["height"] == 44
