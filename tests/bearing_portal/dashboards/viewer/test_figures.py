import json
from itertools import pairwise

import numpy as np
import pytest
from dash._utils import to_json
from hypothesis import given
from hypothesis import strategies as st

from bearing_portal.dashboards.viewer.figures.common import Style, region_of
from bearing_portal.dashboards.viewer.figures.lines import Curve, Expected, Frame, curves_figure
from bearing_portal.dashboards.viewer.figures.maps import (
    STEPS,
    MapLook,
    Picture,
    as_bytes,
    map_figure,
)
from bearing_portal.dashboards.viewer.figures.marks import LABEL_PX, Mark, labelled
from bearing_portal.dashboards.viewer.figures.waveform import Drawn, Stage, time_figure

STYLE = Style("WEA-0001")
OTHER = Style("WEA-0002", "#ba3600", "dash")


def drawn(style=STYLE, n=100):
    time_s = np.arange(n) / 100
    return Drawn(time_s, np.sin(time_s).astype(np.float32), (-1.0, 1.0), style)


def time(*parts, **values):
    region = region_of(None, 100, 100.0)
    look = {"title": "Acceleration (g)", "unit": "g", "theme": "light", "subject": "1"}
    return time_figure([*parts], region, **look | values)


def frame(**values):
    given = {"x_title": "Hz", "y_title": "g", "shown": (0.0, 100.0), "theme": "light"}
    return Frame(**given | {"subject": "1"} | {"width_px": 900, "hover": "%{x}"} | values)


def curve(style=STYLE, n=201):
    x = np.linspace(0, 100, n)
    return Curve(x, np.cos(x), style)


def picture(n_f=5, n_t=7):
    power = np.random.default_rng(1).random((n_f, n_t)).astype(np.float32) + 1e-3
    return Picture(np.arange(n_t) / 10, np.arange(n_f) * 10.0, power, "WEA-0001")


def look(**values):
    given = {"colours": "Viridis", "theme": "light", "subject": "1", "unit": "g"}
    return MapLook(**given | {"shown_s": (0, 1), "shown_hz": (0, 50)} | values)


@pytest.mark.parametrize("span_s", [(-5, -1), (9, 12), (2, 1), (3, 3), (float("inf"), 0)])
def test_any_span_is_a_part_of_the_record(span_s):
    region = region_of(span_s, 1000, 100.0)
    assert 0 <= region.first < region.last <= 1000


def test_time_and_map_have_their_time_axes_in_line():
    assert time(drawn()).layout.xaxis.domain == map_figure([picture()], look()).layout.xaxis.domain


def test_stacked_signals_have_parts_that_do_not_overlap():
    figure = time(drawn(), drawn(OTHER), is_stacked=True)
    lower, upper = figure.layout.yaxis2.domain, figure.layout.yaxis.domain
    assert lower[1] < upper[0]
    assert [trace.yaxis for trace in figure.data] == ["y", "y2"]


def test_each_stage_of_severity_has_its_strip_and_the_change_its_words():
    stages = (Stage("Mild", "#111111", 0, 0.4), Stage("Moderate", "#222222", 0.4, 1.0))
    figure = time(drawn(), stages=stages)
    assert [shape.fillcolor for shape in figure.layout.shapes] == ["#111111", "#222222"]
    assert [note.text for note in figure.layout.annotations] == ["moderate from 0.40 s"]


def test_the_signal_looked_at_takes_its_colour_from_the_theme():
    plain, compared = time(drawn(), drawn(OTHER)).data
    assert plain.line.color is None
    assert (compared.line.color, compared.line.dash) == ("#ba3600", "dash")


def test_what_is_expected_lies_below_the_line():
    x = np.linspace(0, 100, 50)
    expected = Expected(x, x - 1, x, x + 1, "#ba3600", "Wear, n = 9")
    names = [trace.name for trace in curves_figure([curve()], frame(), expected=expected).data]
    assert all(name.startswith("Wear, n = 9") for name in names[:3])
    assert names[3:] == ["WEA-0001"]


def test_an_equidistant_axis_is_sent_as_two_numbers():
    trace = curves_figure([curve()], frame()).data[0]
    assert trace.x is None
    assert (trace.x0, trace.dx) == (0.0, 0.5)


def test_a_log_axis_begins_at_the_first_line():
    axis = curves_figure([curve()], frame(is_log_x=True)).layout.xaxis
    assert axis.type == "log"
    assert axis.range == pytest.approx((np.log10(0.5), 2.0))


def test_a_long_line_keeps_its_highest_point():
    x = np.linspace(0, 100, 100_001)
    y = np.zeros_like(x)
    y[77_777] = 5.0
    trace = curves_figure([Curve(x, y, STYLE)], frame()).data[0]
    assert trace.y.max() == 5.0
    assert trace.x[int(trace.y.argmax())] == pytest.approx(x[77_777])
    assert trace.y.size < 4000


MARKS = st.builds(
    Mark,
    f_hz=st.floats(0, 100),
    label=st.text("ABX0", min_size=1, max_size=8),
    kind=st.sampled_from(["bearing", "shaft", "mains"]),
    harmonic=st.integers(1, 5),
)


@given(st.lists(MARKS, max_size=40), st.integers(200, 2000))
def test_labels_of_marks_never_touch(marks, width_px):
    kept = labelled(marks, (0.0, 100.0), width_px)
    spans = sorted(
        (mark.f_hz * width_px / 100 - len(mark.label) * LABEL_PX / 2, len(mark.label) * LABEL_PX)
        for mark in kept
    )
    for (left, length), (after, _) in pairwise(spans):
        assert left + length <= after


def test_of_two_labels_that_touch_the_more_important_stays():
    marks = [Mark(50.0, "50 Hz", "mains"), Mark(50.5, "BPFO", "bearing")]
    assert [mark.label for mark in labelled(marks, (0, 100), 500)] == ["BPFO"]


def test_bytes_of_a_map_are_its_levels_to_half_a_step():
    level = np.linspace(-80, -20, 1000).reshape(10, 100)
    back = -80 + as_bytes(level, -80, -20) / STEPS * 60
    assert np.abs(back - level).max() <= 0.5 * 60 / STEPS + 1e-9


def test_levels_outside_the_range_are_its_ends():
    assert as_bytes(np.array([-200.0, 50.0]), -80, -20).tolist() == [0, STEPS]


def test_the_range_of_a_map_can_be_chosen():
    figure = map_figure([picture()], look(levels_db=(-50.0, -10.0)))
    assert figure.data[0].meta == {"low": -50.0, "high": -10.0}
    assert figure.layout.yaxis9.range == (-50.0, -10.0)


def test_another_theme_changes_the_template_alone():
    light, dark = (json.loads(to_json(time(drawn(), theme=name))) for name in ("light", "dark"))
    assert light["layout"].pop("template") != dark["layout"].pop("template")
    assert light == dark
