"""What the compatibility module promises, in a browser: run on each new version of dash."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.factories import make_user

pytestmark = pytest.mark.browser


@pytest.fixture
def open_probe(live_server, settings, chromium):
    """Open the probe's page as somebody new."""
    settings.ROOT_URLCONF = "tests.e2e.probe_urls"
    contexts = []

    def open_page(name):
        client = Client()
        client.force_login(make_user(username=name))
        context = chromium.new_context(base_url=live_server.url)
        contexts.append(context)
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto("/probe/")
        return page

    yield open_page
    for context in contexts:
        context.close()


def test_the_trigger_is_known_and_other_components_can_be_set(open_probe):
    page = open_probe("ann")
    expect(page.locator("#beside")).to_have_text("ann pressed 0 times")
    page.click("#first")
    expect(page.locator("#said")).to_have_text("triggered by first")
    expect(page.locator("#beside")).to_have_text("ann pressed 1 times")
    assert page.errors == []


def test_two_callbacks_may_write_the_same_output(open_probe):
    page = open_probe("ann")
    expect(page.locator("#said")).to_have_text("triggered by None")  # at the start
    page.click("#second")
    expect(page.locator("#said")).to_have_text("second 1 by second")
    page.click("#first")
    expect(page.locator("#said")).to_have_text("triggered by first")
    assert page.errors == []


def test_each_person_is_named_to_his_own_callback(open_probe):
    ann, bob = open_probe("ann"), open_probe("bob")
    for _ in range(3):
        ann.click("#first")
        bob.click("#first")
    expect(ann.locator("#beside")).to_have_text("ann pressed 3 times")
    expect(bob.locator("#beside")).to_have_text("bob pressed 3 times")
