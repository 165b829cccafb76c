import pytest

from bearing_portal.dashboards.explorer.state import read
from common.errors import Invalid
from vibration.statistics.projection import Method


def test_an_empty_address_is_the_plain_state():
    state = read({})
    assert (state.kind, state.by, state.corr) == ("box", "class", "matrix")
    assert state.method == Method.PCA
    assert state.feature is None
    assert state.groups == ()
    assert state.sel == ""


def test_the_filter_comes_as_one_query():
    assert read({"filter": "class=wear&class=healthy"}).filter_query.getlist("class") == [
        "wear",
        "healthy",
    ]


@pytest.mark.parametrize(
    "texts",
    [
        {"feature": "nothing"},
        {"kind": "pie"},
        {"by": "moon"},
        {"method": "magic"},
        {"perplexity": "many"},
        {"perplexity": "nan"},
        {"seed": "-5"},
        {"theme": "neon"},
    ],
)
def test_what_is_made_up_becomes_the_default(texts):
    assert read(texts) == read({})


@pytest.mark.parametrize("grid", ["{", "[1]", "[" * 3000])
def test_column_filters_that_cannot_be_read_are_refused(grid):
    with pytest.raises(Invalid, match="set them again"):
        read({"grid": grid})


@pytest.mark.parametrize("given", [None, [], "text", 5, {"kind": 7}, {5: "box"}])
def test_what_is_no_address_is_an_empty_one(given):
    assert read(given) == read({})


def test_parameters_are_kept_within_what_a_method_takes():
    state = read({"perplexity": "1e9", "min_dist": "-3", "neighbours": "1e9"})
    assert state.parameters.perplexity == 1000
    assert state.parameters.min_dist == 0
    assert state.parameters.n_neighbours == 1000


def test_at_most_four_groups_are_overlaid_each_once():
    assert read({"groups": "a,a,b,,c,d,e"}).groups == ("a", "b", "c", "d")
