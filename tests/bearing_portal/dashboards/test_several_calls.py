"""Calls of one moment: one request, an answer for each, as if each had come by itself."""

import json

import pytest

from bearing_portal.dashboards.embedding import dispatch
from tests.bearing_portal.dashboards.conftest import body_of
from tests.factories import make_dataset, make_user

# The client of the tests is no event loop, for which the answer is made.
pytestmark = pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume async")

URL = "/dash/app/viewer/_dash-update-components"
OPENING = ("open_signal", "show_time", "show_inspector")


@pytest.fixture
def several(client):
    """Send calls together; return the status and the content of the answer to each.

    `turns` holds their places in the order in which they were answered.
    """

    def post(*calls, **headers):
        answer = client.post(
            URL, json.dumps(calls), content_type="application/json", headers=headers
        )
        assert answer.status_code == 200, answer.content
        lines = [line.split(" ", 2) for line in b"".join(answer).decode().splitlines()]
        post.turns = [int(place) for _, place, _ in lines]
        assert sorted(post.turns) == list(range(len(calls)))
        of_place = {int(place): (int(status), text) for status, place, text in lines}
        return [of_place[place] for place in range(len(calls))]

    return post


def asked(signal, *names):
    return [body_of(name, {"signal": str(signal.pk)}) for name in names]


@pytest.fixture(autouse=True)
def spent(monkeypatch):
    """What the answers of each panel took so far: nothing is known."""
    known = {}
    monkeypatch.setattr(dispatch, "_slowest_s", known)
    return known


def test_each_call_is_answered_as_by_itself(client, owner, call, several, signal):
    client.force_login(owner)
    answers = several(*asked(signal, *OPENING))
    alone = [call(name, {"signal": str(signal.pk)}) for name in OPENING]
    assert [status for status, _ in answers] == [200, 200, 200]
    assert [text for _, text in answers] == [answer.content.decode() for answer in alone]


def test_a_slow_panel_delays_no_fast_one(client, owner, several, signal, spent):
    client.force_login(owner)
    calls = asked(signal, *OPENING)
    several(*calls)
    assert several.turns[0] == 0, "what is not known yet is answered as the page asks it"
    spent["viewer", calls[0]["output"]] = 3.0
    several(*calls)
    assert several.turns[-1] == 0


def test_one_answer_from_the_cache_makes_no_panel_a_quick_one(
    client, owner, several, signal, spent
):
    client.force_login(owner)
    calls = asked(signal, *OPENING)
    spent["viewer", calls[0]["output"]] = 3.0
    for _ in range(2):
        several(*calls)
        assert several.turns[-1] == 0


def test_what_is_no_longer_slow_is_forgotten_in_time(client, owner, several, signal, spent):
    client.force_login(owner)
    calls = asked(signal, *OPENING)
    spent["viewer", calls[0]["output"]] = 3.0
    for _ in range(80):
        dispatch._remember("viewer", calls[0], 0.0)
    several(*calls)
    assert several.turns[0] == 0


def test_what_is_no_output_of_the_page_is_not_remembered(client, owner, several, signal, spent):
    client.force_login(owner)
    several({"output": "nothing.here"}, {"output": ["a", "list"]}, 7, *asked(signal, "show_time"))
    assert len(spent) == 1


def test_what_several_panels_show_is_read_once(
    client, owner, several, signal, django_assert_max_num_queries
):
    client.force_login(owner)
    with django_assert_max_num_queries(17):  # far more as long as each asks for itself
        several(*asked(signal, *OPENING, "show_analysis"))


def test_one_that_has_nothing_to_say_or_does_not_fit_holds_up_no_other(
    client, owner, several, signal
):
    client.force_login(owner)
    odd = {"output": "nothing.here"}
    (first, _), (second, refused), (third, text) = several(
        body_of("show_time", None), odd, *asked(signal, "show_inspector")
    )
    assert (first, second, third) == (204, 400, 200)
    assert "Reload the page" in json.loads(refused)["sentence"]
    assert signal.label in text


def test_a_stranger_is_told_nothing_of_it_and_a_member_all_that_is_shared(client, owner, several):
    own = make_dataset(owner).store.signals.first()
    shared = make_dataset(owner, visibility="shared").store.signals.first()
    client.force_login(make_user("viewer"))
    (_, of_own), (_, of_shared) = several(
        *asked(own, "show_inspector"), *asked(shared, "show_inspector")
    )
    assert json.loads(of_own)["response"] == {}
    assert shared.label in of_shared


def test_one_call_by_itself_is_answered_in_one_piece(client, owner, signal):
    client.force_login(owner)
    body = json.dumps(asked(signal, "show_inspector"))
    answer = client.post(URL, body, content_type="application/json")
    assert not answer.streaming
    assert answer.content.startswith(b"200 0 {")
    assert answer.content.endswith(b"}\n")


def test_nobody_logged_in_is_answered(client, signal):
    body = json.dumps(asked(signal, *OPENING))
    assert client.post(URL, body, content_type="application/json").status_code == 401


def test_another_site_is_refused(client, owner, signal):
    client.force_login(owner)
    headers = {"Sec-Fetch-Site": "cross-site"}
    body = json.dumps(asked(signal, *OPENING))
    answer = client.post(URL, body, content_type="application/json", headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("body", ["", "{", "{}", "[]", "7", json.dumps([{}] * 21)])
def test_what_is_no_list_of_a_few_calls_is_refused(client, owner, body):
    client.force_login(owner)
    answer = client.post(URL, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["sentence"]


def test_one_session_and_one_person_are_read_however_many_ask(
    client, owner, several, django_assert_num_queries
):
    client.force_login(owner)
    several(body_of("open_signal", {}))
    with django_assert_num_queries(1):  # both in one
        several(*[body_of("open_signal", {})] * 5)
