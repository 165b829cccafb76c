import io
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.e2e.viewing import address, drag, drawn, moved, range_of, settled, state_of
from tests.factories import make_bearing

pytestmark = pytest.mark.browser

HEADING = ".inspector h2"
# Every choice of the page that stands in its address, away from its default.
EVERYTHING = (
    "t=0.25,1.5&q=velocity&hp=20&spec=amplitude&win=flattop&seg=1024&avg=peak&scale=linear&x=orders"
    "&log=1&r=full&f=40,900&marks=shaft,harmonics,sidebands&cursor=120.5&bearing={bearing}"
    "&compare={other}&layout=stacked&off=floor&tf=cwt&tfw=512&tfo=50&map=Hot&db=-90,-10"
    "&class=healthy,imbalance"
)

PRESS_UNDO = """document.addEventListener("htmx:afterSwap", ({ target }) => {
  const undo = target.querySelector("[autofocus]");
  if (undo) setTimeout(() => { undo.click(); document.body.dataset.pressed = ""; });
})"""


@pytest.fixture
def bearing(portal):
    return portal.run(make_bearing, name="6205")


def test_it_shows_the_signal_without_a_complaint_of_the_browser(viewer, signals):
    expect(viewer.locator(HEADING)).to_have_text(signals[1].label)
    expect(viewer).to_have_title(f"{signals[1].label} – Signal Viewer · Bearing Portal")
    expect(viewer.locator("#viewer-time-meta")).to_contain_text("min–max")
    for tab in ("Envelope", "Cepstrum", "Spectrum"):
        viewer.get_by_role("tab", name=tab).click()
        settled(viewer)
    assert viewer.complaints == []


def test_keys_step_through_the_dataset_and_the_address_follows(viewer, signals):
    viewer.keyboard.press("j")
    expect(viewer.locator(HEADING)).to_have_text(signals[2].label)
    assert address(viewer) == f"?signal={signals[2].pk}"
    viewer.evaluate("Date.now = () => 0")  # no key grows old while the machine is busy
    for key in "jkk":  # faster than the answers
        viewer.keyboard.press(key)
    viewer.wait_for_url(f"**/?signal={signals[1].pk}")
    expect(viewer.locator(HEADING)).to_have_text(signals[1].label)
    viewer.go_back()
    expect(viewer.locator(HEADING)).to_have_text(signals[2].label)


def test_the_address_opens_the_same_view_again_and_in_another_browser(
    portal, viewer, signals, bearing
):
    query = EVERYTHING.format(bearing=bearing.pk, other=signals[0].pk)
    viewer.goto(f"/signal-viewer/?signal={signals[1].pk}&{query}")
    drawn(viewer)
    before, controls = address(viewer), state_of(viewer)
    assert set(query.split("&")) <= set(before.removeprefix("?").split("&"))
    other = portal.log_in(portal.make_user("viewer"), color_scheme="light")
    other.goto(viewer.url)
    drawn(other)
    assert state_of(other) == controls
    assert range_of(other) == [0.25, 1.5]


def test_every_control_writes_into_the_address(viewer):
    clicks = (
        "Velocity",
        "Amplitude",
        "Linear",
        "Orders",
        "Mains",
        "Harmonics",
        "CWT",
        "Full range",
    )
    viewer.locator("summary", has_text="Method").click()
    for name in clicks:
        viewer.locator(f"button:text-is('{name}')").dispatch_event("click")
    for key, value in {"win": "hamming", "avg": "peak", "tfw": "512", "map": "Jet"}.items():
        viewer.locator(f"select[data-key={key}]").select_option(value)
    viewer.locator("input#viewer-in-hp, #viewer-in-hp input").fill("25")
    viewer.keyboard.press("Tab")
    settled(viewer)
    said = set(address(viewer).removeprefix("?").split("&"))
    assert said >= {"q=velocity", "spec=amplitude", "scale=linear", "x=orders", "tf=cwt", "r=full"}
    assert said >= {"win=hamming", "avg=peak", "tfw=512", "map=Jet", "hp=25"}
    assert "marks=shaft,sub,expected,bearing,harmonics" in said
    before = state_of(viewer)
    viewer.reload()
    drawn(viewer)
    assert state_of(viewer) == before


