"""The scripts' own tests, in one page of Chromium: each `*.test.js` imports what it tests."""

import json
import mimetypes
import re
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from bearing_portal.dashboards.explorer.state import DECLARED as EXPLORER
from bearing_portal.dashboards.viewer.state import DECLARED as VIEWER
from tests.chromium import launched

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "static"
SITE = "http://scripts.test"
FILES = sorted(HERE.glob("*.test.js"))
CASES = [
    (path.name, name)
    for path in FILES
    for name in re.findall(r'^test\("(.+?)", ', path.read_text(), re.MULTILINE)
]
PATIENCE_MS = 60_000

pytestmark = pytest.mark.browser


def answer(route):
    """Serve the scripts, their tests, and what the pages declare."""
    path = route.request.url.removeprefix(SITE).partition("?")[0].lstrip("/")
    if path == "declared.json":
        said = json.dumps({"viewer": VIEWER, "explorer": EXPLORER}, default=str)
        route.fulfill(body=said, content_type="application/json")
        return
    file = HERE / path.removeprefix("tests/") if path.startswith("tests/") else STATIC / path
    if file.is_file():
        kind = mimetypes.guess_type(file.name)[0]
        route.fulfill(body=file.read_text(), content_type=kind)
    else:
        route.fulfill(body="<!doctype html><body></body>", content_type="text/html")


@pytest.fixture(scope="module")
def results():
    """Run all files in one page and return what each test said: nothing where it passed."""
    with sync_playwright() as playwright:
        browser = launched(playwright)
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.route("**/*", answer)
        page.goto(f"{SITE}/page/")
        urls = json.dumps({path.name: f"/tests/{path.name}" for path in FILES})
        found = page.evaluate(
            f"""async () => {{
              const {{ run }} = await import("/tests/harness.js"), found = {{}};
              for (const [name, url] of Object.entries({urls})) found[name] = await run(url);
              return found;
            }}"""
        )
        browser.close()
    return found


@pytest.mark.parametrize(("file", "name"), CASES)
def test_script(results, file, name):
    assert results[file][name] == ""


def test_every_test_is_known_by_its_name(results):
    said = [(file, name) for file, each in results.items() for name in each]
    assert sorted(said) == sorted(CASES)
