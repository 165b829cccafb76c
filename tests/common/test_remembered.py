import pytest

from common.errors import NotFound
from common.remembered import remembered, remembering


class Lookup:
    """Counts how often it is asked."""

    def __init__(self, *answers):
        self.answers, self.n = iter(answers), 0

    def __call__(self):
        self.n += 1
        return next(self.answers)


def test_a_request_looks_up_a_thing_once():
    look_up = Lookup("first", "second")
    with remembering({}):
        assert [remembered("key", look_up) for _ in range(3)] == ["first"] * 3
    assert look_up.n == 1


def test_nothing_is_remembered_outside_of_a_request():
    look_up = Lookup("first", "second")
    assert [remembered("key", look_up) for _ in range(2)] == ["first", "second"]


def test_the_next_request_knows_nothing_of_the_one_before():
    look_up = Lookup("first", "second")
    found = []
    for _ in range(2):
        with remembering({}):
            found.append(remembered("key", look_up))
    assert found == ["first", "second"]


def test_the_answers_of_one_request_share_what_it_remembers():
    look_up, memory = Lookup("first", "second"), {}
    for _ in range(2):
        with remembering(memory):
            assert remembered("key", look_up) == "first"


def test_that_there_is_nothing_is_remembered_too():
    look_up = Lookup(None, "late")
    with remembering({}):
        assert [remembered("key", look_up) for _ in range(2)] == [None, None]


def test_an_error_is_not_remembered():
    def fail():
        raise NotFound("There is no such thing.")

    with remembering({}):
        with pytest.raises(NotFound):
            remembered("key", fail)
        assert remembered("key", lambda: "now") == "now"
