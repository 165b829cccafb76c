"""A page's address, as declared once: what is made up becomes the default."""

from dataclasses import dataclass

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Invalid
from common.page_state import (
    FILTER,
    LONGEST_FILTER,
    Choice,
    Filter,
    Identifier,
    Identifiers,
    JsonObject,
    Number,
    PageState,
    Pair,
    Question,
    Subset,
    Switch,
    Text,
    Words,
    key,
)

TEXTS = st.none() | st.text(max_size=40) | st.sampled_from(["1", "1,2", "a,b", "nan", "-1", "1e9"])


@dataclass(frozen=True)
class Page(PageState):
    filter_keys = ("class", "text")

    filter_query: QueryDict = key(FILTER, Filter(), is_beside=True)
    kind: str = key("kind", Choice(("box", "violin")))
    is_log: bool = key("log", Switch())
    marks: frozenset[str] = key("marks", Subset(("a", "b", "c"), ("a", "b"), in_browser=("c",)))
    t: tuple[float, float] | None = key("t", Pair(), is_continuous=True, of="kind")
    theme: str = key("theme", Choice(("light", "dark")), is_beside=True)


@given(TEXTS)
def test_a_choice_is_one_of_those_offered(text):
    assert Choice(("a", "b")).read(text) in ("a", "b")


@given(TEXTS)
def test_a_number_lies_within_its_limits(text):
    assert 1 <= Number(5, 1, 10).read(text) <= 10
    assert isinstance(Number(5, 1, 10, is_whole=True).read(text), int)


@given(TEXTS)
def test_a_pair_is_in_order_and_of_two_numbers(text):
    found = Pair().read(text)
    assert found is None or found[0] < found[1]


@given(st.text(alphabet="0123456789,a", max_size=60))
def test_ids_are_each_once_and_no_more_than_so_many(text):
    found = Identifiers(4).read(text)
    assert len(set(found)) == len(found) <= 4


@given(TEXTS)
def test_words_are_each_once_and_none_is_empty(text):
    found = Words(3).read(text)
    assert len(set(found)) == len(found) <= 3
    assert all(found)


@pytest.mark.parametrize("text", ["-1", "1.5", "٣", str(2**63), "1e3", ""])
def test_an_id_that_cannot_be_is_none(text):
    assert Identifier().read(text) is None


@pytest.mark.parametrize("text", [None, "[1]", "{", "[" * 3000, '{"a": ' + '"x"' * 4000 + "}"])
def test_what_is_no_object_is_an_empty_one(text):
    assert JsonObject().read(text) == {}


def test_a_choice_may_stand_for_another_value():
    length = Choice({"": None, "1024": 1024, "whole": -1})
    assert [length.read(text) for text in ("1024", "whole", "7", None)] == [1024, -1, None, None]


def test_a_list_that_is_missing_is_not_an_empty_one():
    assert Page.read({}).marks == {"a", "b"}
    assert Page.read({"marks": ""}).marks == frozenset()
    assert Page.read({"marks": "c,nonsense"}).marks == {"c"}


def test_a_text_is_cut_only_where_a_length_is_said():
    assert Text(3).read("abcdef") == "abc"
    assert Text().read("a" * 10_000) == "a" * 10_000


@pytest.mark.parametrize("given", [None, "x", 3, [1], {"kind": 5}, {5: "box"}])
def test_what_is_no_address_is_an_empty_one(given):
    assert Page.read(given) == Page.read({})


def test_the_filter_comes_under_its_own_keys_or_as_a_query():
    wanted = ["wear", "healthy"]
    query = QueryDict("class=wear&class=healthy&kind=violin")
    assert Page.read(query).filter_query.getlist("class") == wanted
    together = Page.read({"filter": "class=wear&class=healthy"})
    assert together.filter_query.getlist("class") == wanted
    assert Page.read({"class": "wear"}).filter_query.getlist("class") == ["wear"]


def test_fields_of_a_form_that_carries_the_filter_are_not_of_it():
    posted = QueryDict("filter=class%3Dwear&text=a+new+label")
    assert Page.read(posted).filter_query == QueryDict("class=wear")
    assert Page.read(QueryDict("filter=&class=healthy")).filter_query == QueryDict()


def test_a_filter_is_never_cut():
    with pytest.raises(Invalid, match="too long"):
        Page.read({"filter": "class=" + "a" * LONGEST_FILTER})


def test_scripts_learn_keys_defaults_and_limits_but_not_what_is_sent_beside():
    ask = Question("ask", ("kind", "t"), when=("kind", "violin"))
    said = Page.declared([ask], mostKinds=2)
    assert said["filter"] == ("class", "text")
    assert said["limits"] == {"mostKinds": 2}
    assert set(said["keys"]) == {"kind", "log", "marks", "t"}
    assert said["keys"]["kind"] == {"default": "box", "choices": ["box", "violin"]}
    assert said["keys"]["t"] == {"isContinuous": True, "of": "kind"}
    assert said["questions"] == [
        {"store": "ask", "keys": ("kind", "t"), "when": ("kind", "violin"), "isThemed": True}
    ]
