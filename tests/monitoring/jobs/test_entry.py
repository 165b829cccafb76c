import errno
import logging
import threading

import pytest

from common.errors import Unavailable
from monitoring.jobs.entry import job_entry
from monitoring.jobs.lifecycle import JobLost, job_cancel_request, job_complete
from monitoring.models import Job, JobLogLine

pytestmark = pytest.mark.django_db(transaction=True)


def run(job, work):
    job_entry(work)(str(job.pk))
    job.refresh_from_db()
    return job


def wait_until(condition):
    """Wait on the pulse, at most as long as a slow machine needs."""
    ticks = threading.Event()
    for _ in range(6000):
        if condition():
            return True
        ticks.wait(0.05)
    return False


def test_work_that_completes_its_job_completes_it(job):
    assert run(job, lambda run: job_complete(run.job)).status == "completed"


def test_an_expected_error_becomes_the_sentence(job):
    def work(run):
        raise Unavailable("The disk is full.")

    run(job, work)

    assert (job.status, job.error, job.incident_id) == ("failed", "The disk is full.", "")


def test_a_full_disk_becomes_a_sentence_and_no_incident(job):
    def work(run):
        raise OSError(errno.ENOSPC, "No space left on device")

    run(job, work)

    assert (job.status, job.incident_id) == ("failed", "")
    assert job.error.startswith("The portal's disk is full; nothing was kept.")


def test_a_crash_shows_an_incident_and_nothing_internal(job, caplog):
    def work(run):
        raise ZeroDivisionError("secret detail")

    with caplog.at_level(logging.ERROR):
        run(job, work)

    assert job.status == "failed"
    assert job.incident_id in job.error
    assert "secret" not in job.error
    assert job.incident_id in caplog.text
    assert "secret detail" in caplog.text


def test_a_job_already_taken_is_not_worked_on(job):
    Job.objects.filter(pk=job.pk).update(status=Job.Status.RUNNING)

    run(job, lambda run: pytest.fail("worked on twice"))


def test_progress_and_log_reach_the_row_while_the_work_goes_on(job):
    def work(run):
        run.progress(4, 8)
        run.log("Four.")
        assert wait_until(lambda: Job.objects.get(pk=job.pk).progress_done == 4)
        job_complete(run.job)

    run(job, work)

    assert (job.status, job.progress_done, job.progress_total) == ("completed", 8, 8)
    assert [line.text for line in job.log_lines.all()] == ["Four."]


def test_the_heart_beats_while_the_work_reports_nothing(job, settings):
    settings.JOB_HEARTBEAT_S = 0.1

    def work(run):
        began = run.job.heartbeat_at
        assert wait_until(lambda: Job.objects.get(pk=job.pk).heartbeat_at > began)
        job_complete(run.job)

    assert run(job, work).status == "completed"


def test_a_wish_to_stop_reaches_the_work(job, settings):
    settings.JOB_HEARTBEAT_S = 60

    def work(run):
        job_cancel_request(user=job.owner, job=job)
        assert wait_until(run.cancelled)
        run.check()

    assert run(job, work).status == "cancelled"


def test_work_that_lost_its_job_is_told_and_changes_nothing(job, settings):
    settings.JOB_HEARTBEAT_S = 0.1

    def work(run):
        Job.objects.filter(pk=job.pk).update(attempt=2)
        assert wait_until(run.cancelled)
        with pytest.raises(JobLost):
            run.check()
        run.check()

    assert run(job, work).status == "running"


def test_work_whose_subject_was_deleted_ends_its_job_and_says_so(job):
    def work(run):
        raise JobLost

    assert run(job, work).status == "cancelled"
    assert "was deleted" in JobLogLine.objects.get(job=job).text
