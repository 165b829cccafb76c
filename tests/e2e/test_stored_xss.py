"""A dataset whose every text is hostile, open in a browser: all is read, nothing runs."""

import pytest
from playwright.sync_api import expect

from signals.models import Annotation, Tag
from tests.e2e.exploring import drawn as explorer_drawn
from tests.e2e.viewing import drawn, settled
from tests.security import hostile

pytestmark = pytest.mark.browser
INSIDE = """() => [
  ...document.querySelectorAll("img[src=x], a[href^='javascript:'], svg[onload], main style"),
].map((element) => element.outerHTML)"""
HEARD = """() => {
  window.heard = [];
  const hear = (event) => window.heard.push(event.violatedDirective);
  document.addEventListener("securitypolicyviolation", hear);
}"""


def filled(dataset, person):
    signal = dataset.store.signals.order_by("pk")[0]
    signal.tags.add(Tag.objects.create(name="odd"))
    Annotation.objects.create(signal=signal, author=person, text="odd", start_s=0.1, end_s=0.2)
    hostile.filled("running", everywhere=False)


@pytest.fixture
def page(portal):
    person = portal.make_user("superuser")
    dataset = portal.make_dataset(person, visibility="shared", duration_s=1.0)
    portal.run(filled, dataset, person)
    page = portal.log_in(person, own_window=True)
    page.add_init_script(f"({HEARD})()")
    page.said = []
    page.on("console", lambda said: page.said.append(said.text) if said.type == "error" else None)
    page.on("dialog", lambda dialog: page.said.append(dialog.message) or dialog.dismiss())
    page.person, page.dataset = person, dataset
    page.signals = portal.run(lambda: list(dataset.store.signals.order_by("pk")[:2]))
    return page


def harmless(page):
    assert page.evaluate("typeof window.__xss") == "undefined"
    assert page.evaluate("window.heard") == []
    assert page.evaluate(INSIDE) == []
    assert page.said == []


def test_nothing_that_is_stored_runs_on_the_main_pages(page):
    pk = page.dataset.pk
    for address in (
        *("/", "/datasets/", f"/datasets/{pk}/", "/experiments/", "/accounts/profile/"),
        *("/admin/datasets/dataset/", f"/admin/datasets/dataset/{pk}/change/"),
    ):
        page.goto(address)
        settled(page)
        harmless(page)
    page.goto(f"/data-explorer/?dataset={pk}&by=class")
    explorer_drawn(page)
    page.wait_for_selector(".ag-row")
    harmless(page)
    legend = page.locator(".js-plotly-plot text").all_text_contents()
    assert any("<img src=x" in text for text in legend)
    one, other = page.signals
    page.goto(f"/signal-viewer/?signal={one.pk}&compare={other.pk}")
    drawn(page)
    page.locator("#viewer-time .nsewdrag").first.hover()
    harmless(page)


def test_what_a_notice_says_as_it_comes_is_text(page, portal):
    said = "<img src=x onerror=window.__xss=1><svg onload=window.__xss=1>"
    page.goto("/")
    settled(page)
    portal.notify(page.person, said, text=said, level="error")
    toast = page.locator(".toast-card")
    expect(toast.filter(has_text=said)).to_have_count(1)
    page.get_by_role("button", name="Notices").click()
    expect(page.get_by_text(said).first).to_be_visible()
    harmless(page)
