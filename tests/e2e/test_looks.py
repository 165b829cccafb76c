"""Key screens look as they did: each beside a picture that is kept, with a tolerance.

Meant to look otherwise, a screen is drawn anew by `LOOKS=write pytest tests/e2e/test_looks.py`.
"""

import base64
import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.viewing import settled

pytestmark = pytest.mark.browser

KEPT = Path(__file__).parent / "looks"
WINDOW = {"width": 1024, "height": 720}
OTHER_SHARE = 0.01  # of the pixels; letters of another Chromium are a few thousandths
# What differs from one run to the next: who it is, the room on the disk, the state of the house.
CHANGING = (".header-tools", ".app-footer", "#create-foot", ".meta time")
# The share of the pixels in which two pictures differ visibly; 1 where their sizes do.
COMPARE = """async ([one, other]) => {
  const pixels = async (png) => {
    const blob = await (await fetch(`data:image/png;base64,${png}`)).blob();
    const image = await createImageBitmap(blob), { width, height } = image;
    const context = new OffscreenCanvas(width, height).getContext("2d");
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, width, height);
  };
  const [a, b] = await Promise.all([pixels(one), pixels(other)]);
  if (a.width !== b.width || a.height !== b.height) return 1;
  const isOther = (at) => Math.abs(a.data[at] - b.data[at]) > 40;
  let n = 0;
  for (let at = 0; at < a.data.length; at += 4)
    if (isOther(at) || isOther(at + 1) || isOther(at + 2)) n += 1;
  return n / (a.width * a.height);
}"""


def looks_as_kept(page, name):
    settled(page)
    page.evaluate("document.fonts.ready.then(() => document.activeElement.blur())")
    picture = page.screenshot(
        mask=[page.locator(part) for part in CHANGING], mask_color="#808080", animations="disabled"
    )
    path = KEPT / f"{name}.png"
    if os.environ.get("LOOKS") == "write":
        path.write_bytes(picture)
    page.goto("about:blank")
    both = [base64.b64encode(each).decode() for each in (path.read_bytes(), picture)]
    other = page.evaluate(COMPARE, both)
    assert other < OTHER_SHARE, f"{name}: {other:.1%} of it looks otherwise than {path}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_log_in_page_looks_as_kept(portal, scheme):
    page = portal.open(color_scheme=scheme, viewport=WINDOW)
    page.goto("/accounts/login/")
    looks_as_kept(page, f"login-{scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_create_dialog_looks_as_kept(portal, scheme):
    page = portal.log_in(portal.make_user("engineer"), color_scheme=scheme, viewport=WINDOW)
    page.goto("/datasets/?dialog=create")
    expect(page.locator("#create-foot")).to_be_visible()
    looks_as_kept(page, f"create-{scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_empty_list_of_datasets_looks_as_kept(portal, scheme):
    page = portal.log_in(portal.make_user("engineer"), color_scheme=scheme, viewport=WINDOW)
    page.goto("/datasets/?q=nothing")
    looks_as_kept(page, f"nothing-{scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_settings_look_as_kept(portal, scheme):
    page = portal.log_in(portal.make_user("engineer"), color_scheme=scheme, viewport=WINDOW)
    page.goto("/accounts/settings/")
    looks_as_kept(page, f"settings-{scheme}")


def test_a_screen_that_changed_is_noticed(portal):
    page = portal.open(viewport=WINDOW)
    page.goto("/accounts/login/")
    page.evaluate("document.querySelector('form').classList.add('d-none')")
    with pytest.raises(AssertionError, match="looks otherwise"):
        looks_as_kept(page, "login-light")
