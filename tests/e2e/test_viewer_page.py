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
    page.wait_for_selector("#viewer-map image")
    page.wait_for_selector("#viewer-inspector h2")


def range_of(page, graph="viewer-time", axis="xaxis"):
    plot = f"document.querySelector('#{graph} .js-plotly-plot')"
    return page.evaluate(f"{plot}._fullLayout.{axis}.range")


def drag(page, graph, across=(0.25, 0.35)):
    """Drag over a part of a figure, and wait until the address says so."""
    before = page.url
    box = page.locator(f"#{graph} .nsewdrag").first.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * across[0], y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * across[1], y, steps=4)
    page.mouse.up()
    page.wait_for_url(lambda url: url != before)
    page.wait_for_load_state("networkidle")


def test_it_shows_the_signal_without_a_complaint_of_the_browser(viewer, signals):
    expect(viewer.locator(".inspector h2")).to_have_text(signals[1].label)
    expect(viewer).to_have_title(re.compile(f"^{signals[1].label} – Signal Viewer"))
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


def test_time_and_map_are_zoomed_together_and_reset_together(viewer):
    drag(viewer, "viewer-time")
    assert range_of(viewer) == pytest.approx([0.5, 0.7], abs=0.02)
    assert range_of(viewer, "viewer-map") == pytest.approx(range_of(viewer))
    expect(viewer.locator("#viewer-time-meta")).to_contain_text("every sample shown")
    viewer.locator("#viewer-time .nsewdrag").first.dblclick()
    viewer.wait_for_url(lambda url: "t=" not in url)
    expect(viewer.locator("#viewer-time-meta")).to_contain_text("0–2 s")


def test_spectrum_and_map_show_the_same_band(viewer):
    drag(viewer, "viewer-spectrum")
    band = range_of(viewer, "viewer-spectrum")
    assert range_of(viewer, "viewer-map", "yaxis") == pytest.approx(band, rel=0.01)


def test_a_reload_shows_what_was_shown(viewer):
    viewer.get_by_role("button", name="Amplitude").click()
    viewer.get_by_role("button", name="Velocity").click()
    viewer.get_by_role("button", name="CWT").click()
    drag(viewer, "viewer-time")
    shown = range_of(viewer)
    viewer.reload()
    drawn(viewer)
    for name in ("Amplitude", "Velocity", "CWT"):
        button = viewer.get_by_role("button", name=name)
        expect(button).to_have_attribute("aria-pressed", "true")
    assert range_of(viewer) == pytest.approx(shown)


def test_a_click_pins_the_cursor_into_the_address_and_escape_takes_it_away(viewer):
    box = viewer.locator("#viewer-spectrum .nsewdrag").first.bounding_box()
    viewer.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + 30)
    viewer.wait_for_url("**cursor=*")
    expect(viewer.locator("#viewer-readout")).to_contain_text("Hz")
    viewer.locator("#viewer-cursor-place").focus()
    viewer.keyboard.press("Escape")
    viewer.wait_for_url(lambda url: "cursor=" not in url)


def test_arrow_keys_read_the_line_at_its_points(viewer):
    viewer.locator("#viewer-cursor-place").focus()
    viewer.keyboard.press("ArrowRight")
    viewer.wait_for_url("**cursor=*")
    said = viewer.locator("#viewer-readout b.is-cursor").inner_text()
    cursor = float(re.search(r"cursor=([\d.]+)", viewer.url)[1])
    assert float(said.split()[0]) == pytest.approx(cursor, abs=0.01)


def test_a_typed_class_leads_to_one_of_its_signals(viewer, signals):
    viewer.get_by_label("Signal", exact=True).fill(signals[4].label)
    viewer.wait_for_selector("#viewer-matches [aria-selected=true]")
    viewer.keyboard.press("Enter")
    viewer.wait_for_url(f"**/?signal={signals[4].pk}")
    expect(viewer.locator(".inspector h2")).to_have_text(signals[4].label)


def test_random_opens_another_signal(viewer, signals):
    viewer.get_by_role("button", name="Random").click()
    viewer.wait_for_url(lambda url: not url.endswith(f"={signals[1].pk}"))


def test_a_part_that_is_switched_off_leaves_every_panel(viewer):
    before = viewer.evaluate(f"document.querySelector('{LINE}').getAttribute('d')")
    viewer.get_by_text("Parts of this record").click()
    viewer.get_by_role("button", name="Noise floor").click()
    viewer.wait_for_url("**off=floor*")
    expect(viewer.locator(LINE).first).not_to_have_attribute("d", before)


def test_signals_kept_for_comparison_are_drawn_over_the_next(viewer, signals):
    viewer.get_by_role("button", name="Keep for comparison").click()
    viewer.keyboard.press("j")
    expect(viewer.locator("#viewer-time-meta")).to_contain_text(signals[1].label)
    expect(viewer.locator(LINE)).to_have_count(2)


def test_the_record_is_exported_as_a_file(viewer, signals):
    viewer.get_by_role("button", name="Export").click()
    with viewer.expect_download() as download:
        viewer.locator("[data-export=npy]").click()
    assert download.value.suggested_filename == f"{signals[1].label}.npy"


def test_another_theme_recolours_the_figures_and_keeps_the_zoom(viewer):
    drag(viewer, "viewer-time")
    region, colour = range_of(viewer), viewer.evaluate(STROKE)
    viewer.emulate_media(color_scheme="dark")
    expect(viewer.locator(LINE).first).not_to_have_css("stroke", colour)
    viewer.wait_for_load_state("networkidle")
    assert range_of(viewer) == region


def test_a_stranger_reads_that_there_is_no_such_signal(portal, signals):
    member = portal.log_in(portal.make_user("viewer"))
    signals[0].store.visibility = "private"
    signals[0].store.save()
    member.goto(f"/signal-viewer/?signal={signals[0].pk}")
    expect(member.get_by_text("There is no such signal.").first).to_be_visible()


def test_without_a_signal_it_says_how_to_choose_one(portal, owner):
    page = portal.log_in(owner)
    page.goto("/signal-viewer/")
    expect(page.get_by_text("No signal is chosen")).to_be_visible()


def test_an_ended_session_is_said_and_the_address_kept(viewer, signals):
    viewer.context.clear_cookies(name="sessionid")
    viewer.keyboard.press("j")
    note = viewer.locator(".expired")
    expect(note).to_be_visible()
    href = note.get_by_role("link", name="Log in").get_attribute("href")
    assert re.search(rf"next=%2Fsignal-viewer%2F%3Fsignal%3D{signals[2].pk}$", href)


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


def scroll_size(page):
    return page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )


@pytest.mark.parametrize("tab", ["spectrum", "envelope"])
def test_axe_finds_nothing(viewer, signals, tab):
    from tests.e2e.test_accessibility import findings

    viewer.goto(f"/signal-viewer/?signal={signals[1].pk}&tab={tab}")
    drawn(viewer)
    found = findings(viewer)
    viewer.emulate_media(color_scheme="dark")
    assert found + findings(viewer) == []
