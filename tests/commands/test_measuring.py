"""The floors of the suite are about what was really reached."""

import json
from pathlib import Path

import pytest

from tests import measuring

CALLBACKS = "bearing_portal/dashboards/viewer/callbacks.py"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("vibration/spectra/welch.py", "the science and the services"),
        ("signals/services/labels.py", "the science and the services"),
        ("signals/uploads/services.py", "the science and the services"),
        (CALLBACKS, "the callbacks"),
        ("signals/models.py", None),
        ("vibration/README.md", None),
        ("tests/signals/services/test_labels.py", None),
    ],
)
def test_each_file_falls_under_its_floor(path, kind):
    assert measuring.kind_of(measuring.ROOT / path) == kind


def test_every_file_with_a_floor_lies_in_a_folder_that_is_read():
    read = {path for name in measuring.sources() for path in Path(name).rglob("*.py")}
    known = {measuring.ROOT / name for name in measuring.PACKAGES}
    files = (path for package in known for path in package.rglob("*.py"))
    assert {path for path in files if measuring.kind_of(path)} <= read


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(measuring, "FOLDER", tmp_path)
    few = [
        str(measuring.ROOT / name) for name in ("vibration/machines", str(Path(CALLBACKS).parent))
    ]
    monkeypatch.setattr(measuring, "sources", lambda: few)
    monkeypatch.chdir(measuring.ROOT)
    return tmp_path


def noted(folder, name, lines):
    meta = {"software": "slipcover", "branch_coverage": True}
    files = {CALLBACKS: {"executed_lines": lines, "missing_lines": []}}
    (folder / name).write_text(json.dumps({"meta": meta, "files": files}))


def test_what_no_process_read_counts_as_missed(folder, capsys):
    assert measuring.main() == len(measuring.FLOORS)
    assert "0.0 % were reached; 80 % are the floor" in capsys.readouterr().out


def test_what_the_processes_reached_is_added_up(folder):
    first, second = measuring.reached()["files"][CALLBACKS]["missing_lines"][:2]
    noted(folder, "1.json", [first])
    noted(folder, "2.json", [second])
    assert measuring.reached()["files"][CALLBACKS]["executed_lines"] == [first, second]
