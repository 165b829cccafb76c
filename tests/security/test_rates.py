"""Whoever asks for too much is told when to come back, and nobody where Valkey is away."""

from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from redis.exceptions import ConnectionError as ValkeyAway

from bearing_portal import rates
from common.errors import TooMany
from common.http import rates as counting
from monitoring.accounts.tokens import token_create
from tests.factories import make_user

pytestmark = pytest.mark.django_db
ME = "/api/v1/me"
PAGE = "/inference/spectra.csv"


@pytest.fixture
def person():
    return make_user("engineer")


@pytest.fixture
def clock():
    """Stand in the middle of an hour and of a minute, so that no span ends between two requests."""
    with mock.patch.object(counting, "clock_s", return_value=1_000_000 * 3600.0 + 1830):
        yield


def bearer(person, name="rig"):
    _, secret = token_create(user=person, name=name)
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def test_a_token_that_asks_too_often_is_told_when_to_come_back(client, person, settings, clock):
    settings.API_REQUESTS_PER_MINUTE = 2
    asking = bearer(person)
    assert [client.get(ME, **asking).status_code for _ in range(3)] == [200, 200, 429]
    answer = client.get(ME, **asking)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"] == "30"
    assert answer.json()["detail"] == rates.OF_THE_INTERFACE.sentence
    assert client.get(ME, **bearer(person, "another")).status_code == 200


def test_a_person_counts_in_the_interface_as_a_token_does(client, person, settings, clock):
    settings.API_REQUESTS_PER_MINUTE = 1
    client.force_login(person)
    assert [client.get(ME).status_code for _ in range(2)] == [200, 429]


def test_a_page_that_is_asked_too_often_says_so(client, person, settings, clock):
    settings.HEAVY_REQUESTS_PER_MINUTE = 1
    client.force_login(person)
    assert client.get(PAGE).status_code == 400
    answer = client.get(PAGE)
    assert (answer.status_code, answer["Retry-After"]) == (429, "30")
    assert rates.HEAVY.sentence in answer.content.decode()
    script = client.get(PAGE, HTTP_SEC_FETCH_DEST="empty")
    assert (script.status_code, script.json()["sentence"]) == (429, rates.HEAVY.sentence)
    client.force_login(make_user("engineer"))
    assert client.get(PAGE).status_code == 400


def test_pages_and_interface_share_what_a_person_may_spend(client, person, settings, clock):
    settings.HEAVY_REQUESTS_PER_MINUTE = 1
    client.force_login(person)
    client.get(PAGE)
    assert client.get("/api/v1/features", **bearer(person)).status_code == 429


def test_uploads_are_counted_by_their_beginnings_and_their_bytes(client, person, settings, clock):
    settings.UPLOADS_PER_MINUTE, settings.UPLOAD_MB_PER_HOUR = 1, 1
    client.force_login(person)
    assert [client.post("/datasets/import/new/").status_code for _ in range(2)] == [201, 429]
    sent = {"content_type": "application/offset+octet-stream", "data": b"0" * 1_000_000}
    chunks = [client.generic("PATCH", "/datasets/import/file/1/chunks/", **sent) for _ in range(2)]
    assert chunks[0].status_code != 429
    assert (chunks[1].status_code, chunks[1]["Retry-After"]) == (429, "1770")


def test_nobody_is_refused_while_valkey_is_away(client, person, settings):
    settings.API_REQUESTS_PER_MINUTE = 1
    asking = bearer(person)
    with mock.patch.object(counting, "valkey", side_effect=ValkeyAway):
        assert {client.get(ME, **asking).status_code for _ in range(3)} == {200}


def test_the_next_span_begins_at_nothing(settings):
    settings.HEAVY_REQUESTS_PER_MINUTE = 1
    for at_s in (60.0, 119.0, 120.0):
        with mock.patch.object(counting, "clock_s", return_value=at_s):
            if at_s == 119.0:
                with pytest.raises(TooMany) as refused:
                    counting.spend(rates.HEAVY, "span")
                assert refused.value.retry_after_s == 1
            else:
                counting.spend(rates.HEAVY, "span")


def test_counting_asks_the_database_nothing(client, person, settings):
    asking = bearer(person)
    client.get(ME, **asking)

    def n_queries():
        with CaptureQueriesContext(connection) as queries:
            client.get(ME, **asking)
        return len(queries)

    without = n_queries()
    settings.API_REQUESTS_PER_MINUTE = 1000
    assert n_queries() == without


def test_each_name_that_counts_is_of_an_address():
    assert {*names(get_resolver())} >= rates.NAMED


def names(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            own = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern, own)
        elif pattern.name:
            yield prefix + pattern.name
