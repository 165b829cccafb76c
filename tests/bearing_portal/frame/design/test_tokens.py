import re
from pathlib import Path

import pytest

from bearing_portal.frame.design.tokens import CSS_PATH, THEMES, TOKENS, color, tokens_css
from vibration.simulation import CLASS_CODES, SEVERITIES

STATIC = Path(__file__).resolve().parents[4] / "static"
OWN_STYLES = sorted(path for path in (STATIC / "css").glob("*.css") if path != CSS_PATH)


def test_the_style_sheet_is_what_the_tokens_say():
    assert CSS_PATH.read_text("utf-8") == tokens_css()


def test_the_tokens_know_every_class_of_the_simulator():
    assert {row["code"] for row in TOKENS["faultClass"]} == set(CLASS_CODES)


def test_the_tokens_have_the_simulators_severities():
    factors = {row["code"]: tuple(row["factor"]) for row in TOKENS["severity"]}
    assert factors == {spec.code: (spec.low, spec.high) for spec in SEVERITIES}


@pytest.mark.parametrize("path", OWN_STYLES, ids=lambda path: path.name)
def test_no_colour_is_typed_in_a_style_sheet(path):
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", path.read_text("utf-8"))


@pytest.mark.parametrize("path", OWN_STYLES, ids=lambda path: path.name)
def test_style_sheets_use_only_variables_that_exist(path):
    sheet = path.read_text("utf-8")
    used = set(re.findall(r"var\((--(?!bs-)[a-z0-9-]+)", sheet))
    assert used <= set(re.findall(r"(--[a-z0-9-]+):", tokens_css() + sheet))


def test_both_themes_name_the_same_colours():
    light, dark = (set(TOKENS["color"][theme]) for theme in THEMES)
    assert light == dark


def test_a_ramp_is_no_colour():
    with pytest.raises(KeyError, match="ramp"):
        color("light", "severity")
