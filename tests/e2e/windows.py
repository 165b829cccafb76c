"""The browser of a run: windows that its tests use in turn, and new ones for what would stay."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

from tests.chromium import launched

# How many answers a page waits for, as `viewing.settled` asks it.
COUNT_REQUESTS = """(() => {
  let open = 0;
  window.openRequests = () => open;
  const { fetch } = window, { send } = XMLHttpRequest.prototype;
  window.fetch = (...given) => {
    open += 1;
    return fetch(...given).finally(() => { open -= 1; });
  };
  XMLHttpRequest.prototype.send = function (...given) {
    open += 1;
    this.addEventListener("loadend", () => { open -= 1; });
    return send.apply(this, given);
  };
})()"""
WINDOW = {"width": 1440, "height": 900}
TIMEOUT_MS = 60_000  # a busy machine is no failure


class Windows:
    """Hands out windows, and fails where one of them met an error or asked another host."""

    def __init__(self, chromium: Browser, url: str) -> None:
        self._chromium = chromium
        self._url = url
        self._kept: list[Page] = []
        self._n_lent = 0
        self._opened: list[Page] = []
        self._troubles: list[str] = []

    def lend(self, *, color_scheme: str = "light", viewport: Any = WINDOW) -> Page:
        """Return a window that is kept: a new one compiles the scripts of a page again, which takes
        longer than most tests. It is for no init script, for that would stay.
        """
        if self._n_lent == len(self._kept):
            self._kept.append(self._new())
        page = self._kept[self._n_lent]
        self._n_lent += 1
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme, media="null")  # type: ignore[arg-type]
        return page

    def open(self, **options: Any) -> Page:
        """Return a new window, which is closed after the test."""
        page = self._new(**options)
        self._opened.append(page)
        return page

    def take_back(self) -> None:
        """Clear what a test leaves behind, and say what its windows complained of."""
        for page in self._opened:
            page.context.close()
        lent, self._kept[: self._n_lent] = self._kept[: self._n_lent], []
        self._opened, self._n_lent = [], 0
        for page in lent:
            _leave(page)
            self._kept.append(page)
        troubles, self._troubles = self._troubles, []
        assert not troubles, troubles

    def _new(self, **options: Any) -> Page:
        context = self._chromium.new_context(
            **{"viewport": WINDOW, "base_url": self._url, "color_scheme": "light"} | options
        )
        context.set_default_timeout(TIMEOUT_MS)
        context.add_init_script(COUNT_REQUESTS)
        page = context.new_page()
        page.on("pageerror", lambda error: self._troubles.append(f"script error: {error}"))
        page.on("request", lambda request: self._watch(request.url))
        return page

    def _watch(self, url: str) -> None:
        if not url.startswith((self._url, "data:", "blob:")):
            self._troubles.append(f"asked another host: {url}")
        if url.endswith(("/undefined", "/null")):
            self._troubles.append(f"a script lost an address: {url}")


@contextmanager
def browser_of(playwright: Playwright) -> Iterator[Browser]:
    browser = launched(playwright)
    yield browser
    browser.close()


def _leave(page: Page) -> None:
    """Go to an address of the portal that asks nothing, and leave nothing behind."""
    for other in page.context.pages:
        if other is not page:
            other.close()
    page.unroute_all()
    page.mouse.move(0, 0)
    page.goto("about:blank")
    # Without one: a session that ends with the test ends its cookie, which may then be the next's.
    # Beside a picture Chromium asks for an icon too, of which no page can tell when it has come.
    page.context.clear_cookies()
    page.goto("/static/img/favicon.svg")
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
