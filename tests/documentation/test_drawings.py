"""Mermaid blocks of the documentation become pictures."""

import re

import pytest

from bearing_portal.frame.design.tokens import TOKENS
from docs.site.drawings import DESCRIPTION, drawn
from tests.documentation.test_pages import PAGES, ids

BLOCK = re.compile(r"^```mermaid\n(.*?)^```", re.DOTALL | re.MULTILINE)
DRAWN = [page for page in PAGES if BLOCK.search(page.read_text())]


@pytest.mark.parametrize("page", DRAWN, ids=ids(DRAWN))
def test_every_drawing_is_understood_and_described(page):
    for text in BLOCK.findall(page.read_text()):
        assert DESCRIPTION.search(text), f"no accDescr: {text[:60]}"
        assert "<path" in drawn(text, "light")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_drawing_has_the_colours_of_its_theme(theme):
    svg = drawn("flowchart LR\n  one --> two", theme)

    assert TOKENS["color"][theme]["surface3"] in svg
    assert TOKENS["color"]["dark" if theme == "light" else "light"]["surface3"] not in svg


def test_a_drawing_asks_nobody_and_runs_nothing():
    svg = drawn("flowchart LR\n  one -- why --> two", "light")

    assert re.findall(r"(?:href|src)=|url\((?!#)|@import|<script|<foreignObject", svg) == []


def test_what_is_not_mermaid_is_refused():
    with pytest.raises(ValueError, match="No Mermaid diagram"):
        drawn("flowchat LR", "light")
