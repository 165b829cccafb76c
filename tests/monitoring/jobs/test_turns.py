"""Whose turn it is: a person's jobs, and those of several people."""

import pytest

from common.errors import Invalid
from monitoring.jobs import kinds, queueing
from monitoring.jobs.lifecycle import (
    job_cancel_request,
    job_create,
    job_enqueue,
    job_retry,
    job_start,
)
from monitoring.models import Job
from tests.factories import make_user
from tests.monitoring.conftest import KIND

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(changes, queue, django_capture_on_commit_callbacks):
    def ask(owner, n=1):
        jobs = []
        for _ in range(n):
            with django_capture_on_commit_callbacks(execute=True):
                job = job_create(owner=owner, kind=KIND, title="Count sheep")
                job_enqueue(job)
            jobs.append(job)
        return jobs

    return ask


def queued(queue):
    return [Job.objects.get(pk=entry.rpartition("-")[0]) for entry in queue.job_ids]


def test_of_one_persons_jobs_the_queue_knows_two(ask, queue):
    first, second, _ = ask(make_user("engineer"), 3)

    assert queued(queue) == [first, second]


def test_a_second_person_does_not_wait_behind_all_of_the_first(ask, queue):
    greedy, modest = make_user("engineer"), make_user("engineer")
    ask(greedy, 10)
    (job,) = ask(modest)

    assert queued(queue).index(job) == 2


def test_when_one_ends_the_next_is_handed_over(ask, queue, django_capture_on_commit_callbacks):
    owner = make_user("engineer")
    first, second, third = ask(owner, 3)

    with django_capture_on_commit_callbacks(execute=True):
        job_cancel_request(user=owner, job=first)

    assert queued(queue) == [first, second, third]  # of the first only the entry is left


def test_a_running_job_counts_among_those_handed_over(ask, queue):
    owner = make_user("engineer")
    (first,) = ask(owner)
    job_start(first.pk)
    _, third = ask(owner, 2)

    assert third not in queued(queue)


def test_what_the_queue_lost_comes_back_in_turn(ask, queue):
    first, second, _ = ask(make_user("engineer"), 3)
    queue.empty()

    assert queueing.hand_over(kinds.kind_of(first))

    assert queued(queue) == [first, second]


def test_a_person_may_have_so_many_jobs_and_reads_why_not_more(ask, settings):
    settings.JOBS_PER_PERSON = 3
    owner = make_user("engineer")
    jobs = ask(owner, 3)

    with pytest.raises(Invalid, match="You have 3 jobs that wait or run, as many as one person"):
        ask(owner)

    ask(make_user("engineer"))  # another may
    job_cancel_request(user=owner, job=jobs[0])
    ask(owner)
    with pytest.raises(Invalid, match="as many as one person may"):
        job_retry(user=owner, job=jobs[0])
