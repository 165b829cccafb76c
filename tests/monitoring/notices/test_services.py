import pytest
from django.contrib.auth.models import AnonymousUser

from common.errors import NotFound
from monitoring.events import event_record
from monitoring.models import SystemEvent
from monitoring.notices.services import notification_send, notifications_mark_read
from monitoring.selectors import job_get, jobs_visible, notifications_for, unread_count
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_a_notice_reaches_its_user_alone():
    owner, stranger = make_user(), make_user()

    notification_send(user=owner, title="Dataset ready")

    assert [notice.title for notice in notifications_for(owner)] == ["Dataset ready"]
    assert unread_count(stranger) == 0


def test_reading_some_leaves_the_others_unread():
    user = make_user()
    first, _ = (notification_send(user=user, title=title) for title in ("one", "two"))

    assert notifications_mark_read(user=user, ids=[first.pk]) == 1
    assert unread_count(user) == 1
    assert notifications_mark_read(user=user) == 1
    assert notifications_mark_read(user=user) == 0


def test_nobody_reads_for_others():
    notice = notification_send(user=make_user(), title="one")

    assert notifications_mark_read(user=make_user(), ids=[notice.pk]) == 0


def test_an_event_keeps_what_it_was_about_when_its_actor_goes():
    actor = make_user()
    event_record(kind="deleted", actor=actor, subject="Pump one")
    actor.delete()

    event = SystemEvent.objects.get()
    assert (event.subject, event.actor) == ("Pump one", None)


def test_a_job_is_seen_by_its_owner_and_superusers(job):
    assert job_get(job.owner, job.pk) == job
    assert job_get(make_user("superuser"), str(job.pk)) == job
    assert not jobs_visible(AnonymousUser()).exists()


@pytest.mark.parametrize("job_id", [None, "not-an-id", "3e4666bf-d5e5-4aa7-b8ce-cefe41c7568a"])
def test_a_job_of_others_or_of_nobody_does_not_exist(job, job_id):
    with pytest.raises(NotFound):
        job_get(make_user("engineer"), job_id or job.pk)
