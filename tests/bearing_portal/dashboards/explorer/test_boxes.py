import json

import numpy as np
import pytest

from bearing_portal.dashboards.explorer.figures.boxes import boxes_figure
from bearing_portal.dashboards.explorer.figures.groups import (
    MOST_OUTLIERS,
    Axis,
    Group,
    density_of,
    left_out,
    summary_of,
    thinned,
)
from tests.bearing_portal.dashboards.explorer.checking import checked

LINEAR, LOG = Axis("RMS (g)"), Axis("RMS (g)", is_log=True)
RANDOM = np.random.default_rng(1)


def group(values, code="wear", name="Wear"):
    return Group(code, name, "#ba3600", "cross", np.asarray(values, dtype=np.float32))


def boxes(*groups, axis=LINEAR, **values):
    figure = boxes_figure(groups, axis, theme="light", subject="1", **values)
    return checked(figure)


def test_a_box_holds_the_middle_half():
    one = summary_of(np.arange(101.0), LINEAR)
    assert (one.q1, one.median, one.q3) == (25, 50, 75)


def test_whiskers_end_at_the_last_value_within_their_reach():
    values = np.r_[np.arange(101.0), 126.0, 240.0]
    one = summary_of(values, LINEAR)
    assert one.high == 126
    assert one.outliers.tolist() == [240]


def test_on_a_log_axis_whiskers_reach_as_far_up_as_down():
    values = 10 ** np.linspace(-1, 1, 101)
    assert summary_of(values, LINEAR).n_outliers > 0
    assert summary_of(values, LOG).n_outliers == 0


def test_what_a_log_axis_cannot_show_is_counted():
    one = summary_of(np.array([-1, 0, np.nan, 1, 2]), LOG)
    assert (one.n, one.n_missing, one.n_without_log) == (2, 1, 2)


def test_what_is_left_out_is_said_in_words():
    groups = [group([1, 2, np.nan]), group([-1, 0, 3])]
    assert left_out(groups, LINEAR) == "Left out: 1 signal without a value."
    assert "2 values of 0 or less, which have no logarithm" in left_out(groups, LOG)
    assert left_out([group([1, 2])], LOG) == ""


def test_many_outliers_are_thinned_and_the_farthest_stays():
    kept = thinned(np.arange(1000.0), MOST_OUTLIERS)
    assert (kept.size, kept[0], kept[-1]) == (MOST_OUTLIERS, 0, 999)


@pytest.mark.parametrize("axis", [LINEAR, LOG])
@pytest.mark.parametrize("values", [[0.5], [0.5] * 9, [1e-12, 1e9], [1, np.nan, 2]])
@pytest.mark.parametrize("is_violin", [False, True])
def test_any_group_can_be_drawn(values, axis, is_violin):
    figure = boxes(group(values), axis=axis, is_violin=is_violin)
    trace = figure.data[0]
    drawn = np.asarray(trace.x if is_violin else [trace.lowerfence, trace.q1, trace.upperfence])
    assert drawn.size
    assert np.isfinite(drawn.astype(float)).all()


def test_names_stand_at_the_rows_and_are_never_turned():
    figure = boxes(group([1, 2, 3]), group([2, 3], "healthy", "Healthy"))
    assert figure.layout.yaxis.ticktext == ("Wear", "Healthy")
    assert figure.layout.yaxis.tickangle is None
    assert figure.layout.yaxis.range == (1.5, -0.5)  # the first on top


def test_a_group_without_values_keeps_its_row_and_says_so():
    figure = boxes(group([1, 2, 3]), group([np.nan, np.nan], "healthy", "Healthy"))
    assert len(figure.layout.yaxis.ticktext) == 2
    assert [note.text for note in figure.layout.annotations] == ["no values"]


def test_no_values_at_all_are_words_instead_of_a_figure():
    assert boxes().layout.annotations[0].text == "No values."
    assert "linear" in boxes(group([-1, -2]), axis=LOG).layout.annotations[0].text


def test_outliers_wear_the_symbol_of_their_class():
    figure = boxes(group(np.r_[np.arange(100), 1000]))
    points = next(trace for trace in figure.data if trace.type == "scatter")
    assert (points.marker.symbol, list(points.x)) == ("cross", [1000])


def test_the_chosen_stand_out():
    figure = boxes(group([1, 2]), group([3, 4], "healthy", "Healthy"), chosen=["healthy"])
    faded, plain = (trace.opacity for trace in figure.data)
    assert faded < plain == 1


def test_a_violin_lies_within_what_was_measured():
    values = RANDOM.normal(5, 1, 400)
    x, density = density_of(values, LINEAR)
    assert (x[0], x[-1]) == (pytest.approx(values.min()), pytest.approx(values.max()))
    assert density.max() == 1
    assert abs(x[int(density.argmax())] - 5) < 0.5


@pytest.mark.parametrize("is_violin", [False, True])
def test_a_figure_does_not_grow_with_the_signals(is_violin):
    def weight(n):
        groups = [group(RANDOM.standard_t(3, n), str(code)) for code in range(11)]
        return len(json.dumps(boxes(*groups, is_violin=is_violin).to_dict(), default=list))

    assert weight(20_000) < 1.3 * weight(2_000)
    assert weight(20_000) < 120_000


def test_the_figure_brings_its_numbers_as_a_table():
    twin = boxes(group([1, 2, 3, np.nan]), group([np.nan], "b", "B")).layout.meta["twin"]
    assert [row[:5] for row in twin["rows"]] == [["Wear", 3, 1, 1.5, 2], ["B", 0, None, None, None]]
    assert {len(row) for row in twin["rows"]} == {len(twin["head"])}
