"""The pictures of the pages: which there are, and how each is taken with a browser."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
THEMES = ("light", "dark")
SETTLE_MS = 500  # colours and bars in transition are not those that stay
LINE = ".scatterlayer path.js-line"
VIEWER_DRAWN = (
    f"#viewer-time {LINE}",
    f"#viewer-spectrum {LINE}",
    ".viewer-steps .btn",
    "#viewer-map .heatmaplayer image",
)
SAMPLE = "a:text-is('Sample dataset')"


@dataclass(frozen=True)
class Page:
    """One page: its address, who looks at it, and what must be there before the picture."""

    name: str
    path: str
    who: str = "person"  # nobody, person or admin
    click: tuple[str, ...] = ()
    shown: tuple[str, ...] = ("main",)
    is_narrow_too: bool = False

    def shots(self) -> Iterator["Shot"]:
        for theme in THEMES:
            yield Shot(self, theme, WIDE, f"{self.name}-{theme}.png")
        if self.is_narrow_too:
            for theme in THEMES:
                yield Shot(self, theme, NARROW, f"{self.name}-{theme}-{NARROW['width']}.png")


@dataclass(frozen=True)
class Shot:
    page: Page
    theme: str
    size: dict[str, int]
    file_name: str


PAGES = (
    Page("home", "/", is_narrow_too=True),
    Page("datasets", "/datasets/", is_narrow_too=True),
    Page("dataset-create", "/datasets/?dialog=create", shown=("#create-foot",)),
    Page("dataset", "/datasets/", click=(SAMPLE,)),
    Page(
        "explorer",
        "/data-explorer/",
        shown=(".explorer-classes tbody tr", "#explorer-ranking button"),
        is_narrow_too=True,
    ),
    Page(
        "viewer",
        "/datasets/",
        click=(SAMPLE, "main a[href*='/signal-viewer/?signal=']"),
        shown=VIEWER_DRAWN,
        is_narrow_too=True,
    ),
    Page("system-health", "/system-health/", shown=("#health-live",)),
    Page("profile", "/accounts/profile/"),
    Page("settings", "/accounts/settings/"),
    Page("login", "/accounts/login/", who="nobody"),
    Page("admin", "/admin/", who="admin", shown=("#content",)),
)
PAGE_NAMES = tuple(page.name for page in PAGES)


def take(browser: Any, url: str, shot: Shot, cookies: list[dict[str, Any]]) -> bytes:
    """Open the page in a window of its own and return its picture."""
    context = browser.new_context(
        base_url=url,
        viewport=shot.size,
        color_scheme=shot.theme,
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
    )
    context.add_cookies(cookies)
    try:
        window = context.new_page()
        window.goto(shot.page.path)
        for link in shot.page.click:
            window.locator(link).first.click()
            window.wait_for_load_state()
        for place in shot.page.shown:
            window.wait_for_selector(place)
        window.wait_for_load_state("networkidle")
        window.wait_for_timeout(SETTLE_MS)
        return bytes(window.screenshot(caret="hide"))
    finally:
        context.close()


def log_in(browser: Any, url: str, username: str, password: str) -> list[dict[str, Any]]:
    """Log in as a person does; return the cookies."""
    context = browser.new_context(base_url=url)
    window = context.new_page()
    window.goto("/accounts/login/")
    window.fill("#id_username", username)
    window.fill("#id_password", password)
    window.click("button[type=submit]")
    window.wait_for_url(f"{url}/")
    cookies: list[dict[str, Any]] = context.cookies()
    context.close()
    return cookies
