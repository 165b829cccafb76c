"""Experiments as people meet them: from the training page to the answer of the model."""

import re

import pytest
from playwright.sync_api import expect

from monitoring.jobs import queueing

pytestmark = pytest.mark.browser

READY_MS = 300_000


@pytest.fixture
def dataset(portal, monkeypatch):
    """A dataset with its rows, which the worker would make again."""
    monkeypatch.setattr(queueing, "push", lambda job: True)
    owner = portal.make_user("engineer")
    return portal.make_dataset(owner, name="Rig", per_class=5, duration_s=2.0)


def train(page, dataset, model="Logistic regression", *, name=""):
    """Put a training together by keyboard and press Train."""
    page.goto(f"/training/?dataset={dataset.pk}")
    page.get_by_label("Kind").select_option(label=model)
    expect(page.get_by_label("Kind").locator("option:checked")).to_have_text(model)
    if name:
        page.get_by_label("Name", exact=True).fill(name)
    page.locator("#train:enabled").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#experiment-title")).to_be_visible()


def test_a_name_typed_while_the_choices_are_looked_at_stays(portal, dataset):
    page, held = portal.log_in(dataset.store.owner), []
    page.goto(f"/training/?dataset={dataset.pk}")
    page.route("**/training/?*", lambda route: held.extend([route]), times=1)
    with page.expect_request("**/training/?*"):
        page.get_by_label("Kind").select_option(label="Nearest neighbours")
    page.get_by_label("Name", exact=True).press_sequentially("My model")
    held[0].continue_()
    expect(page.get_by_label("Neighbours", exact=True)).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("My model")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()


def test_from_training_to_the_prediction_of_a_fault(portal, dataset):
    page = portal.log_in(dataset.store.owner)
    train(page, dataset, name="First")
    expect(page.locator("#experiment-result")).to_be_visible(timeout=READY_MS)
    expect(page.locator("#unread")).to_contain_text("1")
    page.get_by_role("button", name="Notices").click()
    expect(page.locator("#notices")).to_contain_text("Model trained")
    expect(page.get_by_text("Score on records it has not seen")).to_be_visible()
    train(page, dataset, "Nearest neighbours", name="Second")
    expect(page.locator("#experiment-result")).to_be_visible(timeout=READY_MS)

    page.goto("/experiments/compare/")
    for box in page.locator("tbody input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="What differs")).to_be_visible()

    page.goto("/")
    recent = page.get_by_role("group", name="Recent experiments")
    recent.get_by_role("link", name="First", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#dialog #experiment-summary")).to_contain_text("Random split")
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()

    signal = portal.run(lambda: dataset.store.signals.order_by("pk").first())
    page.goto(f"/signal-viewer/?signal={signal.pk}")
    page.get_by_role("link", name="Predict fault").click()
    expect(page.get_by_role("heading", name="Answer")).to_be_visible()
    expect(page.locator(".says .answer")).not_to_be_empty()


def test_what_cannot_be_trained_is_said_beside_a_dead_button(portal, dataset):
    page = portal.log_in(dataset.store.owner)
    page.goto(f"/training/?dataset={dataset.pk}&class=healthy")
    expect(page.get_by_role("alert")).to_contain_text("nothing to tell apart")
    expect(page.locator("#train")).to_be_disabled()


def test_columns_are_chosen_by_keyboard_and_remembered(portal, dataset):
    page = portal.log_in(dataset.store.owner)
    train(page, dataset)
    page.goto("/experiments/")
    heads = page.locator("#experiment-list thead")
    expect(heads).to_contain_text("Dataset")
    page.get_by_role("button", name="Columns").focus()
    page.keyboard.press("Enter")
    page.locator("#column-dataset").focus()
    page.keyboard.press("Space")
    expect(heads).not_to_contain_text("Dataset")
    page.wait_for_url("**/experiments/?columns=*")
    page.goto("/experiments/")
    expect(heads).not_to_contain_text("Dataset")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("button", name="Reset columns").click()
    expect(heads).to_contain_text("Dataset")


def test_what_a_model_says_of_a_selection_becomes_a_column_and_a_filter(portal, dataset):
    page = portal.log_in(dataset.store.owner)
    train(page, dataset, name="First")
    expect(page.locator("#experiment-result")).to_be_visible(timeout=READY_MS)

    page.goto(f"/data-explorer/?dataset={dataset.pk}&sel=class:wear")
    page.locator(".explorer-table-panel").get_by_role("button", name="Predict").click()
    page.get_by_role("button", name="Predict 5 signals").click()
    answers = page.get_by_role("group", name="Answers")
    expect(answers.get_by_role("link").first).to_be_visible(timeout=READY_MS)
    said = answers.get_by_role("row").nth(1).get_by_role("rowheader").inner_text()
    n = int(answers.get_by_role("row").nth(1).get_by_role("cell").first.inner_text())
    answers.get_by_role("link").first.click()

    table = page.locator("#explorer-table-grid")
    page.locator(".explorer-table-panel").scroll_into_view_if_needed()
    expect(page.locator("#explorer-rows")).to_contain_text(f"of {n}")
    page.get_by_text("Columns", exact=True).click()
    page.get_by_role("checkbox", name="Predicted").check()
    cells = table.locator(".ag-center-cols-container .ag-row [col-id='predicted']")
    expect(cells).to_have_text([re.compile(re.escape(said), re.IGNORECASE)] * n)