def test_back_undoes_zooms_and_controls_one_at_a_time(viewer):
    whole = range_of(viewer)
    drag(viewer, "viewer-time")
    zoomed, title = range_of(viewer), viewer.locator("#viewer-time-title")
    moved(viewer, viewer.get_by_role("button", name="Velocity").click)
    expect(title).to_have_text("Velocity")
    moved(viewer, viewer.go_back)
    expect(title).to_have_text("Acceleration")
    assert range_of(viewer) == zoomed
    moved(viewer, viewer.go_back)
    assert range_of(viewer) == whole
    moved(viewer, viewer.go_forward)
    assert range_of(viewer) == zoomed


def test_what_is_typed_finds_signals_and_the_arrow_keys_choose(viewer, signals):
    picker = viewer.get_by_label("Signal", exact=True)
    picker.fill("wear")
    matches = viewer.locator("#viewer-matches").get_by_role("option")
    expect(matches.first).to_contain_text("Wear")
    viewer.keyboard.press("ArrowDown")
    viewer.keyboard.press("Enter")
    wear = [one for one in signals if one.fault_class.code == "wear"]
    expect(viewer.locator(HEADING)).to_have_text(wear[1].label)
    picker.fill(str(signals[4].pk))
    viewer.keyboard.press("Enter")
    expect(viewer.locator(HEADING)).to_have_text(signals[4].label)
    picker.fill("XYZ-1")
    expect(matches).to_have_text("No signal matches “XYZ-1”.")
    viewer.keyboard.press("Escape")
    expect(picker).to_have_value(signals[4].label)


def test_a_half_written_note_outlives_a_tag_and_a_half_written_tag_a_note(viewer):
    viewer.get_by_role("button", name="notes").click()
    note, tag = viewer.get_by_label("New note"), viewer.get_by_label("New tag")
    note.fill("Whirl from 0.1 s")
    tag.fill("reference")
    tag.press("Enter")
    expect(viewer.get_by_text("“reference” added.")).to_be_visible()
    expect(note).to_have_value("Whirl from 0.1 s")
    tag.fill("half")
    viewer.get_by_role("button", name="Add note").click()
    expect(viewer.locator(".note-row")).to_contain_text("Whirl from 0.1 s")
    expect(note).to_have_value("")
    expect(tag).to_have_value("half")


def test_a_note_taken_away_comes_back_by_one_key(viewer):
    viewer.get_by_role("button", name="notes").click()
    viewer.get_by_label("New note").fill("Whirl from 0.1 s")
    viewer.get_by_role("button", name="Add note").click()
    viewer.locator(".note-row").get_by_role("button", name="Delete").click()
    expect(viewer.locator("#signal-notes").get_by_role("button", name="Undo")).to_be_focused()
    viewer.keyboard.press("Enter")
    expect(viewer.locator(".note-row")).to_contain_text("Whirl from 0.1 s")


def test_a_button_works_from_the_moment_it_is_there(viewer):
    viewer.get_by_role("button", name="notes").click()
    viewer.get_by_label("New note").fill("Whirl from 0.1 s")
    viewer.get_by_role("button", name="Add note").click()
    viewer.evaluate(PRESS_UNDO)
    viewer.locator(".note-row").get_by_role("button", name="Delete").click()
    expect(viewer.locator("body[data-pressed]")).to_be_attached()
    expect(viewer.locator(".note-row")).to_contain_text("Whirl from 0.1 s")


def test_the_filter_narrows_next_and_random_and_can_be_left(viewer, signals):
    same = [one for one in signals if one.fault_class == signals[1].fault_class]
    viewer.get_by_role("button", name=re.compile("^Only")).click()
    expect(viewer.locator("#viewer-steps")).to_contain_text(f"of {len(same)}")
    viewer.get_by_role("button", name="Random").click()
    expect(viewer.locator(HEADING)).to_have_text(same[0].label)
    viewer.get_by_role("button", name="Leave the filter").click()
    expect(viewer.locator("#viewer-steps")).to_contain_text(f"of {len(signals)}")


