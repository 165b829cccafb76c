import pytest
from playwright.sync_api import expect

from tests.e2e.axe import findings

pytestmark = pytest.mark.browser

PAGES = [
    "/",
    "/datasets/",
    "/datasets/?layout=list",
    "/datasets/?q=nothing",
    "/signal-viewer/",
    "/uploads/",
    "/signal-viewer/?signal=999999999",
    "/system-health/",
    "/accounts/password/",
    "/accounts/profile/",
    "/accounts/settings/",
    "/licence/",
    "/nothing",
]
STAFF_PAGES = [
    "/system-health/",
    "/admin/",
    "/admin/datasets/dataset/",
    "/admin/signals/signal/",
]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def dataset(portal):
    owner = portal.make_user("engineer", first_name="M.", last_name="Keller")
    portal.make_dataset(owner, ready=False)
    portal.notify(owner, "Dataset ready", text="6 signals")
    return portal.make_dataset(owner, visibility="shared")


@pytest.fixture
def signal(portal, dataset):
    return portal.run(dataset.store.signals.first)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_have_no_finding(log_in, dataset, signal, scheme):
    page = log_in(dataset.store.owner, color_scheme=scheme)
    found = []
    for path in [*PAGES, f"/datasets/{dataset.pk}/"]:
        page.goto(path)
        found += findings(page)
    page.goto(f"/signal-viewer/?signal={signal.pk}")
    page.locator(".inspector h2").wait_for()
    assert found + findings(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_staff_have_no_finding(portal, dataset, scheme):
    page = portal.log_in(portal.make_user("superuser"), color_scheme=scheme)
    found = []
    for path in STAFF_PAGES:
        page.goto(path)
        found += findings(page)
    assert found == []


def test_pages_on_a_phone_have_no_finding_and_stay_within_its_width(portal, dataset, signal):
    name = "A name so long that no phone shows the whole of it in one line, nor in two"
    portal.make_dataset(dataset.store.owner, name=name)
    page = portal.log_in(dataset.store.owner, viewport=PHONE)
    found = []
    for path in ("/", "/datasets/", f"/datasets/{dataset.pk}/", "/system-health/"):
        page.goto(path)
        found += findings(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{path} is {width} px wide"] if width > PHONE["width"] else []
    assert found == []


def test_paper_is_light_and_without_the_frame(portal, dataset):
    page = portal.log_in(dataset.store.owner, color_scheme="dark")
    page.goto(f"/datasets/{dataset.pk}/")
    page.emulate_media(media="print")
    expect(page.locator(".header-tools")).to_be_hidden()
    expect(page.locator(".print-date")).to_be_visible()
    expect(page.locator(".app-nav")).to_be_hidden()
    expect(page.locator("#facts-title")).to_have_css("color", "rgb(20, 24, 31)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dialogs_and_menus_have_no_finding(portal, dataset, scheme):
    page = portal.log_in(dataset.store.owner, color_scheme=scheme)
    page.goto("/datasets/?dialog=create")
    page.locator("#create-foot").wait_for()
    page.locator(".advanced summary").click()
    found = findings(page)
    page.keyboard.press("Escape")
    for opener in ("#bell", ".user-button", f"#menu-{dataset.pk}", "[data-palette]"):
        page.goto("/datasets/")
        page.locator(opener).click()
        found += findings(page)
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_log_in_page_has_no_finding(portal, scheme):
    page = portal.open(color_scheme=scheme)
    page.goto("/accounts/login/")
    assert findings(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_refusal_has_no_finding(portal, scheme):
    page = portal.log_in(portal.make_user("viewer"), color_scheme=scheme)
    assert page.goto("/datasets/create/").status == 403
    assert findings(page) == []


def test_a_toast_has_no_finding(portal, dataset):
    owner = dataset.store.owner
    page = portal.log_in(owner, viewport=PHONE)
    page.goto("/datasets/")
    expect(page.locator("#live-state")).to_have_attribute("data-socket", "on")
    portal.notify(owner, "Generation failed", level="error", url=f"/datasets/{dataset.pk}/")
    expect(page.locator(".toast-card").get_by_role("link", name="Open")).to_be_visible()
    assert findings(page) == []
