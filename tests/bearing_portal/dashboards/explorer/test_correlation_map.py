import numpy as np
import pytest

from bearing_portal.dashboards.explorer.figures.correlation import correlation_figure
from bearing_portal.frame.design.tokens import TOKENS
from tests.bearing_portal.dashboards.explorer.checking import checked

NAMES, TITLES = ["rms", "kurtosis", "skewness"], ["RMS", "Kurtosis", "Skewness"]
MATRIX = np.array([[1, 0.2, -0.9], [0.2, 1, np.nan], [-0.9, np.nan, 1]])


def drawn(matrix=MATRIX, theme="light", **values):
    figure = correlation_figure(
        matrix, [0, 2, 1], NAMES, TITLES, theme=theme, subject="1", **values
    )
    return checked(figure)


def test_the_like_lie_side_by_side():
    figure = drawn()
    assert list(figure.data[0].y) == ["RMS", "Skewness", "Kurtosis"]
    assert figure.data[0].z[0].tolist() == pytest.approx([1, -0.9, 0.2])
    assert figure.layout.meta["codes"] == ["rms", "skewness", "kurtosis"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_signs_have_their_colours_and_none_is_neutral(theme):
    trace = drawn(theme=theme).data[0]
    assert [colour for _, colour in trace.colorscale] == TOKENS["plotly"][theme]["diverging"]
    assert (trace.zmin, trace.zmax) == (-1, 1)


def test_an_unknown_correlation_is_a_gap():
    assert np.isnan(drawn().data[0].z[1, 2])
    assert drawn().data[0].hoverongaps is False


def test_nothing_known_is_said():
    assert "Too few" in drawn(np.full((3, 3), np.nan)).layout.annotations[0].text


def test_the_pair_that_is_looked_at_is_outlined():
    shape = drawn(pair=("rms", "kurtosis")).layout.shapes[0]
    assert (shape.x0, shape.y0) == (-0.5, 1.5)


def test_a_pair_of_unknown_features_is_not():
    assert not drawn(pair=("rms", "odd")).layout.shapes
