import json
import re
import sys
import threading
from pathlib import Path

import pytest

from tests.bearing_portal.dashboards.conftest import body_of
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]
MOST_FILES = 20


def walk(title: str) -> list[str]:
    """Return the files that docs/architecture.md lists under a bold title."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    listed = text.split(f"**{title}**", 1)[1].split("\n\n", 2)[1]
    return re.findall(r"^\d+\. `([^`]+)`", listed, re.MULTILINE)


class Passed:
    """The product's files whose functions are called meanwhile."""

    def __enter__(self):
        self.files = set()
        threading.setprofile(self._note)
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_):
        sys.setprofile(None)
        threading.setprofile(None)

    def _note(self, frame, event, _):
        path = frame.f_code.co_filename
        if event == "call" and path.startswith(str(ROOT)):
            self.files.add(path.removeprefix(f"{ROOT}/"))


@pytest.fixture
def dataset(client, settings, tmp_path):
    settings.STORAGE_DIR = tmp_path / "storage"
    owner = make_user("engineer")
    client.force_login(owner)
    return make_dataset(owner)


def ask(client, app, name, data):
    body = json.dumps(body_of(name, data, app=app))
    url = f"/dash/app/{app}/_dash-update-component"
    assert client.post(url, body, content_type="application/json").status_code == 200


@pytest.mark.parametrize("title", ["Opening a signal", "Changing a filter"])
def test_a_walk_is_short_and_leads_through_files_that_are_there(title):
    files = walk(title)

    assert 0 < len(files) <= MOST_FILES
    assert [file for file in files if not (ROOT / file).is_file()] == []


def python_of(title):
    return {file for file in walk(title) if file.endswith(".py")}


def test_opening_a_signal_passes_through_its_walk(client, dataset):
    asked = {"signal": str(dataset.store.signals.first().pk), "width": "900", "theme": "light"}

    with Passed() as passed:
        ask(client, "viewer", "open_signal", asked)
        ask(client, "viewer", "show_time", asked)

    assert python_of("Opening a signal") <= passed.files


def test_changing_a_filter_passes_through_its_walk(client, dataset):
    query = f"dataset={dataset.pk}&severity=mild"

    with Passed() as passed:
        client.get(f"/data-explorer/filters/?{query}")
        client.get(f"/data-explorer/table/rows/?{query}&start=0&end=50")
        ask(client, "explorer", "show_overview", {"filter": query, "theme": "light"})

    assert python_of("Changing a filter") <= passed.files
