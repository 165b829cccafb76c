"""The pulse of a running job: a thread beside the work that talks to the database.

The work only leaves numbers here. So the heart beats while the work computes, and the work goes on
while PostgreSQL or Valkey are away.
"""

import logging
import threading
import time
from collections import deque
from contextvars import copy_context
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db.models.functions import Now

from common.database import OUTAGES, drop_connection
from monitoring.jobs.kinds import kind_of
from monitoring.jobs.lifecycle import JobCancelled, JobLost
from monitoring.models import Job, JobLogLine
from monitoring.notices.hints import hint_send, user_group

logger = logging.getLogger(__name__)

TICK_S = 0.2
LOOK_S = 0.4  # how often a run looks whether somebody asked it to stop
_HINT_PAUSE_S = 5.0
_TELLING_S = 1.0  # how often others than its owner hear of progress


class JobRun:
    """One attempt at a job, as the work sees it.

    Attributes
    ----------
    job : Job
        The row as it was when the attempt began.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.done, self.total = 0, job.progress_total
        self.lines: deque[JobLogLine] = deque()
        self.cancel_seen = threading.Event()
        self.lost = threading.Event()

    def progress(self, done: int, total: int) -> None:
        """Note how far the work is; the pulse writes it."""
        self.done, self.total = done, max(total, done)

    def log(self, text: str, *, level: str = "info") -> None:
        """Add a line to the job's log; the pulse writes it."""
        self.lines.append(JobLogLine(job_id=self.job.pk, text=text[:500], level=level))

    def cancelled(self) -> bool:
        """Tell whether the work should stop: somebody asked, or another attempt took over."""
        return self.cancel_seen.is_set() or self.lost.is_set()

    def check(self) -> None:
        """Raise where the work should stop."""
        if self.lost.is_set():
            raise JobLost
        if self.cancel_seen.is_set():
            raise JobCancelled


class Pulse:
    """Writes a run's heartbeat, progress and log lines until the block ends."""

    def __init__(self, run: JobRun) -> None:
        self.run = run
        self._stop = threading.Event()
        self._written: tuple[int, int] = (0, run.job.progress_total)
        self._next_beat_s = 0.0
        self._next_look_s = 0.0
        self._next_hint_s = 0.0
        self._next_telling_s = 0.0
        self._thread = threading.Thread(
            target=copy_context().run, args=(self._main,), name="job-pulse", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _main(self) -> None:
        try:
            while not self._stop.wait(TICK_S):
                self._tick_safely()
            self._tick_safely()
        finally:
            drop_connection()

    def _tick_safely(self) -> None:
        try:
            self._tick()
        except OUTAGES as error:
            logger.warning("No heartbeat of job %s: %s", self.run.job.pk, error)
            drop_connection()
            self._stop.wait(1.0)

    def _tick(self) -> None:
        state = (self.run.done, self.run.total)
        moved = state != self._written
        if moved or time.monotonic() >= self._next_beat_s:
            self._beat(state)
        if time.monotonic() >= self._next_look_s:
            self._look()
        if moved:
            self._hint()
        if self.run.lines:
            self._write_lines()

    def _beat(self, state: tuple[int, int]) -> None:
        own = Job.objects.filter(
            pk=self.run.job.pk, status=Job.Status.RUNNING, attempt=self.run.job.attempt
        )
        done, total = state
        if not own.update(progress_done=done, progress_total=total, heartbeat_at=Now()):
            if not self._stop.is_set():
                self.run.lost.set()
            return
        self._written = state
        self._next_beat_s = time.monotonic() + settings.JOB_HEARTBEAT_S

    def _look(self) -> None:
        self._next_look_s = time.monotonic() + LOOK_S
        if Job.objects.filter(
            pk=self.run.job.pk, attempt=self.run.job.attempt, cancel_requested=True
        ).exists():
            self.run.cancel_seen.set()

    def _hint(self) -> None:
        now_s = time.monotonic()
        if now_s < self._next_hint_s:
            return
        groups = [user_group(self.run.job.owner_id)]
        if not hint_send(groups=groups, type="job", id=self.run.job.pk):
            self._next_hint_s = now_s + _HINT_PAUSE_S
        elif now_s >= self._next_telling_s:
            self._next_telling_s = now_s + _TELLING_S
            audience = kind_of(self.run.job).audience(self.run.job)
            hint_send(groups=audience, type="progress", id=self.run.job.pk)

    def _write_lines(self) -> None:
        lines = list(self.run.lines)
        JobLogLine.objects.bulk_create(lines)
        for _ in lines:
            self.run.lines.popleft()
