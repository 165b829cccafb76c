import numpy as np
import pytest

from bearing_portal.dashboards.explorer.figures.scatter import (
    FADED,
    MOST_POINTS,
    Cloud,
    Plane,
    points_figure,
)
from tests.bearing_portal.dashboards.explorer.checking import checked

RANDOM = np.random.default_rng(3)
PLANE = Plane("RMS (g)", "Kurtosis", "light", "1")


def cloud(n=5, code="wear", first=1, x=None):
    x = RANDOM.normal(size=n) if x is None else np.asarray(x, dtype=float)
    pks = np.arange(first, first + len(x))
    labels = [f"W-{pk}" for pk in pks]
    return Cloud(code, code.title(), "#ba3600", "cross", pks, labels, x, RANDOM.normal(size=len(x)))


def points(*clouds, plane=PLANE, **values):
    return checked(points_figure(clouds, plane, **values))


def test_a_point_tells_signal_and_class():
    trace = points(cloud(2)).data[0]
    assert (list(trace.text), list(trace.customdata)) == (["W-1", "W-2"], [1, 2])
    assert trace.name == "Wear"
    assert trace.hovertemplate.startswith("%{text}<br>%{fullData.name}")
    assert trace.marker.symbol == "cross"


def test_signals_without_a_value_are_left_out():
    trace = points(cloud(x=[1, np.nan, 3])).data[0]
    assert list(trace.customdata) == [1, 3]


@pytest.mark.parametrize("x", [[], [np.nan, np.nan]])
def test_nothing_to_draw_is_said(x):
    assert points(cloud(x=x)).layout.annotations[0].text == "No signal has both values."


@pytest.mark.parametrize("x", [[0.0], [2.0] * 4, [1e-9, 1e9]])
def test_any_values_have_room_on_the_axis(x):
    low, high = points(cloud(x=x)).layout.xaxis.range
    assert low < min(x) <= max(x) < high


def test_the_selected_stand_out():
    trace = points(cloud(4), selected=frozenset({2, 4, 99})).data[0]
    assert list(trace.selectedpoints) == [1, 3]
    assert trace.unselected.marker.opacity == FADED


def test_without_a_selection_none_is_faded():
    assert points(cloud(4)).data[0].selectedpoints is None


def test_a_selection_of_others_fades_all():
    assert list(points(cloud(4), selected=frozenset()).data[0].selectedpoints) == []


def test_many_points_are_thinned_the_same_share_of_each_class():
    figure = points(cloud(20_000), cloud(1_000, "healthy", first=30_000))
    many, few = (len(trace.x) for trace in figure.data)
    assert many + few <= MOST_POINTS
    assert many / few == pytest.approx(20, rel=0.02)


def test_a_class_of_few_does_not_vanish_among_many():
    figure = points(cloud(50_000), cloud(1, "healthy", first=60_000))
    assert len(figure.data[1].x) == 1


def test_the_selected_area_is_outlined():
    figure = points(cloud(4), outline=[(0, 0), (1, 0), (1, 1)])
    assert figure.layout.shapes[0].path == "M 0,0 L 1,0 L 1,1 Z"


def test_a_line_is_no_area():
    assert not points(cloud(4), outline=[(0, 0), (1, 0)]).layout.shapes


def test_what_spans_decades_stands_on_a_log_axis():
    plane = Plane("RMS (g)", "Kurtosis", "light", "1", is_log_x=True)
    axis = points(cloud(x=[0.01, 1.0, 100.0]), plane=plane).layout.xaxis
    assert (axis.type, axis.title.text) == ("log", "RMS (g), log scale")
    assert axis.range[0] < -2 < 2 < axis.range[1]
