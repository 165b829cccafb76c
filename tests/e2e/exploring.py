"""What the tests of the Data Explorer share."""

from playwright.sync_api import expect


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


def address(page):
    return page.evaluate("decodeURIComponent(location.search)")
