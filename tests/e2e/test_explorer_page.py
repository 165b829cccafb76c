import re

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import findings
from tests.e2e.exploring import address, drawn, only, opened, says
from tests.e2e.test_accessibility import PHONE

pytestmark = pytest.mark.browser

SIZES = [(360, 800), (768, 1024), (1024, 800), (1440, 900), (3840, 2160)]
OVER_THE_EDGE = """() => [...document.querySelectorAll(".explorer :is(button, a, input, h2)")]
  .filter((one) => one.getClientRects().length)
  .filter((one) => !one.closest(".offcanvas-lg:not(.show), .ag-root, .table-scroll, .filters-body"))
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML)
  .concat(document.documentElement.scrollWidth > innerWidth ? ["the page is too wide"] : [])"""


@pytest.fixture
def dataset(portal):
    return portal.make_dataset(portal.make_user("engineer"), per_class=4, visibility="shared")


@pytest.fixture
def explorer(log_in, dataset):
    page = log_in(dataset.store.owner)
    page.goto("/data-explorer/")
    return drawn(page)


def test_a_filter_stands_in_the_address_and_comes_back_from_it(explorer, portal, dataset):
    says(explorer, "12 signals")
    only(explorer, "wear", "healthy")
    says(explorer, "8 of 12 signals")
    kept = address(explorer)
    assert kept == f"?dataset={dataset.pk}&class=healthy&class=wear"
    explorer.reload()
    says(drawn(explorer), "8 of 12 signals")
    explorer.go_back()
    says(explorer, "12 signals")
    expect(explorer.locator("[name=class]:checked")).to_have_count(3)
    explorer.go_forward()
    says(explorer, "8 of 12 signals")
    other = opened(portal, portal.make_user("viewer"), kept)  # a link that was sent
    says(other, "8 of 12 signals")
    expect(other.locator(".explorer-classes tbody tr")).to_have_count(2)


def test_back_undoes_one_control_at_a_time(explorer):
    pearson = explorer.locator("[data-set='measure=pearson']")
    pearson.click()
    expect(pearson).to_have_attribute("aria-pressed", "true")
    only(explorer, "wear")
    says(explorer, "4 of 12 signals")
    explorer.go_back()
    says(explorer, "12 signals")
    expect(explorer.locator("[name=class]:checked")).to_have_count(3)
    expect(pearson).to_have_attribute("aria-pressed", "true")
    explorer.go_back()
    expect(pearson).to_have_attribute("aria-pressed", "false")
    assert "measure" not in address(explorer)


def test_two_tabs_keep_their_own_filters(explorer):
    second = explorer.context.new_page()
    second.goto("/data-explorer/")
    drawn(second)
    only(explorer, "wear")
    only(second, "healthy", "imbalance")
    says(explorer, "4 of 12 signals")
    says(second, "8 of 12 signals")
    for page, n in ((explorer, "4 of 12 signals"), (second, "8 of 12 signals")):
        page.reload()
        says(page, n)
    second.close()


def test_two_people_who_filter_at_once_see_their_own(portal, dataset):
    pages = [
        opened(portal, dataset.store.owner, f"?dataset={dataset.pk}"),
        opened(portal, portal.make_user("viewer"), f"?dataset={dataset.pk}"),
    ]
    for classes in (("wear", "healthy"), ("healthy", "wear"), ("imbalance", "wear")):
        for page, code in zip(pages, classes, strict=True):
            only(page, code)
        for page, code in zip(pages, classes, strict=True):
            rows = page.locator(f'.explorer-classes [data-select="class:{code}"]')
            expect(rows).to_have_count(1)
            expect(page.locator(".explorer-classes tbody tr")).to_have_count(1)


def test_sliders_and_numbers_are_one_condition(explorer):
    low = explorer.get_by_label("Lowest Speed", exact=True)
    low.focus()
    low.press("PageUp")
    number = explorer.get_by_label("Lowest Speed (rpm)")
    assert float(number.input_value()) > float(low.get_attribute("min"))
    number.fill("")
    assert low.input_value() == low.get_attribute("min")
    explorer.get_by_label("Highest Speed (rpm)").fill("3000")
    explorer.get_by_role("button", name="Apply").click()
    expect(explorer.locator(".chip")).to_contain_text("Speed ≤ 3000 rpm")
    assert "rpm_max=3000" in address(explorer)


def test_no_class_at_all_is_not_applied(explorer):
    explorer.get_by_role("button", name="All or none").first.click()
    explorer.get_by_role("button", name="Apply").click()
    assert explorer.locator("[name=class]").first.evaluate("(box) => box.validationMessage")
    assert "class=" not in address(explorer)


def test_an_empty_result_says_which_condition_empties_it(explorer):
    explorer.get_by_label("Lowest RMS (g)").fill("1000")
    explorer.get_by_role("button", name="Apply").click()
    says(explorer, "Without the condition on RMS there are 12 signals.")
    explorer.get_by_role("link", name="Drop the condition on RMS").click()
    says(explorer, "12 signals")


def test_a_part_of_a_bar_selects_and_escape_lets_go(explorer):
    bar = explorer.locator("#explorer-bars .barlayer .trace").first.locator("path").last
    bar.click(force=True)
    says(explorer, "of 12 selected")
    assert re.search(r"sel=class:\w+/\w+", address(explorer))
    explorer.keyboard.press("Escape")
    expect(explorer.locator(".is-selection")).to_have_count(0)
    assert "sel=" not in address(explorer)


def test_a_class_is_selected_in_the_table_by_keyboard(explorer):
    explorer.get_by_role("button", name="Wear", exact=True).press("Enter")
    says(explorer, "4 of 12 selected")
    expect(explorer.locator("tr.is-faded")).to_have_count(2)


def test_a_view_is_kept_and_opened_again(explorer, portal, dataset):
    only(explorer, "wear")
    says(explorer, "4 of 12 signals")
    explorer.get_by_role("button", name="Saved views").click()
    explorer.get_by_role("button", name="Save this view").click()
    explorer.get_by_label("Name").fill("Worn ones")
    explorer.get_by_role("checkbox", name="Everybody may open it").check()
    explorer.get_by_role("button", name="Save", exact=True).click()
    expect(explorer.locator("#toasts")).to_contain_text("“Worn ones” is saved")
    other = opened(portal, portal.make_user("viewer"))
    other.get_by_role("button", name="Saved views").click()
    other.get_by_role("link", name="Worn ones").click()
    says(other, "4 of 12 signals")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(log_in, dataset, scheme):
    page = log_in(dataset.store.owner, color_scheme=scheme)
    page.goto("/data-explorer/")
    only(page, "wear", "healthy")
    says(page, "8 of 12 signals")
    assert findings(page) == []
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.get_by_role("button", name="Filters").click()
    expect(page.get_by_label("Label begins with")).to_be_visible()
    assert findings(page) == []


def test_nothing_is_cut_off_from_a_phone_to_4k(explorer):
    only(explorer, "wear", "healthy")
    says(explorer, "8 of 12 signals")
    troubles = []
    for width, height in SIZES:
        explorer.set_viewport_size({"width": width, "height": height})
        troubles += [f"{width}: {each}" for each in explorer.evaluate(OVER_THE_EDGE)]
    assert troubles == []
