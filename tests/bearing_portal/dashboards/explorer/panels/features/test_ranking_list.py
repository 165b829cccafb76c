import math

import pytest

from bearing_portal.dashboards.embedding.markup import markup
from bearing_portal.dashboards.explorer.panels.features.data import RankingPanel
from bearing_portal.dashboards.explorer.panels.features.ranking_list import (
    Score,
    ranking_list,
    scale_of,
)
from vibration.features import FEATURE_NAMES
from vibration.statistics.ranking import Ranked


def ranked(column=0, f=100.0, low=50.0, high=200.0, information=1.0):
    return Ranked(column, f, low, high, information, 0.9 * information, 1.1, 0.5, 40, 0)


def panel(*rows, is_information=False, chosen="rms"):
    return RankingPanel(list(rows), FEATURE_NAMES, "40", "", chosen, is_information)


def text(*rows, **values):
    return markup(ranking_list(panel(*rows, **values), is_all=True))


def test_a_log_scale_holds_all_intervals():
    scale = scale_of([Score(10, 1, 100), Score(1000, 100, 10_000)], is_log=True)
    assert [scale.place(value) for value in (1, 100, 10_000)] == [0, 50, 100]


def test_information_begins_at_none():
    scale = scale_of([Score(1.0, 0.5, 2.0)], is_log=False)
    assert [scale.place(value) for value in (0, 1, 2)] == [0, 50, 100]


@pytest.mark.parametrize("score", [Score(math.nan, math.nan, math.nan), Score(0, 0, 0)])
@pytest.mark.parametrize("is_log", [True, False])
def test_any_scores_have_a_scale(score, is_log):
    assert 0 <= scale_of([score], is_log=is_log).place(1.0) <= 100


def test_what_cannot_be_said_is_a_dash_without_a_dot():
    words = text(ranked(f=math.nan, low=math.nan, high=math.nan))
    assert ">–<" in words
    assert "ranking-dot" not in words


def test_a_row_says_in_words_what_it_shows():
    assert "RMS varies 100 times as much between the classes" in text(ranked())


def test_the_numbers_are_those_of_the_measure():
    assert ">100<" in text(ranked())
    assert ">1.00<" in text(ranked(), is_information=True)


def test_all_can_be_shown_and_put_away():
    rows = [ranked(column) for column in range(len(FEATURE_NAMES))]
    few, every = (ranking_list(panel(*rows), is_all=is_all) for is_all in (False, True))
    assert (len(few), len(every)) == (11 + 2, 36 + 2)
    assert (few[-1].children, every[-1].children) == ("Show all 36", "Show the first 11")
