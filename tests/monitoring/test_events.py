"""Events are written once; only retention removes them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from common.errors import Invalid
from monitoring.events import event_record, events_remove_old
from monitoring.models import AppendOnlyError, SystemEvent
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=400)


@pytest.fixture
def event():
    return event_record(kind="created", actor=make_user(), subject="Pump one")


def old_event(subject="old"):
    return SystemEvent.objects.create(kind="created", subject=subject, at=timezone.now() - LONG_AGO)


@pytest.mark.parametrize(
    "change",
    [
        lambda event: event.save(),
        lambda event: event.delete(),
        lambda event: SystemEvent.objects.filter(pk=event.pk).update(subject="y"),
        lambda event: SystemEvent.objects.bulk_update([event], ["subject"]),
        lambda event: SystemEvent.objects.all().delete(),
    ],
)
def test_the_code_cannot_change_the_past(event, change):
    with pytest.raises(AppendOnlyError):
        change(event)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE monitoring_systemevent SET subject = 'y'",
        "UPDATE monitoring_systemevent SET actor_id = NULL, detail = 'y'",
        "DELETE FROM monitoring_systemevent",
    ],
)
def test_nor_can_sql(event, statement):
    with (
        pytest.raises(IntegrityError, match="System events"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_actor_may_go(event):
    event.actor.delete()
    assert SystemEvent.objects.get().actor is None


def test_retention_removes_only_what_is_old(event):
    old_event()
    assert events_remove_old(before=timezone.now() - timedelta(days=365)) == 1
    assert SystemEvent.objects.get() == event


def test_after_retention_the_past_is_closed_again():
    old_event()
    events_remove_old(before=timezone.now() - timedelta(days=365))
    old_event("next")
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM monitoring_systemevent")


def test_nobody_removes_what_is_fresh(event):
    with pytest.raises(Invalid, match="30 days"):
        events_remove_old(before=timezone.now())
