import numpy as np
import pytest

from bearing_portal.dashboards.explorer.figures.groups import Axis, Group
from bearing_portal.dashboards.explorer.figures.histogram import (
    MOST_BINS,
    bin_edges,
    histogram_figure,
)
from tests.bearing_portal.dashboards.explorer.checking import checked

LINEAR, LOG = Axis("RMS (g)"), Axis("RMS (g)", is_log=True)
RANDOM = np.random.default_rng(2)


def group(values, code="wear"):
    return Group(code, code.title(), "#ba3600", "cross", np.asarray(values, dtype=np.float32))


def histogram(*groups, axis=LINEAR):
    figure = histogram_figure(groups, axis, theme="dark", subject="1")
    return checked(figure)


def test_every_value_is_in_one_bar():
    values = RANDOM.normal(size=777)
    assert sum(histogram(group(values)).data[0].y) == 777


def test_groups_share_their_bins():
    one, other = histogram(group(RANDOM.normal(size=90)), group(RANDOM.normal(5, 1, 30), "b")).data
    assert list(one.x) == list(other.x)
    assert (sum(one.y), sum(other.y)) == (90, 30)


def test_several_groups_are_named_and_all_of_one_need_no_name():
    assert histogram(group([1, 2]), group([3], "b")).layout.showlegend
    assert not histogram(group([1, 2], "")).layout.showlegend


def test_a_bar_knows_its_edges_in_the_features_unit():
    bar = histogram(group(10 ** RANDOM.uniform(-2, 2, 500)), axis=LOG).data[0]
    low, high = np.asarray(bar.customdata).T
    assert low[0] == pytest.approx(0.01, rel=0.1)
    assert np.allclose(high[:-1], low[1:])
    assert np.allclose(high / low, high[0] / low[0])  # as wide in logarithms


def test_a_log_axis_names_its_decades():
    axis = histogram(group([0.01, 0.1, 1, 10, 100]), axis=LOG).layout.xaxis
    assert axis.ticktext == ("0.01", "0.1", "1", "10", "100")
    assert axis.tickvals == (-2, -1, 0, 1, 2)


def test_a_log_axis_within_a_decade_names_its_ends():
    axis = histogram(group([2, 3, 4]), axis=LOG).layout.xaxis
    assert axis.ticktext == ("2", "4")


@pytest.mark.parametrize("values", [[0.0], [3.0] * 50, [-2.0, np.nan], [1e-30, 1e30]])
def test_any_values_can_be_counted(values):
    finite = np.isfinite(np.asarray(values)).sum()
    assert sum(histogram(group(values)).data[0].y) == finite


def test_nothing_to_count_is_said():
    assert histogram(group([np.nan])).layout.annotations[0].text == "No values."
    assert "linear" in histogram(group([0, -1]), axis=LOG).layout.annotations[0].text


def test_heavy_tails_do_not_make_thousands_of_bins():
    edges = bin_edges(RANDOM.standard_cauchy(5000))
    assert edges.size == MOST_BINS + 1
