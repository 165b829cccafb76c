from datetime import timedelta

import pytest
from django.utils import timezone

from bearing_portal.operations.groups import groups_seed
from monitoring.events import event_record
from monitoring.jobs.lifecycle import job_log
from monitoring.models import Job, JobLogLine, SystemEvent
from tests.factories import make_user

JOBS = "/admin/monitoring/job/"
EVENTS = "/admin/monitoring/systemevent/"


@pytest.fixture
def superuser(client, db):
    groups_seed()
    superuser = make_user("superuser")
    client.force_login(superuser)
    return superuser


def act(client, url, action, *rows):
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(url, chosen, follow=True).content.decode()


def test_a_job_is_cancelled_and_tried_again(client, superuser, job):
    act(client, JOBS, "cancel", job)
    job.refresh_from_db()
    assert job.status == "cancelled"
    act(client, JOBS, "retry", job)
    job.refresh_from_db()
    assert job.status == "queued"


def test_a_job_is_never_edited(client, superuser, job):
    assert client.get(f"{JOBS}add/").status_code == 403
    assert client.post(f"{JOBS}{job.pk}/change/", {"status": "completed"}).status_code == 403


def test_its_page_shows_its_log(client, superuser, job):
    job_log(job, "Counted 5 sheep")
    assert "Counted 5 sheep" in client.get(f"{JOBS}{job.pk}/change/").content.decode()


def test_an_active_job_is_not_deleted_and_an_ended_one_goes_with_its_log(client, superuser, job):
    job_log(job, "begun")
    url = f"{JOBS}{job.pk}/delete/"
    assert client.post(url, {"post": "yes"}).status_code == 403
    Job.objects.update(status="failed", finished_at=timezone.now())
    client.post(url, {"post": "yes"})
    assert not Job.objects.exists()
    assert not JobLogLine.objects.exists()


def test_a_curator_reaches_no_job(client, superuser, job):
    client.force_login(make_user("curator"))
    act(client, JOBS, "cancel", job)
    job.refresh_from_db()
    assert job.status == "queued"


def test_events_are_neither_added_nor_edited_nor_deleted(client, superuser):
    event = event_record(kind="created", actor=superuser, subject="x")
    answers = [
        client.get(f"{EVENTS}add/"),
        client.post(f"{EVENTS}{event.pk}/change/", {"subject": "y"}),
        client.post(f"{EVENTS}{event.pk}/delete/", {"post": "yes"}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_retention_removes_old_events_only(client, superuser):
    old = SystemEvent.objects.create(
        kind="created", subject="old", at=timezone.now() - timedelta(days=91)
    )
    new = event_record(kind="created", actor=superuser, subject="new")
    act(client, EVENTS, "remove_old", old, new)
    assert list(SystemEvent.objects.filter(kind="created")) == [new]
