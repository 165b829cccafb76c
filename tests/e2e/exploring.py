"""What the tests of the Data Explorer share."""

from playwright.sync_api import expect

from tests.e2e.viewing import EACH_MS, TRIES, settled


def opened(portal, user, query="", **context):
    """Open the explorer in a window of its own and wait until its first panels are drawn."""
    page = portal.log_in(user, **context)
    page.goto(f"/data-explorer/{query}")
    return drawn(page)


def drawn(page):
    page.wait_for_selector("#explorer-bars .barlayer path", state="attached")
    return page


def says(page, text):
    """Wait until the line above the panels says how many signals there are."""
    expect(page.locator("#explorer-line")).to_contain_text(text)


def only(page, *classes):
    """Choose classes in the form and apply it."""
    for box in page.locator("[name=class]").all():
        box.set_checked(box.get_attribute("value") in classes)
    page.get_by_role("button", name="Apply").click()


BOX = "#explorer-table-grid .ag-row[row-index='{}'] .ag-selection-checkbox input"


def check(page, *places):
    """Check rows of the table; a click is made again where the page moved below the pointer."""
    for place in places:
        box = page.locator(BOX.format(place))
        for left in reversed(range(TRIES)):
            settled(page)
            box.click()
            try:
                expect(box).to_be_checked(timeout=EACH_MS)
                break
            except AssertionError:
                if not left:
                    raise


def address(page):
    return page.evaluate("decodeURIComponent(location.search)")
