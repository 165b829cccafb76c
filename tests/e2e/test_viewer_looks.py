import pytest
from playwright.sync_api import expect

from tests.e2e.axe import findings
from tests.e2e.test_accessibility import PHONE
from tests.e2e.viewing import drawn, settled

pytestmark = pytest.mark.browser

CALLBACKS = "**/_dash-update-component*"
SIZES = [(360, 800), (390, 844), (768, 1024), (1024, 900), (1440, 900), (1920, 1080), (3840, 2160)]
# What one can press or read, in sight and not inside a figure or a closed part.
TROUBLES = """() => {
  const troubles = [], wide = innerWidth, root = document.documentElement;
  if (root.scrollWidth > wide) troubles.push(`the page is ${root.scrollWidth} px wide`);
  if (wide >= 1024 && root.scrollHeight > innerHeight) troubles.push("the page scrolls");
  const clipped = (one) => {
    let { left, top, right, bottom } = one.getBoundingClientRect();
    for (let at = one.parentElement; at; at = at.parentElement) {
      if (getComputedStyle(at).overflow === "visible") continue;
      const box = at.getBoundingClientRect();
      left = Math.max(left, box.left); right = Math.min(right, box.right);
      top = Math.max(top, box.top); bottom = Math.min(bottom, box.bottom);
    }
    return { one, left, top, right, bottom };
  };
  const name = ({ one }) => (one.textContent || one.ariaLabel || one.id).slice(0, 24);
  const seen = [...document.querySelectorAll(
    ".viewer :is(button, select, summary, input, a, h2, .meta, .viewer-place)",
  )].filter((one) => !one.closest(".js-plotly-plot, details:not([open]) > :not(summary)"))
    .filter((one) => one.getClientRects().length && !one.classList.contains("visually-hidden"))
    .map(clipped).filter((box) => box.right > box.left && box.bottom > box.top);
  seen.forEach((box, index) => {
    if (box.right > wide + 1) troubles.push(`${name(box)} is off the screen`);
    if (wide < 768 && box.one.matches("button, select, summary") && box.one.offsetHeight < 32)
      troubles.push(`${name(box)} is small to touch`);
    for (const other of seen.slice(index + 1)) {
      if (box.one.contains(other.one) || other.one.contains(box.one)) continue;
      const x = Math.min(box.right, other.right) - Math.max(box.left, other.left);
      const y = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
      if (x > 1 && y > 1) troubles.push(`${name(box)} lies over ${name(other)}`);
    }
  });
  for (const graph of document.querySelectorAll(".viewer .js-plotly-plot"))
    if (graph.getClientRects().length && graph._fullLayout?._size.h < 60)
      troubles.push(`${graph.parentElement.id} is flat`);
  return troubles;
}"""


def test_nothing_overlaps_from_a_phone_to_4k(viewer):
    plain, troubles = viewer.url, []
    for tab, scheme in (("spectrum", "light"), ("envelope", "dark")):
        viewer.emulate_media(color_scheme=scheme)
        viewer.goto(f"{plain}&tab={tab}&q=velocity&marks=shaft,mains,harmonics,sidebands&cursor=99")
        for width, height in SIZES:
            viewer.set_viewport_size({"width": width, "height": height})
            drawn(viewer)
            troubles += [f"{width}, {tab}: {each}" for each in viewer.evaluate(TROUBLES)]
    assert troubles == []


def in_dialogs(page):
    found = []
    for opener in ("[data-action=compare]", "[data-action=script]", ".remarks .btn"):
        page.locator(opener).click()
        expect(page.locator("#dialog")).to_be_visible()
        found += findings(page, "#dialog")
        page.keyboard.press("Escape")
        expect(page.locator("#dialog")).to_be_hidden()
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(viewer, scheme):
    viewer.emulate_media(color_scheme=scheme)
    drawn(viewer)
    found = findings(viewer) + in_dialogs(viewer)
    viewer.set_viewport_size(PHONE)
    viewer.locator("summary", has_text="Method").click()
    found += findings(viewer)
    viewer.get_by_role("tab", name="Envelope").click()
    settled(viewer)
    assert found + findings(viewer) == []


# Where the keyboard stands; nothing where the document has ended and the browser's own begins.
FOCUSED = """() => {
  const at = document.activeElement, data = at.dataset;
  if (at === document.body) return null;
  const looks = [at, at.closest(".viewer-number") || at].map((one) => getComputedStyle(one));
  return {
    name: data.set || data.mark || data.tool || data.key || at.id || at.textContent || at.ariaLabel,
    seen: looks.some(({ outlineStyle }) => outlineStyle !== "none"),
  };
}"""


def test_every_control_is_reached_by_the_tab_key_and_shows_its_focus(viewer):
    viewer.locator("#viewer-picker").focus()
    reached, unseen = set(), []
    for _ in range(100):
        viewer.keyboard.press("Tab")
        stop = viewer.evaluate(FOCUSED)
        if stop is None:
            break
        reached.add(stop["name"])
        unseen += [] if stop["seen"] else [stop["name"]]
    assert stop is None
    assert {"q=velocity", "tab=spectrum", "x=orders", "harmonics", "table", "expand"} <= reached
    assert {"viewer-cursor-place", "tf=cwt", "map", "viewer-in-db-high", "Export"} <= reached
    assert unseen == []


def test_tabs_turn_with_the_arrow_keys(viewer):
    viewer.get_by_role("tab", name="Spectrum").focus()
    viewer.keyboard.press("ArrowRight")
    envelope = viewer.get_by_role("tab", name="Envelope")
    expect(envelope).to_be_focused()
    expect(envelope).to_have_attribute("aria-selected", "true")
    viewer.keyboard.press("End")
    expect(viewer.get_by_role("tab", name="Cepstrum")).to_be_focused()
    expect(viewer.locator("[role=tab][tabindex='0']")).to_have_count(1)


def test_figures_keep_their_place_while_their_data_comes(viewer):
    places = "[...document.querySelectorAll('.viewer-graph')].map((one) => one.offsetTop)"
    before = viewer.evaluate(places)
    held = []

    def hold(route):
        held.append(route)

    viewer.route(CALLBACKS, hold)
    with viewer.expect_request(CALLBACKS):
        viewer.keyboard.press("j")
    during = viewer.evaluate(places)
    for route in held:
        route.continue_()
    viewer.unroute(CALLBACKS)
    settled(viewer)
    assert during == before
    assert viewer.evaluate(places) == before


def test_on_paper_stand_the_figures_without_their_controls(viewer):
    viewer.emulate_media(media="print")
    expect(viewer.locator("#viewer-time")).to_be_visible()
    expect(viewer.locator(".viewer-toolbar")).to_be_hidden()
    expect(viewer.locator(".viewer-options").first).to_be_hidden()
