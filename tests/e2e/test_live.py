import re

import pytest
from playwright.sync_api import expect

from datasets.services import dataset_delete
from tests.e2e.viewing import settled

pytestmark = pytest.mark.browser

# The server says 1009 and reads no more; a browser that is still sending may not hear it.
CLOSED = (1006, 1009)
OPEN_SOCKETS = """
    const Real = window.WebSocket; window.sockets = []; window.refuse = false;
    window.WebSocket = class extends Real {
        constructor(url) {
            super(window.refuse ? url.replace('/ws/', '/closed/') : url);
            sockets.push(this);
        }
    };
"""


@pytest.fixture
def owner(portal):
    return portal.make_user("engineer")


@pytest.fixture
def page(portal, owner):
    window = portal.log_in(owner, own_window=True)
    window.add_init_script(OPEN_SOCKETS)
    window.goto("/datasets/")
    expect(window.locator("#live-state")).to_have_attribute("data-socket", "on")
    return window


def cut(page, *, for_good):
    page.evaluate(f"window.refuse = {str(for_good).lower()}; sockets.at(-1).close()")


def test_a_message_that_is_too_long_closes_its_socket_and_nothing_else(portal, page, owner):
    code = page.evaluate("""() => new Promise((done) => {
        const socket = sockets.at(-1);
        socket.addEventListener("close", (event) => done(event.code));
        socket.send("x".repeat(10_000_000));
    })""")
    assert code in CLOSED
    page.wait_for_function(
        "() => sockets.length > 1 && sockets.at(-1).readyState === WebSocket.OPEN"
    )
    pong = page.evaluate("""() => new Promise((done) => {
        const socket = sockets.at(-1);
        socket.addEventListener("message", ({ data }) => done(data));
        socket.send('{"type": "ping"}');
    })""")
    assert "pong" in pong


def test_a_notice_is_a_toast_and_a_count_on_the_bell(portal, page, owner):
    portal.notify(owner, "Model trained", text="All well", level="success")
    expect(page.locator(".toast-card")).to_contain_text("Model trained")
    expect(page.locator("#unread")).to_contain_text("1")
    page.get_by_role("button", name="Notices").click()
    page.get_by_role("button", name="Mark all read").click()
    expect(page.locator("#unread")).to_be_hidden()


def test_an_error_stays_until_it_is_closed(portal, page, owner):
    portal.notify(owner, "Generation failed", level="error")
    toast = page.get_by_role("alert").filter(has_text="Generation failed")
    expect(toast).to_be_visible()
    toast.get_by_role("button", name="Close").click()
    expect(toast).to_have_count(0)


def test_a_lost_socket_is_said_and_the_page_polls(portal, page, owner):
    cut(page, for_good=True)
    expect(page.locator("#live-state")).to_have_text("Live updates paused")
    portal.notify(owner, "Heard by polling")
    expect(page.locator(".toast-card")).to_contain_text("Heard by polling")


def test_after_a_reconnect_the_page_reads_what_it_missed(portal, page, owner):
    cut(page, for_good=True)
    expect(page.locator("#live-state")).to_have_text("Live updates paused")
    page.evaluate("window.refuse = false")
    portal.notify(owner, "Missed meanwhile")
    expect(page.locator("#live-state")).to_have_text("")
    expect(page.locator(".toast-card")).to_have_count(1)


def test_a_request_that_goes_elsewhere_holds_no_news_back(portal, page, owner):
    settled(page)
    page.route("**/footer/", lambda route: None)  # it is never answered
    page.evaluate("htmx.trigger('#checks-state', 'portal:due')")
    expect(page.locator("#checks-state.htmx-request")).to_have_count(1)
    portal.make_dataset(owner, name="Fresh")
    expect(page.get_by_role("link", name="Fresh")).to_be_visible()
    expect(page.locator("#checks-state.htmx-request")).to_have_count(1)


def test_news_whose_reading_failed_are_read_again(portal, page, owner):
    dataset = portal.make_dataset(owner, name="Old")
    page.reload()  # a maker of rows tells no page of all it does
    expect(page.locator("#live-state")).to_have_attribute("data-socket", "on")
    statuses = [503]

    def fail_once(route):
        route.fulfill(status=statuses.pop()) if statuses else route.continue_()

    settled(page)
    page.route(re.compile("/datasets/$"), fail_once)
    portal.run(dataset_delete, user=owner, dataset=dataset)
    expect(page.locator(".dataset-card")).to_have_count(0)
    assert statuses == []


def test_an_expired_session_is_said_with_a_way_back_to_this_address(portal, page, owner):
    page.context.clear_cookies()
    cut(page, for_good=False)
    link = page.get_by_role("alert").get_by_role("link", name="Log in")
    expect(link).to_have_attribute("href", "/accounts/login/?next=%2Fdatasets%2F")
