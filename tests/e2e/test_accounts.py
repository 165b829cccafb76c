"""One's own account in a real browser: theme on all devices, log-out elsewhere, the log."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def choose_dark(page):
    page.get_by_role("button", name="Theme").click()
    with page.expect_response("**/accounts/settings/theme/") as answer:
        page.get_by_role("button", name="Dark").click()
    assert answer.value.status == 204


def test_a_theme_chosen_on_one_device_is_painted_first_on_another(portal):
    user = portal.make_user("viewer")
    here, there = portal.log_in(user), portal.log_in(user, own_window=True)
    here.goto("/accounts/profile/")
    choose_dark(here)
    there.add_init_script(
        "new MutationObserver(() => { if (document.body && !window.first)"
        " window.first = document.documentElement.dataset.bsTheme; })"
        ".observe(document, { childList: true, subtree: true })"
    )
    there.goto("/accounts/profile/")
    assert there.evaluate("window.first") == "dark"


def test_an_open_page_says_that_it_was_logged_out_elsewhere(portal):
    user = portal.make_user("viewer")
    here, there = portal.log_in(user), portal.log_in(user)
    there.goto("/accounts/profile/")
    expect(there.locator("#live-state")).not_to_have_class(re.compile("is-paused"))
    here.goto("/accounts/profile/")
    here.get_by_role("button", name="Log out everywhere else").click()
    expect(there.locator(".expired")).to_be_visible()
    expect(here.locator(".expired")).to_have_count(0)


def test_the_log_is_searched_as_one_types(portal):
    page = portal.log_in(portal.make_user("superuser"))
    page.goto("/system-health/")
    expect(page.locator("#log-lines")).to_be_visible()
    page.fill("#log-search", "no line has these words")
    expect(page.locator("#log-lines")).to_contain_text("No line passes the filter")
    expect(page.locator("#log-search")).to_be_focused()