def test_another_theme_recolours_the_figures_and_keeps_the_zoom(viewer):
    drag(viewer, "viewer-time")
    zoomed = range_of(viewer)
    line = viewer.locator("#viewer-time .scatterlayer path.js-line").first
    colour = line.evaluate("(path) => getComputedStyle(path).stroke")
    viewer.emulate_media(color_scheme="dark")
    expect(line).not_to_have_css("stroke", colour)
    settled(viewer)
    assert range_of(viewer) == zoomed
    viewer.keyboard.press("j")
    expect(viewer.locator("#viewer-time-meta")).to_contain_text("0–2 s")
    settled(viewer)
    assert range_of(viewer) == [0, 2]


def test_a_signal_one_loses_is_said_with_the_way_on(portal, log_in, signals):
    member = log_in(portal.make_user("viewer"))
    member.goto(f"/signal-viewer/?signal={signals[0].pk}")
    drawn(member)
    signals[0].store.visibility = "private"
    portal.run(signals[0].store.save)
    member.get_by_role("tab", name="Cepstrum").click()
    # The panel says it in place of its figure: what was drawn is not what is asked for.
    expect(member.locator("#viewer-spectrum")).to_contain_text("There is no such signal.")
    member.reload()
    expect(member.get_by_role("alert").first).to_contain_text("There is no such signal")
    expect(member.get_by_label("Signal", exact=True)).to_be_visible()
    expect(member.get_by_role("button", name="Random")).to_be_hidden()
    member.locator("#viewer-nothing").get_by_role("link", name="Datasets").click()
    member.wait_for_url("**/datasets/")


def test_without_a_signal_one_is_typed_or_uploaded(log_in, signals):
    page = log_in(signals[0].store.owner)
    page.goto("/signal-viewer/")
    expect(page.get_by_text("No signal is chosen")).to_be_visible()
    page.get_by_label("Signal", exact=True).fill(signals[3].label)
    page.keyboard.press("Enter")
    expect(page.locator(HEADING)).to_have_text(signals[3].label)
    content = io.BytesIO()
    np.save(content, np.sin(np.arange(4096) / 3).astype(np.float32))
    page.get_by_role("button", name="Upload").click()
    file = {"name": "pump.npy", "mimeType": "application/octet-stream"}
    page.locator("#id_file").set_input_files(file | {"buffer": content.getvalue()})
    page.locator("#upload-submit").click()
    page.get_by_label("Sampling rate (Hz)").fill("20480")
    page.get_by_label("Unknown").check()
    page.get_by_label("Unit of the samples").select_option("g")
    page.locator("#upload-submit").click()
    expect(page.locator(HEADING)).to_have_text("pump")
    expect(page.locator("[data-mark=shaft]")).to_be_disabled()


def test_an_ended_session_is_said_and_the_address_kept(viewer, signals):
    viewer.context.clear_cookies(name="sessionid")
    viewer.keyboard.press("j")
    note = viewer.locator(".expired")
    expect(note).to_be_visible()
    href = note.get_by_role("link", name="Log in").get_attribute("href")
    assert re.search(rf"next=%2Fsignal-viewer%2F%3Fsignal%3D{signals[2].pk}$", href)


def test_a_call_that_fails_and_a_connection_that_is_gone_are_said(viewer):
    viewer.route("**/_dash-update-component*", lambda route: route.fulfill(status=503, body="{}"))
    viewer.get_by_role("tab", name="Cepstrum").click()
    expect(viewer.get_by_role("alert").first).to_contain_text("The portal answered 503.")
    expect(viewer.locator("#viewer-spectrum")).to_contain_text("The portal answered 503.")
    viewer.unroute("**/_dash-update-component*")
    viewer.get_by_role("alert").first.get_by_role("button", name="Close").click()
    viewer.route("**/random/*", lambda route: route.abort())
    viewer.get_by_role("button", name="Random").click()
    expect(viewer.get_by_role("alert").first).to_contain_text("The portal did not answer.")
