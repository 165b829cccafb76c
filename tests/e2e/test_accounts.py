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


def test_a_half_typed_name_outlives_what_is_done_to_tokens_and_sessions(portal):
    user = portal.make_user("viewer")
    page, there = portal.log_in(user), portal.log_in(user)
    there.goto("/accounts/profile/")
    expect(there.locator("#live-state")).not_to_have_class(re.compile("is-paused"))
    page.goto("/accounts/profile/")
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("What uses it").fill("Rig 3")
    page.get_by_role("button", name="Make token").click()
    expect(page.locator("#token-secret")).not_to_be_empty()
    expect(page.get_by_role("button", name="Copy")).to_be_focused()
    page.get_by_label("What uses it").fill("Rig 4")
    page.get_by_label("train and predict").check()
    page.get_by_role("button", name="Revoke Rig 3").click()
    expect(page.get_by_text("None yet")).to_be_visible()
    expect(page.get_by_label("What uses it")).to_have_value("Rig 4")
    expect(page.get_by_label("train and predict")).to_be_checked()
    expect(page.get_by_role("heading", name="API tokens")).to_be_focused()
    page.get_by_role("button", name="Log out everywhere else").click()
    expect(there.locator(".expired")).to_be_visible()
    expect(page.get_by_role("heading", name="Where you are logged in")).to_be_focused()
    expect(page.get_by_label("First name")).to_have_value("Ada")


def test_a_token_without_a_name_is_asked_for_one(portal):
    page = portal.log_in(portal.make_user("viewer"))
    page.goto("/accounts/profile/")
    page.get_by_role("button", name="Make token").click()
    expect(page.get_by_text("Name what uses it")).to_be_visible()
    expect(page.get_by_label("What uses it")).to_be_focused()
