"""What the content security policy lets in on the pages with figures, and what it keeps out."""

import pytest

from tests.e2e.exploring import drawn
from tests.experiments.training import trained

pytestmark = pytest.mark.browser
RULE = "#main { outline: 3px solid rgb(1, 2, 3) }"
OUTLINE = "getComputedStyle(document.getElementById('main')).outlineColor"


@pytest.fixture
def refused(viewer):
    return [text for text in viewer.complaints if "Content Security Policy" in text]


def test_the_viewer_and_its_libraries_need_no_style_that_is_refused(viewer, refused):
    assert refused == []


def test_the_explorer_and_an_experiment_need_none_either(portal):
    owner = portal.make_user("engineer")
    experiment = portal.run(trained, owner)
    page, refused = portal.log_in(owner), []
    note = lambda said: refused.append(said.text) if "Policy" in said.text else None  # noqa: E731
    page.on("console", note)
    drawn_explorer(page, f"/data-explorer/?dataset={experiment.dataset_id}")
    page.wait_for_selector(".ag-row")
    page.goto(f"/experiments/{experiment.pk}/")
    page.wait_for_selector(".js-plotly-plot .main-svg", state="attached")
    page.remove_listener("console", note)
    assert refused == []


def drawn_explorer(page, address):
    page.goto(address)
    drawn(page)


def test_a_style_element_that_came_as_markup_is_refused(viewer):
    viewer.evaluate(
        "(rule) => document.body.insertAdjacentHTML('beforeend', `<style>${rule}</style>`)", RULE
    )
    assert viewer.evaluate(OUTLINE) != "rgb(1, 2, 3)"
