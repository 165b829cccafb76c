"""The worker that `manage.py rqworker` runs.

RQ's own worker leaves when Valkey goes away at the wrong moment, leaves its work horse running when
it is killed, and forks with open connections. Rows are the truth here, so this one stays and takes
its horse along; what became of a killed job the reconciler says.
"""

import logging
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import connections
from redis.exceptions import ConnectionError as ValkeyConnectionError
from redis.exceptions import TimeoutError as ValkeyTimeoutError
from rq import Worker
from rq.exceptions import DeserializationError
from rq.job import Job as QueueJob
from rq.queue import Queue
from rq.timeouts import HorseMonitorTimeoutException
from rq.utils import now

from vibration.processes import die_with_parent

logger = logging.getLogger(__name__)

_POLL_S = 5
_VALKEY_AWAY = (ValkeyConnectionError, ValkeyTimeoutError)


class PortalWorker(Worker):
    """An RQ worker that outlives Valkey, PostgreSQL and its work horses, but never the reverse."""

    max_connection_wait_time = 4.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._is_registered = False
        self._watched: tuple[QueueJob, float] | None = None
        super().__init__(*args, **kwargs)
        self.job_monitoring_interval = _POLL_S

    # Life

    def bootstrap(self, *args: Any, **kwargs: Any) -> None:
        """Start as soon as Valkey is there."""
        wait_s = 0.5
        while True:
            try:
                super().bootstrap(*args, **kwargs)
            except _VALKEY_AWAY as error:
                logger.warning("Valkey is away, trying again in %.1f s: %s", wait_s, error)
                time.sleep(wait_s)
                wait_s = min(2 * wait_s, self.max_connection_wait_time)
            else:
                self._is_registered = True
                return

    def _set_ip_address(self, connection: Any) -> None:
        try:
            super()._set_ip_address(connection)
        except _VALKEY_AWAY:
            self.ip_address = "unknown"

    def check_for_suspension(self, burst: bool) -> None:
        self._tolerating(super().check_for_suspension, burst)

    def set_state(self, state: Any, pipeline: Any = None) -> None:
        self._state = state
        self._tolerating(super().set_state, state, pipeline)

    def set_shutdown_requested_date(self) -> None:
        self._tolerating(super().set_shutdown_requested_date)

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        if pipeline is not None:
            super().heartbeat(timeout, pipeline)
        else:
            self._tolerating(self._heartbeat, timeout)

    def maintain_heartbeats(self, job: Any, execution: Any) -> None:
        """Called every few seconds while a work horse works."""
        self._tolerating(self._maintain, job, execution)

    def register_death(self) -> None:
        self._tolerating(super().register_death)

    def unsubscribe(self) -> None:
        self._tolerating(super().unsubscribe)

    def _pubsub_exception_handler(self, exc: Exception, *listening: Any) -> None:
        """Go on listening for what is to be stopped after a Valkey that hung, as after one away."""
        if isinstance(exc, ValkeyTimeoutError):
            exc = ValkeyConnectionError(str(exc))
        super()._pubsub_exception_handler(exc, *listening)

    def _heartbeat(self, timeout: int | None) -> None:
        self._register_again()
        super().heartbeat(timeout)

    def _maintain(self, job: Any, execution: Any) -> None:
        self._register_again()
        super().maintain_heartbeats(job, execution)

    def _register_again(self) -> None:
        # A Valkey that came back empty has forgotten this worker.
        if self._is_registered and not self.connection.hexists(self.key, "birth"):
            state = self._state
            self.connection.delete(self.key)
            with suppress(ValueError):  # its horse wrote just then: at the next sign of life
                self.register_birth()  # type: ignore[no-untyped-call]
                super().set_state(state)

    def _tolerating(self, action: Callable[..., Any], *args: Any) -> None:
        try:
            action(*args)
        except _VALKEY_AWAY as error:
            logger.warning("Valkey is away: %s", error)

    # Work

    def fork_work_horse(self, job: QueueJob, queue: Queue) -> None:
        # A forked process may not share a connection, nor a pool and its threads.
        for connection in connections.all(initialized_only=True):
            connection.close()
            if hasattr(connection, "close_pool"):
                connection.close_pool()
        # Once for all jobs of the kind, and not again in each fork.
        with suppress(ImportError, ValueError, DeserializationError):  # the horse says it
            import_module(job.func_name.rpartition(".")[0])
        super().fork_work_horse(job, queue)

    def main_work_horse(self, job: QueueJob, queue: Queue) -> None:
        die_with_parent(os.getppid() if self.pid is None else self.pid)
        if queue.name != "short":
            os.nice(settings.JOB_NICENESS)
        super().main_work_horse(job, queue)

    def execute_job(self, job: QueueJob, queue: Queue) -> None:
        """Run one job in a work horse; losing Valkey meanwhile loses only RQ's bookkeeping."""
        try:
            super().execute_job(job, queue)
        except _VALKEY_AWAY as error:
            logger.warning("Valkey went away around job %s: %s", job.id, error)
            self._wait_for_horse_alone()

    def monitor_work_horse(self, job: QueueJob, *details: Any) -> None:
        self._watched = (job, time.monotonic())
        super().monitor_work_horse(job, *details)  # type: ignore[no-untyped-call]

    def wait_for_horse(self) -> Any:
        """Wait; RQ ends whoever has worked too long by the time of day, and that may be set."""
        try:
            return super().wait_for_horse()
        except HorseMonitorTimeoutException:
            if self._watched:
                job, began_s = self._watched
                job.started_at = now() - timedelta(seconds=time.monotonic() - began_s)
            raise

    def kill_horse(self, sig: signal.Signals = signal.SIGKILL) -> None:
        """Kill the horse and what it started, never this worker.

        RQ asks for the group of process 0 where the command comes when the horse has just ended,
        and for that of the worker where it has just been forked: either is the worker's own.
        """
        horse = self._horse_pid
        if not horse:
            return
        try:
            os.killpg(horse, sig)
        except ProcessLookupError:  # it leads no group yet, or has ended
            with suppress(ProcessLookupError):
                os.kill(horse, sig)

    def handle_work_horse_killed(self, job: Any, retpid: Any, ret_val: Any, rusage: Any) -> None:
        if retpid is not None:  # where an alarm came just then, nobody knows who has ended
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(retpid, signal.SIGKILL)  # what the horse started goes with it
        super().handle_work_horse_killed(job, retpid, ret_val, rusage)  # type: ignore[no-untyped-call]

    def _wait_for_horse_alone(self) -> None:
        while self._horse_pid:
            with suppress(InterruptedError):
                pid, _, _ = self.wait_for_horse()
                self._horse_pid = 0 if pid in (None, self._horse_pid) else self._horse_pid
        self.executions.clear()

    @property
    def dequeue_timeout(self) -> int:
        """Show signs of life often: by default an idle worker is silent for seven minutes."""
        return _POLL_S

    def run_maintenance_tasks(self) -> None:
        self._tolerating(super().run_maintenance_tasks)
