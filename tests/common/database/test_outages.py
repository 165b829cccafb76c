"""Carrying on while PostgreSQL is away, and what follows a commit."""

import pytest
from django.db import InterfaceError, OperationalError, transaction

from common.database import after_commit, drop_connection, retried
from common.database import outages as database


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    """Do not wait, and keep the connection of the tests."""
    pauses_s = []
    monkeypatch.setattr(database.time, "sleep", pauses_s.append)
    monkeypatch.setattr(database, "drop_connection", lambda: None)
    return pauses_s


def failing(times, error=OperationalError):
    """Return an action that fails so many times first."""
    left = [error("gone")] * times

    def action():
        if left:
            raise left.pop()
        return "done"

    return action


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_what_the_database_refused_is_tried_again(error):
    assert retried(failing(3, error)) == "done"


def test_pauses_double_up_to_five_seconds(no_pause):
    retried(failing(7))
    assert no_pause == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_patience_ends():
    with pytest.raises(OperationalError):
        retried(failing(1), patience_s=-1)


def test_another_error_is_not_tried_again(no_pause):
    with pytest.raises(ZeroDivisionError):
        retried(lambda: 1 / 0)
    assert no_pause == []


@pytest.mark.django_db
def test_within_a_transaction_only_its_beginner_tries_again(no_pause):
    with pytest.raises(OperationalError):
        retried(failing(1))
    assert no_pause == []


def test_a_connection_that_cannot_even_be_closed_is_forgotten(monkeypatch):
    class Broken:
        connection = object()

        def close(self):
            raise InterfaceError("already closed")

    broken = Broken()
    monkeypatch.setattr(database, "connection", broken)
    drop_connection()
    assert broken.connection is None


@pytest.mark.django_db
def test_what_follows_a_commit_waits_for_it(django_capture_on_commit_callbacks):
    said = []
    with django_capture_on_commit_callbacks(execute=True):
        after_commit(said.append, "committed")
        assert said == []
    assert said == ["committed"]


@pytest.mark.django_db
def test_what_follows_a_commit_may_fail_and_is_named_in_the_log(
    django_capture_on_commit_callbacks, caplog
):
    def tell_everybody():
        raise OSError("nobody listens")

    said = []
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        after_commit(tell_everybody)
        after_commit(said.append, "next")
    assert said == ["next"]
    assert "tell_everybody" in caplog.text
