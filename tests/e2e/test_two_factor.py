"""The second step of the log-in in a real browser, as a person sets it up and uses it."""

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import findings
from tests.monitoring.accounts.second_step import code_of, fresh

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


def test_it_is_set_up_on_a_page_and_asked_at_the_next_log_in(portal):
    user = portal.make_user("viewer")
    page = portal.log_in(user, viewport=PHONE)
    complaints = []
    listen = lambda said: complaints.append(said.text)  # noqa: E731
    page.on("console", listen)
    page.goto("/accounts/profile/")
    page.get_by_role("link", name="Two-factor log-in: off").click()
    found = findings(page)
    page.get_by_role("link", name="Set up an app").click()
    picture = page.get_by_role("img", name="The key as a QR code")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 100
    found += findings(page)
    key = page.locator("#two-factor-key").inner_text()
    page.get_by_label("Code of the app").fill(code_of(hex_of(key)))
    page.get_by_label("Your password").fill("secret")
    page.get_by_role("button", name="Switch on").click()
    expect(page.locator("#recovery-codes")).to_be_visible()
    found += findings(page)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("Recovery codes left")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    found += findings(page)
    page.context.clear_cookies()
    page.goto("/accounts/profile/")
    page.get_by_label("User name").fill(user.username)
    page.get_by_label("Password").fill("secret")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code")).to_be_focused()
    found += findings(page)
    page.keyboard.type(portal.run(fresh, user))
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Two-factor log-in: on")).to_be_visible()
    page.remove_listener("console", listen)
    assert (found, complaints) == ([], [])


def hex_of(shown: str) -> str:
    from base64 import b32decode

    return b32decode(shown.replace(" ", "")).hex()
