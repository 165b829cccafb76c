"""A locked table costs those who ask for it: other pages are answered meanwhile."""

import http.client
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.conf import settings

from tests.e2e.conftest import _database_url, factories

N_WAITING = 14  # more than the web process has connections


def asked(web: dict, path: str, session: str) -> http.client.HTTPResponse:
    host = web["url"].removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.request("GET", path, headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.fixture
def session(web, transactional_db, client) -> str:
    client.force_login(factories().make_user("engineer"))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_other_pages_are_answered_while_a_table_is_locked(web, session):
    with psycopg.connect(_database_url()) as rival, ThreadPoolExecutor(N_WAITING + 1) as people:
        rival.execute("LOCK TABLE datasets_dataset IN ACCESS EXCLUSIVE MODE")
        stuck = [people.submit(asked, web, "/datasets/", session) for _ in range(N_WAITING)]
        other = people.submit(asked, web, "/accounts/settings/", session).result()
        refused = [answer.result() for answer in stuck]
        rival.rollback()

    assert other.status == 200
    assert {answer.status for answer in refused} == {503}
    assert all(answer.headers["Retry-After"] for answer in refused)
    assert asked(web, "/datasets/", session).status == 200
