import doctest
import re
from pathlib import Path

import pytest

from common import text

ROOT = Path(__file__).parents[3]
ROOMS = ("bearing_portal", "common", "datasets", "experiments", "monitoring", "signals")
# A comma as grouping in a format, a thin space, or a plural made by hand.
BY_HAND = re.compile(
    r"""\{[^{}]*:[+]?,(\.\d+f|d)?\}|\\u2009|\\u202f|\u2009|\u202f|'s' if|'s' \*|"s" if"""
)


def test_the_examples_are_true():
    assert doctest.testmod(text).failed == 0


def test_no_other_module_writes_thousands_or_plurals_by_hand():
    found = [
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if path != ROOT / "common/text/amounts.py" and BY_HAND.search(path.read_text())
    ]
    # Its docstring shows what it writes.
    assert found == ["signals/exploration/conditions.py"]


@pytest.mark.parametrize(
    "line", ['f"{n:,}"', 'f"{n:,.0f}"', '"\\u2009"', "f\"{'s' if n else ''}\""]
)
def test_the_test_sees_one(line):
    assert BY_HAND.search(line)


@pytest.mark.parametrize(
    ("n", "said"),
    [(0, "0 classes"), (1, "1 class"), (2, "2 classes"), (1000, "1\u202f000 classes")],
)
def test_one_is_one_thing(n, said):
    assert text.counted(n, "class", "classes") == said


@pytest.mark.parametrize(
    ("n_bytes", "said"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (999_499, "999 kB"), (1_500_000, "1.5 MB")],
)
def test_a_size_keeps_two_digits_and_its_unit(n_bytes, said):
    assert text.size(n_bytes) == said


def test_a_negative_number_has_a_minus_sign():
    assert text.thousands(-1234) == "−1\u202f234"
    assert text.number(-0.5) == "−0.5000"
