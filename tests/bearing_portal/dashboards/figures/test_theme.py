import re

import pytest

from bearing_portal.dashboards.figures.theme import template
from bearing_portal.frame.design.tokens import TOKENS, color

HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_is_a_token_of_its_theme(theme):
    allowed = {
        *HEX.findall(str(TOKENS["plotly"][theme])),
        *HEX.findall(str(TOKENS["color"][theme])),
        *TOKENS["plotly"]["colorway"],
    }
    used = set(HEX.findall(str(template(theme).to_plotly_json())))
    assert used
    assert used <= allowed


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_one_signal_is_drawn_in_trace(theme):
    assert template(theme).data.scatter[0].line.color == color(theme, "trace")
