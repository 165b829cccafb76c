"""The built site, page by page: `make docs` builds it, and `make test-all` before these tests."""

import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

from tests.chromium import launched

SITE = Path(__file__).resolve().parents[2] / "docs" / "built"
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.glob("**/*.html"))
TARGET = re.compile(r'\b(?:href|src)="([^"]+)"')
ID = re.compile(r'\bid="([^"]+)"')

pytestmark = pytest.mark.skipif(not PAGES, reason="the site is not built here: make docs")


def test_links_and_anchors_of_every_page_lead_to_what_is_there():
    texts = {page: (SITE / page).read_text() for page in PAGES}
    ids = {page: {unquote(one) for one in ID.findall(text)} for page, text in texts.items()}
    wrong = []
    for page, text in texts.items():
        for link in TARGET.findall(text):
            if link.startswith(("http:", "https:", "data:", "mailto:")) or link in ("#", "/"):
                continue
            name, anchor = urldefrag(urljoin(f"/{page}", link))
            target = unquote(name).split("?")[0].lstrip("/")
            is_there = (SITE / target).is_file()
            if not is_there or (anchor and unquote(anchor) not in ids.get(target, set())):
                wrong.append(f"{page}: {link}")
    assert wrong == []


class Guarded(SimpleHTTPRequestHandler):
    """Serves the site under the portal's security policy."""

    def end_headers(self):
        rules = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
        # Less what each request brings, a nonce that the built pages do not know.
        fixed = {name: [rule for rule in values if isinstance(rule, str)] for name, values in rules}
        policy = "; ".join(f"{name} {' '.join(values)}" for name, values in fixed.items())
        self.send_header("Content-Security-Policy", policy)
        super().end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def url():
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Guarded, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.browser
def test_every_page_opens_without_complaint_or_foreign_request(url):
    complaints = []
    with sync_playwright() as playwright:
        chromium = launched(playwright)
        page = chromium.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda said: complaints.append(f"{page.url}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "request",
            lambda asked: (
                None if asked.url.startswith((url, "data:")) else complaints.append(asked.url)
            ),
        )
        page.on(
            "response",
            lambda given: complaints.append(given.url) if given.status >= 400 else None,
        )
        for name in PAGES:
            page.goto(f"{url}/{name}")
        chromium.close()
    assert complaints == []
