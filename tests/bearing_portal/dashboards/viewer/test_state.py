import pytest
from hypothesis import given
from hypothesis import strategies as st

from bearing_portal.dashboards.viewer.state import MARKS_AT_FIRST, MOST_COMPARED, WHOLE, read

TEXTS = st.text(max_size=30)


@given(st.dictionaries(st.sampled_from(["signal", "t", "f", "compare", "hp", "w", "seg"]), TEXTS))
def test_whatever_stands_in_the_address_is_read(texts):
    state = read(texts)
    assert state.span_s is None or state.span_s[0] < state.span_s[1]
    assert 200 <= state.width_px <= 4000
    assert 0.1 <= state.highpass_hz <= 1000


@pytest.mark.parametrize("junk", [None, "x", 3, [1], {"signal": 5}, {"t": ["1", "2"]}])
def test_what_is_no_address_is_the_default(junk):
    assert read(junk) == read({})


@pytest.mark.parametrize("text", ["-1", "1.5", "٣", "99999999999999999999", "1e3"])
def test_an_id_that_cannot_be_is_none(text):
    assert read({"signal": text}).signal is None


def test_a_span_is_ordered():
    assert read({"t": "2,1"}).span_s == (1.0, 2.0)


@pytest.mark.parametrize("text", ["1", "1,1", "nan,2", "1,inf", "a,b", ","])
def test_a_span_that_is_none_is_left_out(text):
    assert read({"t": text}).span_s is None


def test_at_most_eight_signals_are_compared_each_once():
    state = read({"signal": "3", "compare": "3,4,4,5,6,7,8,9,10,11,12"})
    assert state.signals == (3, 4, 5, 6, 7, 8, 9, 10)
    assert len(state.signals) == MOST_COMPARED


def test_marks_are_those_named_or_those_at_first():
    assert read({}).marks == frozenset(MARKS_AT_FIRST)
    assert read({"marks": ""}).marks == frozenset()
    assert read({"marks": "mains,nonsense"}).marks == {"mains"}


def test_segments_are_those_offered():
    assert [read({"seg": text}).segment for text in ("4096", "whole", "5000", "")] == [
        4096,
        WHOLE,
        None,
        None,
    ]
