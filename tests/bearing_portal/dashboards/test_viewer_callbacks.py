import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from tests.bearing_portal.dashboards.conftest import URL, body_of
from tests.factories import make_dataset, make_user

SCREEN = {"theme": "light", "width_px": 800}


def props(response, component):
    assert response.status_code == 200, response.content
    return json.loads(response.content)["response"][component]


def text_of(answer):
    return json.dumps(answer, ensure_ascii=False)


def shown(signal):
    return {"id": signal.pk, "label": signal.label}


@pytest.fixture
def stranger(client, db):
    client.force_login(make_user("viewer"))


def test_its_owner_opens_a_private_signal(client, call, owner, signal):
    client.force_login(owner)
    answer = call("open_signal", f"?signal={signal.pk}")
    assert props(answer, "viewer-signal")["data"] == shown(signal)
    assert props(answer, "viewer-nothing")["hidden"] is True


def test_a_member_opens_a_shared_signal(client, call, owner):
    signal = make_dataset(owner, visibility="shared").store.signals.first()
    client.force_login(make_user("viewer"))
    assert props(call("open_signal", f"?signal={signal.pk}"), "viewer-signal")["data"]


def test_for_a_stranger_a_private_signal_does_not_exist(call, signal, stranger):
    private = call("open_signal", f"?signal={signal.pk}")
    missing = call("open_signal", "?signal=999999")
    assert private.content == missing.content
    assert "There is no such signal." in private.content.decode()


@pytest.mark.parametrize("search", ["?signal=abc", "?signal=-1", "?signal=99999999999999999999"])
def test_an_id_that_cannot_be_is_unknown(call, stranger, search):
    answer = call("open_signal", search)
    assert "There is no such signal." in answer.content.decode()


@pytest.mark.parametrize("search", ["", None, "?", "?signal="])
def test_without_an_id_it_says_how_to_choose(call, stranger, search):
    answer = call("open_signal", search)
    assert "No signal is chosen" in answer.content.decode()
    assert props(answer, "viewer-shown")["hidden"] is True


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("show_time", (SCREEN, None)),
        ("show_spectrum", (SCREEN, "low", None)),
        ("show_inspector", ()),
        ("show_steps", ()),
    ],
)
def test_each_panel_refuses_a_stranger_who_names_the_id(call, signal, stranger, name, others):
    answer = json.loads(call(name, shown(signal), *others).content)
    assert answer["response"] == {}
    assert answer["sideUpdate"]["portal-message"]["data"]["text"] == "There is no such signal."


@pytest.mark.parametrize(
    ("name", "values"),
    [("offer_labels", ("C",)), ("pick", (1, "C00-0001")), ("pick_random", (1,))],
)
def test_choosing_among_another_persons_signals_is_refused(call, signal, stranger, name, values):
    answer = call(name, *values, shown(signal))
    assert "There is no such signal." in answer.content.decode()


@pytest.mark.parametrize("junk", [None, "x", {}, {"id": "1"}, {"id": None}, [1]])
def test_nothing_happens_without_a_signal(call, stranger, junk):
    assert call("show_inspector", junk).status_code == 204


def test_time_panel_says_how_many_samples_it_shows(client, call, owner, signal):
    client.force_login(owner)
    answer = call("show_time", shown(signal), SCREEN, None)
    assert props(answer, "viewer-time-meta")["children"] == (
        "0–0.25 s · 1\u202f024 samples · every sample shown"
    )


def test_zoom_fetches_the_region(client, call, owner, signal):
    client.force_login(owner)
    answer = call("show_time", shown(signal), SCREEN, [0.1, 0.11])
    assert "of 1\u202f024 samples" in props(answer, "viewer-time-meta")["children"]


@pytest.mark.parametrize("junk", ["x", [1], ["a", "b"], {"a": 1}, [None, 2], [True, "x"]])
def test_a_region_that_is_none_shows_all(client, call, owner, signal, junk):
    client.force_login(owner)
    answer = call("show_time", shown(signal), SCREEN, junk)
    assert props(answer, "viewer-time-meta")["children"].startswith("0–0.25 s")


def test_spectrum_names_its_method(client, call, owner, signal):
    client.force_login(owner)
    answer = call("show_spectrum", shown(signal), SCREEN, "low", None)
    assert props(answer, "viewer-spectrum-meta")["children"].startswith("Welch, Hann")


def test_inspector_links_the_dataset_and_lists_all_features(client, call, owner, signal):
    client.force_login(owner)
    answer = call("show_inspector", shown(signal)).content.decode()
    assert f"/datasets/{signal.store.dataset.pk}/" in answer
    assert answer.count('"Th"') == 36


def test_an_undefined_feature_is_a_dash(client, call, owner, signal):
    type(signal).objects.filter(pk=signal.pk).update(kurtosis=None)
    client.force_login(owner)
    answer = json.loads(call("show_inspector", shown(signal)).content)
    rows = text_of(answer).split('"Kurtosis"')[1]
    assert '"children": "–"' in rows.split('"Tr"')[0]


def test_first_signal_has_no_previous_one(client, call, owner, signal):
    client.force_login(owner)
    answer = text_of(json.loads(call("show_steps", shown(signal)).content))
    assert "1 of 6" in answer
    assert answer.count("/signal-viewer/?signal=") == 1


def test_labels_are_offered_as_they_are_typed(client, call, owner, signal):
    client.force_login(owner)
    answer = props(call("offer_labels", signal.label[:3].lower(), shown(signal)), "viewer-matches")
    assert signal.label in text_of(answer)


def test_a_typed_label_leads_to_its_signal(client, call, owner, signal):
    client.force_login(owner)
    other = signal.store.signals.last()
    answer = call("pick", 1, other.label, shown(signal))
    assert props(answer, "viewer-url")["search"] == f"?signal={other.pk}"


def test_random_leads_to_another_signal(client, call, owner, signal):
    client.force_login(owner)
    others = {f"?signal={pk}" for pk in signal.store.signals.values_list("pk", flat=True)}
    answer = call("pick_random", 1, shown(signal))
    assert props(answer, "viewer-url")["search"] in others - {f"?signal={signal.pk}"}


def test_an_unknown_label_is_said(client, call, owner, signal):
    client.force_login(owner)
    answer = json.loads(call("pick", 1, "XYZ-1", shown(signal)).content)
    message = answer["sideUpdate"]["portal-message"]["data"]
    assert message["text"] == "This dataset has no signal “XYZ-1”."


def test_a_page_costs_the_same_queries_whatever_the_dataset(
    client, call, owner, signal, django_assert_num_queries
):
    client.force_login(owner)
    call("show_inspector", shown(signal))
    with django_assert_num_queries(4):  # session, person, signal, dataset
        call("show_inspector", shown(signal))


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_never_see_each_others_signal():
    people = []
    for _ in range(2):
        owner = make_user("engineer")
        person = Client()
        person.force_login(owner)
        people.append((person, make_dataset(owner).store.signals.first()))

    def open_often(person, signal):
        try:
            return {open_once(person, signal.pk) for _ in range(20)}
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(open_often, *zip(*people, strict=True)))
    assert answers == [{people[0][1].pk}, {people[1][1].pk}]


def open_once(person, pk):
    body = json.dumps(body_of("open_signal", f"?signal={pk}"))
    answer = person.post(URL, body, content_type="application/json")
    return json.loads(answer.content)["response"]["viewer-signal"]["data"]["id"]
