import json

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.bearing_portal.dashboards.conftest import URL, body_of
from tests.factories import make_user


@pytest.fixture
def member(client, db):
    user = make_user("viewer")
    client.force_login(user)
    return user


@pytest.fixture
def strict(member):
    """A browser that must bring the CSRF token."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(member)
    browser.get("/signal-viewer/")
    return browser


def send(browser, **headers):
    body = json.dumps(body_of("open_signal", {}))
    return browser.post(URL, body, content_type="application/json", headers=headers)


def test_an_anonymous_call_is_told_that_the_session_has_ended(client, db):
    answer = send(client)
    assert answer.status_code == 401
    assert answer.json()["title"] == "Your session has ended"


def test_without_a_csrf_token_nothing_runs(strict):
    assert send(strict).status_code == 403


def test_with_its_token_the_page_may_call(strict):
    token = strict.cookies["csrftoken"].value
    assert send(strict, X_CSRFToken=token).status_code == 200


def test_a_token_does_not_help_another_origin(strict):
    token = strict.cookies["csrftoken"].value
    assert send(strict, X_CSRFToken=token, Origin="https://evil.example").status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_another_sites_page_is_refused(call, member, site):
    assert call("open_signal", {}, Sec_Fetch_Site=site).status_code == 403


def test_the_portals_own_page_is_heard(call, member):
    assert call("open_signal", {}, Sec_Fetch_Site="same-origin").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b'{"output": "no-such.output"}',
        b'{"output": 5, "inputs": 5}',
    ],
)
def test_a_malformed_call_is_the_callers_mistake(client, member, body):
    assert client.post(URL, body, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"inputs": []},
        {"inputs": [1]},
        {"state": [{"id": "x", "property": "y"}]},
        {"outputs": [{"id": "other", "property": "data"}]},
        {"outputs": "x"},
        {"changedPropIds": 7},
    ],
)
def test_a_call_that_does_not_fit_the_callback_is_refused(client, member, change):
    body = json.dumps(body_of("open_signal", {}) | change)
    assert client.post(URL, body, content_type="application/json").status_code == 400


def test_an_unknown_app_does_not_exist(client, member):
    body = json.dumps(body_of("open_signal", {}))
    url = URL.replace("viewer", "nothing")
    assert client.post(url, body, content_type="application/json").status_code == 404
    assert client.get("/dash/app/nothing/").status_code == 404


def test_an_apps_own_address_is_for_members(client, db):
    assert client.get("/dash/app/viewer/").status_code == 401


def test_an_apps_own_address_leads_to_its_page(client, member):
    assert client.get("/dash/app/viewer/")["Location"] == "/signal-viewer/"


@pytest.mark.parametrize(
    "url",
    [
        "/dash/add_stateless_apps",
        "/dash/instance/viewer/",
        "/dpd/views/poke/",
        "/dash/app/viewer/_dash-layout",
        "/dash/app/viewer/_dash-component-suites/dash/dcc/dash_core_components.js",
    ],
)
def test_what_is_not_needed_is_not_routed(client, db, url):
    assert client.get(url).status_code == 404


def test_the_name_of_the_open_door_is_gone():
    with pytest.raises(NoReverseMatch):
        reverse("the_django_plotly_dash:add_stateless_apps")


def test_a_call_writes_nothing(call, member, django_assert_num_queries):
    call("open_signal", {})  # the list of one's sessions notes now and then that this one is used
    before = Session.objects.get().session_data
    with django_assert_num_queries(1):  # session and person
        call("open_signal", {})
    assert Session.objects.get().session_data == before
