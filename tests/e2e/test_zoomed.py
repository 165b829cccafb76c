"""The pages at 200 %, by keyboard: nothing runs out of the window, what is focused is in sight."""

import pytest

from tests.e2e.viewing import settled

pytestmark = pytest.mark.browser

ZOOMED = {"width": 720, "height": 450}  # what is left of 1440 x 900
MOST_STOPS = 60
PAGES = [
    "/",
    "/datasets/",
    "/datasets/{dataset}/",
    "/datasets/?dialog=create",
    "/datasets/import/",
    "/data-explorer/?dataset={dataset}",
    "/signal-viewer/?signal={signal}",
    "/training/",
    "/experiments/",
    "/inference/",
    "/system-health/",
    "/accounts/settings/",
]
# Once what is focused rests: nothing, its name, or its name with what hides it.
FOCUSED = """() => new Promise((done) => {
  let was = "", n_still = 0;
  const look = () => {
    const at = document.activeElement, place = at.getBoundingClientRect();
    const now = `${at.id} ${place.left} ${place.top}`;
    n_still = now === was ? n_still + 1 : 0;
    was = now;
    if (n_still < 4) { requestAnimationFrame(look); return; }
    if (at === document.body) { done(null); return; }
    const within = (value, most) => Math.min(Math.max(value, 0), most - 1);
    const x = within(place.left + place.width / 2, innerWidth);
    const y = within(place.top + place.height / 2, innerHeight);
    const top = document.elementFromPoint(x, y), label = at.labels?.[0];
    const name = (at.ariaLabel || at.id || at.textContent).trim().slice(0, 40);
    const isOut = place.bottom <= 0 || place.top >= innerHeight || place.right <= 0;
    const isSeen = [at, label].some((part) => part?.contains(top)) || top?.contains(at);
    done({ name, hidden: isOut ? "out of sight" : isSeen ? "" : `below ${top?.className}` });
  };
  look();
})"""


def troubles(page):
    """Return what of a page lies outside the window, or is focused unseen."""
    width = page.evaluate("document.documentElement.scrollWidth")
    found = [f"{width} px wide"] if width > ZOOMED["width"] else []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None:
            break
        if focused["hidden"]:
            found.append(f"{focused['name']}: {focused['hidden']}")
    return found


@pytest.mark.parametrize("path", PAGES)
def test_at_200_percent_all_fits_and_the_focus_is_in_sight(portal, path):
    owner = portal.make_user("engineer")
    dataset = portal.make_dataset(owner, name="Rig")
    signal = portal.run(dataset.store.signals.first)
    page = portal.log_in(owner, viewport=ZOOMED)
    page.goto(path.format(dataset=dataset.pk, signal=signal.pk))
    if "explorer" in path:
        page.wait_for_selector("#explorer-bars .barlayer path", state="attached")
    if "viewer" in path:
        settled(page)  # what is drawn late moves what has the focus
    if "dialog" in path:
        page.locator("#create-foot").wait_for()
    assert troubles(page) == []
