"""The notebook of the documentation runs against a portal as its readers would run it."""

import json
from pathlib import Path

from monitoring.accounts.tokens import token_create

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebooks" / "interface.ipynb"


def cells():
    found = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in found if cell["cell_type"] == "code"]


def test_the_notebook_runs_from_the_first_cell_to_the_last(portal, monkeypatch, capsys):
    dataset = portal.make_dataset(name="Pump")
    _, secret = portal.run(token_create, user=dataset.store.owner, name="notebook")
    monkeypatch.setenv("PORTAL_URL", portal.url)
    monkeypatch.setenv("PORTAL_TOKEN", secret)
    names = {}
    for number, cell in enumerate(cells()):
        exec(compile(cell, f"cell {number}", "exec"), names)  # noqa: S102  (the repository's own)
    assert names["table"].num_rows == dataset.store.n_signals
    assert "largest line at" in capsys.readouterr().out


def test_the_notebook_keeps_no_output():
    found = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    assert not any(cell.get("outputs") for cell in found)
