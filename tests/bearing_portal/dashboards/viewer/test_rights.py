import json

import pytest
from django.urls import reverse

from signals.models import Signal
from tests.bearing_portal.dashboards.conftest import body_of
from tests.bearing_portal.dashboards.viewer.conftest import refusal_in
from tests.factories import make_bearing, make_dataset, make_user

CALLBACKS = ("show_time", "show_analysis", "show_kurtogram", "show_map", "show_inspector")
UNKNOWN = "There is no such signal."


@pytest.fixture
def stranger(client, db):
    client.force_login(make_user("viewer"))
    return client


def addresses(pk):
    return {
        "random": reverse("viewer-random") + f"?signal={pk}",
        "script": reverse("viewer-script") + f"?signal={pk}",
        "bearing": reverse("viewer-bearing", args=[pk]),
        "notes": reverse("viewer-notes", args=[pk]),
        "npy": reverse("viewer-export", args=[pk, "npy"]),
    }


@pytest.mark.parametrize("name", CALLBACKS)
def test_each_panel_refuses_a_stranger_who_names_the_id(call, signal, stranger, name):
    answer = json.loads(call(name, {"signal": str(signal.pk)}).content)
    toast = answer.get("sideUpdate", {}).get("portal-message", {}).get("data", {}).get("text")
    assert UNKNOWN in (toast or refusal_in(answer))
    assert str(signal.label) not in json.dumps(answer)


def test_a_stranger_reads_what_he_would_read_of_a_signal_that_never_was(call, signal, stranger):
    private, missing = (call("open_signal", {"signal": str(pk)}) for pk in (signal.pk, 999_999))
    assert private.content == missing.content
    assert UNKNOWN in private.content.decode()


def test_a_member_opens_a_shared_signal(call, owner, stranger):
    shared = make_dataset(owner, visibility="shared").store.signals.first()
    answer = json.loads(call("open_signal", {"signal": str(shared.pk)}).content)
    assert answer["response"]["viewer-signal"]["data"]["label"] == shared.label


@pytest.mark.parametrize("name", ["random", "script", "bearing", "notes", "npy"])
def test_no_address_tells_a_stranger_anything(stranger, signal, name):
    assert stranger.get(addresses(signal.pk)[name]).status_code == 404


@pytest.mark.parametrize("name", ["bearing", "notes"])
def test_a_stranger_changes_nothing(stranger, signal, name):
    assert stranger.post(addresses(signal.pk)[name], {"text": "x", "tag": "x"}).status_code == 404


@pytest.fixture
def proposed(db):
    return make_bearing(is_proposed=True, proposed_by=make_user("engineer"))


def test_a_proposal_of_somebody_else_is_neither_drawn_nor_attached(client, said, signal, proposed):
    assert "no such bearing" in said(
        "show_analysis", signal, tab="envelope", bearing=str(proposed.pk)
    )
    url = reverse("viewer-bearing", args=[signal.pk])
    assert client.post(url, {"bearing": proposed.pk}).status_code == 404


def test_what_is_attached_is_drawn_for_all_who_see_the_signal(figure_of, signal, proposed):
    Signal.objects.filter(pk=signal.pk).update(bearing=proposed)
    for chosen in ({}, {"bearing": str(proposed.pk)}):
        drawn = figure_of("show_analysis", signal, tab="envelope", **chosen).to_json()
        assert "BPFO" in drawn


def test_a_private_signal_is_left_out_of_a_comparison(stranger, signal, owner):
    shared = make_dataset(owner, visibility="shared").store.signals.first()
    page = stranger.get(reverse("viewer-compare"), {"signal": shared.pk, "compare": signal.pk})
    assert "1 signal on screen" in page.content.decode()


def test_a_comparison_of_nothing_counts_none(stranger, signal):
    page = stranger.get(reverse("viewer-compare"), {"signal": signal.pk})
    assert "0 signals on screen" in page.content.decode()


def test_nobody_finds_what_he_may_not_see(stranger, signal):
    found = stranger.get(reverse("viewer-find"), {"q": signal.label}).json()
    assert found == {"signals": []}


@pytest.mark.parametrize(
    "name", ["viewer-find", "viewer-random", "viewer-script", "viewer-compare"]
)
def test_an_anonymous_visitor_is_sent_to_log_in(client, db, name):
    assert client.get(reverse(name)).status_code == 302


def test_one_address_asks_the_database_as_often_whatever_the_dataset(
    client, owner, django_assert_num_queries
):
    client.force_login(owner)
    counts = []
    for per_class in (2, 5):
        signal = make_dataset(owner, per_class=per_class).store.signals.first()
        body = json.dumps(body_of("show_time", {"signal": str(signal.pk)}))
        with django_assert_num_queries(2) as seen:  # session and person, signal
            client.post(
                "/dash/app/viewer/_dash-update-component", body, content_type="application/json"
            )
        counts.append(len(seen))
    assert counts[0] == counts[1]
