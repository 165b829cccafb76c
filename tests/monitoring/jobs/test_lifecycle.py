import pytest
from django.db import transaction

from common.errors import Invalid, NotAllowed
from monitoring.jobs.lifecycle import (
    JobCancelled,
    JobLost,
    job_cancel_request,
    job_complete,
    job_enqueue,
    job_fail,
    job_log,
    job_progress,
    job_retry,
    job_start,
    job_stop,
)
from monitoring.models import Job
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def status_of(job):
    return Job.objects.get(pk=job.pk).status


def test_a_job_runs_once_however_often_it_is_started(job):
    first, second = job_start(job.pk), job_start(str(job.pk))

    assert (first.status, first.attempt) == ("running", 1)
    assert second is None


def test_a_started_job_knows_its_process_and_beats(job):
    run = job_start(job.pk)

    assert run.host
    assert run.pid
    assert run.heartbeat_at == run.started_at


def test_an_unknown_job_does_not_start():
    assert job_start("3e4666bf-d5e5-4aa7-b8ce-cefe41c7568a") is None


def test_completing_fills_the_bar_and_tells_the_kind(job, changes):
    done = job_complete(job_start(job.pk))

    assert (done.status, done.progress_done) == ("completed", 10)
    assert done.finished_at
    assert changes == ["running", "completed"]


def test_a_failed_job_keeps_its_sentence(job):
    failed = job_fail(job_start(job.pk), "The disk is full.", incident_id="abc")

    assert (failed.status, failed.error, failed.incident_id) == (
        "failed",
        "The disk is full.",
        "abc",
    )


def test_a_run_whose_job_was_taken_over_writes_nothing(job):
    run = job_start(job.pk)
    Job.objects.filter(pk=job.pk).update(attempt=2)

    with pytest.raises(JobLost):
        job_complete(run)
    with pytest.raises(JobLost):
        job_progress(run, done=5, total=10)
    assert job_fail(run, "No.") is None
    assert job_stop(run) is None
    assert status_of(job) == "running"


def test_a_run_asked_to_stop_cannot_complete(job):
    run = job_start(job.pk)
    job_cancel_request(user=job.owner, job=job)

    with pytest.raises(JobCancelled):
        job_complete(run)


def test_progress_never_exceeds_its_total(job):
    job_progress(job_start(job.pk), done=12, total=10)

    job.refresh_from_db()
    assert (job.progress_done, job.progress_total) == (12, 12)


def test_a_queued_job_is_cancelled_at_once(job, changes):
    cancelled = job_cancel_request(user=job.owner, job=job)

    assert cancelled.status == "cancelled"
    assert job_start(job.pk) is None
    assert changes == ["cancelled"]


def test_a_running_job_is_asked_to_stop(job):
    run = job_start(job.pk)

    asked = job_cancel_request(user=job.owner, job=job)

    assert (asked.status, asked.cancel_requested) == ("running", True)
    assert job_stop(run).status == "cancelled"


def test_an_ended_job_cannot_be_cancelled(job):
    job_complete(job_start(job.pk))

    with pytest.raises(Invalid, match="already ended"):
        job_cancel_request(user=job.owner, job=job)


def test_a_failed_job_is_queued_again_with_fresh_attempts(job):
    job_fail(job_start(job.pk), "No.")

    again = job_retry(user=job.owner, job=job)

    assert (again.status, again.error, again.finished_at) == ("queued", "", None)
    assert again.max_attempts == again.attempt + 2
    assert job_start(job.pk).attempt == 2


@pytest.mark.parametrize("end", [job_complete, lambda run: run])
def test_only_failed_and_cancelled_jobs_are_tried_again(job, end):
    end(job_start(job.pk))

    with pytest.raises(Invalid, match="failed or cancelled"):
        job_retry(user=job.owner, job=job)


@pytest.mark.parametrize("write", [job_cancel_request, job_retry])
def test_a_stranger_neither_cancels_nor_retries(job, write):
    with pytest.raises(NotAllowed):
        write(user=make_user("engineer"), job=job)


def test_a_job_enters_the_queue_when_its_row_is_committed(
    job, queue, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        job_enqueue(job)
        assert queue.job_ids == []

    assert queue.job_ids == [f"{job.pk}-1"]


def test_a_job_whose_row_is_rolled_back_never_enters_the_queue(
    job, queue, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        job_enqueue(job)
        transaction.set_rollback(True)

    assert queue.job_ids == []


def test_log_lines_stay_in_order(job):
    for text in ("one", "two"):
        job_log(job, text)

    assert [line.text for line in job.log_lines.all()] == ["one", "two"]
