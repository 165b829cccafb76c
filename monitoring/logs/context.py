"""What every log line carries: the request it belongs to, from the page to the worker, and the job.

The settings read this module, so it knows no Django.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_job_id: ContextVar[str] = ContextVar("job_id", default="")


def request_id_for(offered: str | None) -> str:
    """Return the id a client or proxy offers where it is well-formed, a new one otherwise."""
    return offered if offered and _WELL_FORMED.fullmatch(offered) else uuid4().hex[:12]


def current_request_id() -> str:
    """Return the id of the request being answered or worked for; empty where there is none."""
    return _request_id.get()


def current_context() -> dict[str, str]:
    """Return the fields that go with each log line, without the empty ones."""
    fields = {"request_id": _request_id.get(), "job_id": _job_id.get()}
    return {name: value for name, value in fields.items() if value}


@contextmanager
def log_context(*, request_id: str, job_id: str = "") -> Iterator[None]:
    """Give the lines written inside the block a request and a job."""
    request_token, job_token = _request_id.set(request_id), _job_id.set(job_id)
    try:
        yield
    finally:
        _request_id.reset(request_token)
        _job_id.reset(job_token)
