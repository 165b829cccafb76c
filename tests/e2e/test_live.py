import re

import pytest
from playwright.sync_api import expect

from datasets.services import dataset_delete
from datasets.services.hints import dataset_hint
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


def test_a_button_is_not_replaced_while_it_is_pressed(portal, page, owner):
    portal.make_dataset(owner, name="Pressed")
    button = page.get_by_role("button", name="Actions for Pressed")
    expect(button).to_be_visible()
    settled(page)
    held = []
    page.route(re.compile("/datasets/$"), lambda route: held.extend([route]), times=1)
    with page.expect_request(re.compile("/datasets/$")):
        portal.make_dataset(owner, name="News")
    button.hover()
    page.mouse.down()
    with page.expect_response(re.compile("/datasets/$")) as answer:
        held[0].continue_()
    answer.value.finished()
    page.evaluate("() => new Promise(requestAnimationFrame)")
    page.mouse.up()
    expect(page.get_by_role("link", name="Share")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="News")).to_be_visible()


def test_what_polls_itself_stays_while_it_is_pressed(portal, page, owner):
    settled(page)
    page.evaluate("""() => {
        const part = document.createElement("div");
        part.innerHTML = `<div hx-get="/datasets/" hx-trigger="every 1s" hx-target="this"
            hx-swap="outerHTML"><button type="button">Stop</button></div>`;
        part.querySelector("button").onclick = () => { window.isStopped = true; };
        document.querySelector("main").prepend(part);
        part.querySelector("button").scrollIntoView();
        htmx.process(part);
    }""")
    page.get_by_role("button", name="Stop").hover()
    page.mouse.down()
    for _ in range(2):
        with page.expect_response("**/datasets/") as answer:
            pass
        answer.value.finished()
    page.mouse.up()
    assert page.evaluate("window.isStopped")
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)


def test_what_is_read_again_on_connecting_and_has_not_changed_is_left_alone(portal, page, owner):
    portal.make_dataset(owner, name="Same")
    page.add_init_script("""addEventListener("DOMContentLoaded", () => {
        document.getElementById("dataset-list").isFirst = true;
    })""")
    page.reload()
    expect(page.locator("#live-state")).to_have_attribute("data-socket", "on")
    settled(page)
    assert page.evaluate("document.getElementById('dataset-list').isFirst")


def test_a_card_that_changed_and_changed_back_unheard_is_shown_as_it_is(portal, page, owner):
    dataset = portal.make_dataset(owner, name="Before")
    page.reload()
    expect(page.locator("#live-state")).to_have_attribute("data-socket", "on")
    settled(page)
    rows = type(dataset).objects.filter(pk=dataset.pk)
    portal.run(rows.update, name="Between")
    portal.run(dataset_hint, dataset)
    expect(page.get_by_role("link", name="Between")).to_be_visible()
    portal.run(rows.update, name="Before")
    page.evaluate("document.dispatchEvent(new Event('portal:reread'))")
    expect(page.get_by_role("link", name="Before")).to_be_visible()


def test_an_expired_session_is_said_with_a_way_back_to_this_address(portal, page, owner):
    page.context.clear_cookies()
    cut(page, for_good=False)
    link = page.get_by_role("alert").get_by_role("link", name="Log in")
    expect(link).to_have_attribute("href", "/accounts/login/?next=%2Fdatasets%2F")
