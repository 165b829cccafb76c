"""Where files lie is known in one place: everybody else names them by key."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROOMS = ("bearing_portal", "bench", "common", "datasets", "experiments", "monitoring", "signals")
PLACES = {"STORAGE_DIR", "STORAGE_URL", "SCRATCH_DIR", "MEDIA_ROOT"}


def knows(path):
    parts = path.relative_to(ROOT).parts
    # `make faults` tells a portal of its own of the bucket that it will harm.
    told = {("common", "storage"), ("bearing_portal", "settings"), ("bench", "faults")}
    return parts[:2] in told


def names_in(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_no_module_outside_the_storage_holds_a_path_of_it():
    modules = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if not knows(path)]
    assert len(modules) > 100
    assert [p for p in modules if PLACES & set(names_in(p.read_text()))] == []


def test_a_module_that_held_one_would_be_found():
    assert set(names_in("folder = settings.STORAGE_DIR / 'x'")) & PLACES
