import re

import pytest
from playwright.sync_api import expect

from monitoring import queueing
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.browser

LINE = "#viewer-time .scatterlayer path.js-line"
STROKE = f"getComputedStyle(document.querySelector('{LINE}')).stroke"


@pytest.fixture
def owner(portal):
    return portal.run(make_user, "engineer")


@pytest.fixture
def signals(portal, owner, monkeypatch):
    monkeypatch.setattr(queueing, "push", lambda job: True)  # the worker would make them again
    return portal.run(make_signals, owner)


def make_signals(owner):
    return list(make_dataset(owner, visibility="shared", duration_s=2.0).store.signals.all())


@pytest.fixture
def viewer(portal, owner, signals):
    """The viewer with the second signal, and everything the browser complained of."""
    page = portal.log_in(owner, color_scheme="light")
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text))
    page.goto(f"/signal-viewer/?signal={signals[1].pk}")
    drawn(page)
    return page


def drawn(page):
    page.wait_for_selector(LINE)
    page.wait_for_selector("#viewer-spectrum .scatterlayer path.js-line")
    page.wait_for_selector(".viewer-steps a")


def range_of(page, graph="viewer-time"):
    return page.evaluate(f"document.querySelector('#{graph} .js-plotly-plot').layout.xaxis.range")


def zoom(page, graph="viewer-time"):
    """Drag over a tenth of a figure; return the axis it then shows."""
    before = range_of(page, graph)
    box = page.locator(f"#{graph} .nsewdrag").bounding_box()
    y = box["y"] + box["height"] / 2
    with page.expect_response("**/_dash-update-component?*"):
        page.mouse.move(box["x"] + box["width"] * 0.25, y)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.35, y, steps=4)
        page.mouse.up()
    page.wait_for_timeout(300)  # until what came has been drawn
    low, high = range_of(page, graph)
    assert high - low == pytest.approx((before[1] - before[0]) / 10, rel=0.1)
    return [low, high]


def test_it_shows_the_signal_without_a_complaint_of_the_browser(viewer, signals):
    expect(viewer.locator(".inspector h2")).to_have_text(signals[1].label)
    expect(viewer).to_have_title(f"{signals[1].label} – Signal Viewer")
    expect(viewer.locator("#viewer-time-meta")).to_contain_text("min–max")
    viewer.wait_for_load_state("networkidle")
    assert viewer.complaints == []


def test_keys_step_through_the_dataset_and_the_address_follows(viewer, signals):
    viewer.keyboard.press("j")
    viewer.wait_for_url(f"**/signal-viewer/?signal={signals[2].pk}")
    expect(viewer.locator(".inspector h2")).to_have_text(signals[2].label)
    viewer.keyboard.press("k")
    viewer.wait_for_url(f"**/signal-viewer/?signal={signals[1].pk}")
    viewer.go_back()
    expect(viewer.locator(".inspector h2")).to_have_text(signals[2].label)


def test_a_typed_label_opens_its_signal(viewer, signals):
    viewer.get_by_label("Signal", exact=True).fill(signals[4].label)
    viewer.keyboard.press("Enter")
    viewer.wait_for_url(f"**/?signal={signals[4].pk}")
    expect(viewer.locator(".inspector h2")).to_have_text(signals[4].label)


def test_an_unknown_label_is_said_and_the_signal_stays(viewer, signals):
    viewer.get_by_label("Signal", exact=True).fill("XYZ-1")
    viewer.keyboard.press("Enter")
    expect(viewer.get_by_role("alert")).to_contain_text("This dataset has no signal “XYZ-1”.")
    expect(viewer.locator(".inspector h2")).to_have_text(signals[1].label)


def test_random_opens_another_signal(viewer, signals):
    viewer.get_by_role("button", name="Random").click()
    viewer.wait_for_url(lambda url: not url.endswith(f"={signals[1].pk}"))


def test_zoom_fetches_every_sample_and_a_double_click_resets(viewer):
    zoom(viewer)
    expect(viewer.locator("#viewer-time-meta")).to_contain_text("every sample shown")
    viewer.locator("#viewer-time .nsewdrag").dblclick()
    expect(viewer.locator("#viewer-time-meta")).to_contain_text("0–2 s")
    assert range_of(viewer) == [0, 2]


