import pytest

from tests.e2e.axe import findings

pytestmark = pytest.mark.browser

PERIOD_MS = 6500  # longer than from one refresh to the next
LIVE = "**/system-health/live/"
HIDE = """() => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
}"""
SHOW = """() => {
  delete document.hidden;
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def health(portal):
    page = portal.log_in(portal.make_user("superuser"), own_window=True)
    page.clock.install()
    page.goto("/system-health/")
    page.locator("#log").wait_for()
    return page


def asked_within(page, ms):
    """Count the refreshes while the page's clock goes on by so many milliseconds."""
    asked = []
    listen = lambda request: asked.append(1) if "/system-health/live/" in request.url else None  # noqa: E731
    page.on("request", listen)
    page.clock.run_for(ms)
    page.evaluate("fetch('/static/img/favicon.svg').then((answer) => answer.text())")
    page.remove_listener("request", listen)
    return len(asked)


def test_figures_are_read_again_by_themselves(health):
    before = health.locator("#health-every").inner_text()
    with health.expect_response(LIVE):
        health.clock.run_for(PERIOD_MS)
    health.wait_for_function(
        "text => document.getElementById('health-every').innerText !== text", arg=before
    )


def test_pause_stops_the_refresh_also_after_a_reload_and_resume_asks_at_once(health):
    assert asked_within(health, PERIOD_MS) > 0
    health.get_by_role("button", name="Pause").click()
    assert asked_within(health, PERIOD_MS) == 0
    health.reload()
    assert health.get_by_role("button", name="Resume").get_attribute("aria-pressed") == "true"
    with health.expect_response(LIVE):
        health.get_by_role("button", name="Resume").click()


def test_a_hidden_tab_asks_nothing_and_asks_when_it_is_back(health):
    health.evaluate(HIDE)
    assert asked_within(health, PERIOD_MS) == 0
    with health.expect_response(LIVE):
        health.evaluate(SHOW)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_finding_and_fits_every_width(portal, scheme):
    page = portal.log_in(portal.make_user("superuser"), color_scheme=scheme)
    for width in (390, 768, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("/system-health/")
        page.locator("#log").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert findings(page) == []


def test_home_fetches_the_score_it_does_not_know(portal):
    user = portal.make_user("viewer")
    portal.make_dataset(visibility="shared")
    page = portal.log_in(user)
    page.goto("/")
    assert page.locator("#health-score .dial").get_attribute("aria-label").startswith("Health")
    page.locator("#checks-state", has_text="checks pass").wait_for()
