"""The documentation's site as the portal serves it: its look under the portal's security policy."""

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import findings

pytestmark = pytest.mark.browser

SITE = Path(__file__).resolve().parents[2] / "docs" / "site"
# Of what pages are made of; all pages of the real one take longer to build than this file may.
FRONT = """# Kurtosis of bearings

| feature | unit |
|---|---|
| `kurtosis` | 1 |

    python manage.py measure bearing.mat

```python
print("kurtosis")
```

```mermaid
flowchart LR
  accDescr: A file becomes a number.
  file --> kurtosis
```

```{toctree}
second
```
"""


@pytest.fixture(scope="module")
def built(web, tmp_path_factory):
    source = tmp_path_factory.mktemp("source")
    (source / "index.md").write_text(FRONT)
    (source / "second.md").write_text("# Second page\n\n[Back](index.md#kurtosis-of-bearings)\n")
    target = web["storage_dir"].parent / "docs"
    options = ["-q", "-W", "-b", "html", "-c", str(SITE), "-d", str(source.parent / "trees")]
    line = [sys.executable, "-m", "sphinx", *options, str(source), str(target)]
    done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=SITE.parents[1])
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def reader(portal, built):
    complaints = []
    page = portal.log_in(portal.make_user("viewer"), own_window=True)
    page.on("console", lambda said: complaints.append(said.text) if said.type != "log" else None)
    yield page
    assert complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_have_the_portals_theme_and_no_finding(reader, theme):
    reader.goto("/")
    reader.evaluate("theme => localStorage.setItem('portal-theme', theme)", theme)

    reader.goto("/docs/")

    expect(reader.locator("html")).to_have_attribute("data-bs-theme", theme)
    surface = reader.evaluate("getComputedStyle(document.body).getPropertyValue('--surface-1')")
    shown = reader.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (shown == "rgb(255, 255, 255)") == (surface.strip() == "#ffffff") == (theme == "light")
    assert findings(reader) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_drawing_is_a_picture_in_the_colours_of_the_page(reader, theme):
    reader.goto("/")
    reader.evaluate("theme => localStorage.setItem('portal-theme', theme)", theme)

    reader.goto("/docs/")

    drawing = reader.get_by_role("img", name="A file becomes a number.")
    expect(drawing).to_have_count(1)  # the other theme's is not there for anybody
    assert drawing.get_attribute("src").endswith(f"-{theme}.svg")
    reader.wait_for_function(
        "src => document.querySelector(`img[src='${src}']`).naturalWidth > 0",
        arg=drawing.get_attribute("src"),
    )


def test_what_is_chosen_here_counts_in_the_portal_too(reader):
    reader.goto("/docs/")
    toggle = reader.locator(".theme-toggle-content .theme-toggle")
    toggle.click()  # the other than the system's
    expect(reader.locator("html")).to_have_attribute("data-bs-theme", "dark")

    reader.get_by_role("link", name="Back to the portal").click()

    expect(reader.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_search_finds_a_page(reader):
    reader.goto("/docs/")
    reader.get_by_role("textbox", name="Search").fill("kurtosis")
    reader.keyboard.press("Enter")

    reader.get_by_role("link", name="Kurtosis of bearings").last.click()

    expect(reader.get_by_role("heading", level=1)).to_contain_text("Kurtosis of bearings")


def test_on_a_phone_it_stays_within_its_width(portal, built):
    page = portal.log_in(portal.make_user("viewer"), viewport={"width": 390, "height": 844})
    page.goto("/docs/")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