def test_another_theme_recolours_the_figures_and_keeps_the_zoom(viewer):
    region, band = zoom(viewer), zoom(viewer, "viewer-spectrum")
    colour = viewer.evaluate(STROKE)
    viewer.emulate_media(color_scheme="dark")
    expect(viewer.locator(LINE)).not_to_have_css("stroke", colour)
    viewer.wait_for_load_state("networkidle")
    assert (range_of(viewer), range_of(viewer, "viewer-spectrum")) == (region, band)


def test_the_next_signal_starts_unzoomed(viewer):
    zoom(viewer)
    viewer.keyboard.press("j")
    expect(viewer.locator("#viewer-time-meta")).to_contain_text("0–2 s")
    viewer.wait_for_timeout(300)
    assert range_of(viewer) == [0, 2]


def test_the_full_range_reaches_half_the_rate(viewer):
    viewer.get_by_role("button", name="Full").click()
    expect(viewer.locator("#viewer-spectrum .xaxislayer-above")).to_contain_text("2000")
    assert range_of(viewer, "viewer-spectrum") == [0, 2048]
    expect(viewer.get_by_role("button", name="Full")).to_have_attribute("aria-pressed", "true")


def test_a_member_sees_a_shared_signal_a_stranger_reads_that_there_is_none(portal, signals):
    member = portal.log_in(portal.make_user("viewer"))
    member.goto(f"/signal-viewer/?signal={signals[0].pk}")
    drawn(member)
    signals[0].store.visibility = "private"
    signals[0].store.save()
    member.reload()
    expect(member.get_by_text("There is no such signal.")).to_be_visible()
    member.locator("#viewer-nothing").get_by_role("link", name="Datasets").click()
    member.wait_for_url("**/datasets/")


def test_without_a_signal_it_says_how_to_choose_one(portal, owner):
    page = portal.log_in(owner)
    page.goto("/signal-viewer/")
    expect(page.get_by_text("No signal is chosen")).to_be_visible()
    expect(page.get_by_role("button", name="Random")).to_be_hidden()


def test_an_ended_session_is_said_and_the_address_kept(viewer, signals):
    viewer.context.clear_cookies(name="sessionid")
    viewer.keyboard.press("j")
    note = viewer.locator(".expired")
    expect(note).to_be_visible()
    href = note.get_by_role("link", name="Log in").get_attribute("href")
    assert re.search(rf"next=%2Fsignal-viewer%2F%3Fsignal%3D{signals[2].pk}$", href)


def test_a_call_that_fails_is_said(viewer):
    viewer.route("**/_dash-update-component*", lambda route: route.fulfill(status=503, body="{}"))
    viewer.get_by_role("button", name="Random").click()
    expect(viewer.get_by_role("alert")).to_contain_text("The portal answered 503.")


def test_a_connection_that_is_gone_is_said(viewer):
    viewer.route("**/_dash-update-component*", lambda route: route.abort())
    viewer.get_by_role("button", name="Random").click()
    expect(viewer.get_by_role("alert")).to_contain_text("The portal did not answer.")


def test_it_fits_every_screen(viewer):
    """From 1024 px on the page does not scroll, below nothing is wider than the screen."""
    for width, height in [(1440, 900), (1024, 900)]:
        viewer.set_viewport_size({"width": width, "height": height})
        viewer.wait_for_timeout(300)
        assert scroll_size(viewer) == [width, height]
    for width in [768, 390, 360]:
        viewer.set_viewport_size({"width": width, "height": 800})
        viewer.wait_for_timeout(300)
        assert scroll_size(viewer)[0] == width
    order = ["viewer-toolbar", "inspector-facts", "viewer-panels", "inspector-features"]
    tops = [viewer.locator(f".{name}").bounding_box()["y"] for name in order]
    assert tops == sorted(tops)


def scroll_size(page):
    return page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )


def test_axe_finds_nothing(viewer):
    from tests.e2e.test_accessibility import findings

    found = findings(viewer)
    viewer.emulate_media(color_scheme="dark")
    assert found + findings(viewer) == []
