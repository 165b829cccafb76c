import logging

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from bearing_portal.frame.errors import error_response
from common.errors import Invalid, NotAllowed, NotFound, Unavailable
from tests.factories import make_user

EXPECTED = [(NotFound, 404), (NotAllowed, 403), (Invalid, 400), (Unavailable, 503)]


def asked(**headers):
    request = RequestFactory().get("/x/", headers=headers)
    request.user = type("Nobody", (), {"is_authenticated": False})()
    return request


@pytest.mark.parametrize(("kind", "status"), EXPECTED)
def test_an_expected_error_is_a_sentence_with_its_status(kind, status):
    response = error_response(asked(), kind("The bearing is warm."))
    assert response.status_code == status
    assert "The bearing is warm." in response.content.decode()


def test_a_script_gets_the_sentence_as_json():
    response = error_response(asked(**{"HX-Request": "true"}), Invalid("Too warm."))
    assert response.headers["Content-Type"] == "application/json"
    assert b'"sentence": "Too warm."' in response.content


def test_an_unexpected_error_shows_only_an_incident_id_that_the_log_holds(caplog):
    with caplog.at_level(logging.ERROR):
        response = error_response(asked(), ZeroDivisionError("password=hunter2"))
    page = response.content.decode()
    assert response.status_code == 500
    assert "hunter2" not in page
    incident = page.split("<code>")[1].split("</code>")[0]
    assert incident in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_half_a_character_is_input_and_its_stack_is_in_the_log(caplog):
    with pytest.raises(UnicodeEncodeError) as refused:
        "\ud800".encode()
    assert error_response(asked(), refused.value).status_code == 400
    assert "Traceback" in caplog.text


def test_what_we_ourselves_cannot_encode_is_a_mistake_of_ours():
    with pytest.raises(UnicodeEncodeError) as refused:
        "µ".encode("ascii")
    assert error_response(asked(), refused.value).status_code == 500


def test_a_database_that_is_down_is_said_and_may_be_asked_again():
    response = error_response(asked(), OperationalError("connection refused"))
    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert "database does not answer" in response.content.decode()


@pytest.mark.django_db
def test_an_unknown_address_is_answered_in_the_frame(client):
    client.force_login(make_user())
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "There is nothing at this address" in response.content.decode()


@pytest.mark.django_db
def test_every_answer_carries_a_request_id_of_its_own(client):
    ids = {client.get("/accounts/login/")["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3
