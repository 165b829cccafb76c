"""What the pages declare of their addresses: whole, and nowhere typed a second time."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from bearing_portal.dashboards.explorer.state import DECLARED as EXPLORER
from bearing_portal.dashboards.explorer.state import ExplorerState
from bearing_portal.dashboards.viewer.state import DECLARED as VIEWER
from bearing_portal.dashboards.viewer.state import ViewerState
from signals.filters.signal_filter import FILTER_KEYS, SignalFilter
from signals.filters.values import Range

PAGES = {"viewer": (ViewerState, VIEWER), "explorer": (ExplorerState, EXPLORER)}
SCRIPT_ALONE = {"cursor", "checked", "sort", "grid"}  # the grid asks for its rows by itself
SCRIPTS = sorted(
    path
    for path in Path(settings.STATICFILES_DIRS[0]).glob("*/*.js")
    if path.parent.name in ("js", "viewer", "explorer")
)


def asked(question):
    return {*question["keys"], *(key for more in question.get("more", {}).values() for key in more)}


@pytest.mark.parametrize("name", PAGES)
def test_every_question_is_made_of_declared_keys_and_every_key_is_asked_for(name):
    _, declared = PAGES[name]
    keys = set().union(*(asked(question) for question in declared["questions"]))
    assert keys - {"filter"} == set(declared["keys"]) - SCRIPT_ALONE


@pytest.mark.parametrize("name", PAGES)
def test_what_depends_on_a_key_names_one(name):
    _, declared = PAGES[name]
    for key in declared["keys"].values():
        assert key.get("of", "filter") in {"filter", *declared["keys"]}


@pytest.mark.parametrize("name", PAGES)
def test_a_default_is_one_of_the_choices(name):
    _, declared = PAGES[name]
    for key in declared["keys"].values():
        assert "choices" not in key or key["default"] in key["choices"]


@pytest.mark.parametrize("name", PAGES)
def test_the_page_hands_its_declaration_to_the_scripts(client, owner, name):
    client.force_login(owner)
    page = client.get(reverse(name), {"dataset": ""}).content.decode()
    found = re.search(r'<script id="page-state" type="application/json">(.+?)</script>', page)
    assert json.loads(found[1]) == json.loads(json.dumps(PAGES[name][1], default=str))


def test_a_filter_with_everything_writes_every_declared_key():
    span = Range(1.0, 2.0)
    whole = SignalFilter(
        dataset=1,
        version=1,
        split="Halves",
        sides=("train",),
        classes=("wear",),
        severities=("none",),
        tags=("a",),
        specimens=("a",),
        runs=("a",),
        recordings=(1,),
        rpm=span,
        load=span,
        rms=span,
        per_class=3,
        originals=True,
        text="x",
    )
    assert tuple(re.findall(r"(\w+)=", whole.to_query())) == FILTER_KEYS


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_script_types_a_filter_key_or_a_limit_again(path):
    text = path.read_text()
    typed = [key for key in FILTER_KEYS if "_" in key and f'"{key}"' in text]
    assert not typed
    assert not re.findall(r"\bMOST\w* = \d+", text)
