"""The floors of the suite are about what was really reached."""

import ast
from pathlib import Path

import pytest

from tests import measuring

SOURCE = '''"""A docstring."""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import this


def sign(x):
    """Return a word."""
    if x < 0:
        return "minus"
    elif x:
        x += 1
    for _ in range(x):
        if x > 5:
            break
    match x:
        case 0:
            return "zero"
    try:
        return 1 / (x - 3)
    except ZeroDivisionError:
        return "three"
'''


@pytest.mark.parametrize(
    ("asked", "missed"),
    [
        ((), {11, 12, 13, 14, 15, 16, 17, 18, 20, 21, 22, 24}),
        ((-1,), {13, 14, 15, 16, 17, 18, 20, 21, 22, 24}),
        ((0,), {12, 14, 16, 17, 18, 21, 22, 24}),
        ((2,), {12, 13, 17, 20}),
    ],
)
def test_what_was_not_reached_is_told_by_its_line(asked, missed):
    tree = ast.parse(SOURCE)
    lines = measuring.marked(tree)
    module = {measuring.NOTES: [0] * len(lines)}
    exec(compile(tree, "sign.py", "exec"), module)  # noqa: S102
    for x in asked:
        module["sign"](x)
    notes = module[measuring.NOTES]
    assert {line for line, seen in zip(lines, notes, strict=True) if not seen} == missed


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("vibration/spectra/welch.py", "the science and the services"),
        ("signals/services/labels.py", "the science and the services"),
        ("signals/uploads/services.py", "the science and the services"),
        ("bearing_portal/dashboards/viewer/callbacks.py", "the callbacks"),
        ("signals/models.py", None),
        ("tests/signals/services/test_labels.py", None),
    ],
)
def test_each_file_falls_under_its_floor(path, kind):
    assert measuring.kind_of(measuring.ROOT / path) == kind


def test_a_share_below_its_floor_is_said_and_fails(monkeypatch, capsys):
    kind = "the callbacks"
    found = [
        (kind, Path("callbacks.py"), [7], 4),
        ("the science and the services", Path("a"), [], 1),
    ]
    monkeypatch.setattr(measuring, "missed", lambda: found)
    assert measuring.main() == 1
    assert "75.0 % were reached; 80 % are the floor" in capsys.readouterr().out
