"""Imports of Django wait for the fixtures: this file is read before the servers are there."""

import pytest

KIND = "count-sheep"


@pytest.fixture(autouse=True)
def queue():
    """Empty the queue before and after."""
    import django_rq

    queue = django_rq.get_queue("long")
    queue.empty()
    yield queue
    queue.empty()


@pytest.fixture
def changes(monkeypatch):
    """Register a kind of job and return the statuses it was told of."""
    from monitoring.jobs import kinds

    seen: list[str] = []
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds._KINDS))
    kinds.register_kind(
        kinds.JobKind(
            code=KIND,
            entry="tests.monitoring.sheep.count",
            queue=kinds.Queue.LONG,
            changed=lambda job: seen.append(job.status),
        )
    )
    return seen


@pytest.fixture
def job(db, changes):
    """Return a queued job of an engineer."""
    from monitoring.jobs.lifecycle import job_create
    from tests.factories import make_user

    return job_create(owner=make_user("engineer"), kind=KIND, title="Count sheep", total=10)
