"""Single sign-on in a real browser: there and back, under the strict content policy."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def page(portal, chromium):
    """A window that may go to the provider, which is another host."""
    context = chromium.new_context(base_url=portal.url)
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text))
    yield page
    context.close()


def test_the_button_leads_to_the_provider_and_back_to_the_page_one_wanted(page, provider):
    provider.claims = {"sub": "chromium", "preferred_username": "m.keller"}
    page.goto("/accounts/settings/")
    page.get_by_role("link", name="Log in with the lab").click()
    expect(page.get_by_role("heading", name="How you want the portal")).to_be_visible()
    page.goto("/accounts/profile/")
    expect(page.get_by_text("m.keller").first).to_be_visible()
    assert page.complaints == []


def test_an_account_is_connected_and_disconnected(page, portal, provider):
    provider.claims = {"sub": "another", "preferred_username": "keller"}
    page.context.add_cookies([portal.cookie(portal.make_user("viewer", username="owner"))])
    page.goto("/accounts/profile/")
    page.get_by_role("button", name="Connect", exact=True).click()
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_text("the lab logs you in, too")).to_be_visible()
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_text("is disconnected")).to_be_visible()
    assert page.complaints == []


def test_a_provider_that_fails_is_said_above_the_password(page, provider):
    provider.breaks["/.well-known/openid-configuration"] = 500
    page.goto("/accounts/login/")
    page.get_by_role("link", name="Log in with the lab").click()
    expect(page.get_by_role("alert")).to_contain_text("the lab does not answer as it should")
    expect(page.get_by_label("Password")).to_be_visible()
    provider.breaks.clear()
