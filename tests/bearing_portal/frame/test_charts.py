from xml.etree import ElementTree

import pytest

from bearing_portal.frame.templatetags.charts import (
    dial,
    meter,
    runs_of,
    spark,
    step_top,
    steps,
    trend,
)
from bearing_portal.frame.trends import Trend


@pytest.mark.parametrize(
    "drawn",
    [spark([1, 2, None, 3]), steps([1, 2], [0, None]), meter(40), dial(91, "success"), meter(None)],
)
def test_a_drawing_is_well_formed(drawn):
    assert ElementTree.fromstring(drawn).tag == "svg"  # noqa: S314 - our own


def test_a_gap_breaks_the_line():
    assert spark([1, 2, None, 3, 4]).count("M") == 4  # two runs, each a line and an area


def test_no_sample_is_said_not_drawn():
    assert "<svg" not in spark([None, None])


def test_a_line_says_its_ends_and_extremes():
    assert "From 5 to 7, lowest 2, highest 9" in spark([5, 9, 2, 7])


def test_what_is_over_the_scale_stays_inside():
    assert "-" not in spark([0, 250]).split(' d="')[1].split('"')[0]


@pytest.mark.parametrize(("most", "top"), [(0, 2), (1, 2), (3, 4), (4, 4)])
def test_the_stairs_end_at_an_even_number(most, top):
    assert step_top([most, None], [0, 0]) == top


@pytest.mark.parametrize("percent", [-5, 0, 50, 130])
def test_a_bar_stays_within_its_track(percent):
    width = ElementTree.fromstring(meter(percent))[0].get("width")  # noqa: S314 - our own
    assert 0 <= float(width.rstrip("%")) <= 100


def test_a_change_has_arrow_and_sign():
    assert "↑" in trend(Trend(1430))
    assert "+1\u202f430" in trend(Trend(1430))
    assert "↓" in trend(Trend(-5))
    assert "\u22125" in trend(Trend(-5))
    assert trend(Trend(0)) == "0 vs last week"


def test_where_nothing_was_a_week_ago_nothing_is_compared():
    assert trend(Trend(None)) == ""


def test_runs_keep_their_places():
    assert runs_of([None, 1, None]) == [[(1, 1)]]
