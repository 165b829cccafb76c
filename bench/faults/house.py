"""The portal that is harmed: started once by its own runner, and never helped by us again."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

import psutil
import psycopg
from redis import Redis, RedisError

from bearing_portal.operations.embedded.facts import HOST, Facts, read_facts
from bearing_portal.operations.embedded.ports import keep_or_find
from bearing_portal.operations.embedded.process import end, tail
from bearing_portal.operations.runner.attached import SERVERS_ARE_UP
from bearing_portal.operations.runner.temporary import environment_of
from bearing_portal.settings.caching import QUEUES
from bearing_portal.settings.places import BASE_DIR
from bench.faults.bucket import Bucket
from bench.faults.clock import Clock
from bench.faults.disks import mounted_small, unmounted
from bench.faults.waiting import until
from vibration.processes import dying_with_parent

START_S, STOP_S = 300.0, 30.0
# What each process of the portal is known by in its command line.
PARTS = {
    "web": "bearing_portal.serve",
    "short": "rqworker short",
    "long": "rqworker long",
    "reconciler": "manage.py reconcile",
    "postgresql": "bin/postgres",
    "valkey": "valkey-server",
}


class House:
    """A data folder, the runner that serves it, and the processes below the runner."""

    def __init__(
        self,
        *,
        web_processes: int,
        small_disks: bool,
        data: Path | None = None,
        bucket: Bucket | None = None,
        has_own_clock: bool = False,
        previous: str = "",
        log: Path | None = None,
    ) -> None:
        self._temporary = TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name)
        self.storage = self.folder / "storage"
        self.embedded = self.folder / "embedded"
        self.log = log or self.folder / "runner.log"
        self.bucket = bucket
        self._small_disks = [self.storage, self.embedded] if small_disks else []
        self._data, self._previous = data, previous
        self.web_processes = web_processes
        self.clock = Clock(self.folder) if has_own_clock else None
        self.url = f"http://{HOST}:{(port := keep_or_find(0))}"
        self.environment = environment_of(self.folder, port, web_processes=web_processes)
        if bucket is not None:
            self.environment["STORAGE_URL"] = bucket.url
        self.runner: subprocess.Popen[bytes]

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _stack: TracebackType | None,
    ) -> None:
        if hasattr(self, "runner") and self.runner.poll() is None:
            family = psutil.Process(self.runner.pid).children(recursive=True)
            for process in family:  # what was stopped cannot end
                _signal(process, signal.SIGCONT)
            end(self.runner, signal.SIGTERM, patience_s=STOP_S)
            _, left = psutil.wait_procs(family, timeout=STOP_S)
            for process in left:
                _signal(process, signal.SIGKILL)
        for place in self._small_disks:
            unmounted(place)
        self._temporary.cleanup()

    def _start(self) -> None:
        for place in self._small_disks:
            place.mkdir()
            mounted_small(place)
        if self._data is not None:
            copied = [shutil.which("cp") or "cp", "--archive", f"{self._data}/.", str(self.folder)]
            subprocess.run(copied, check=True)  # noqa: S603 - our own command
        self.log.write_bytes(b"")
        with self.log.open("ab") as log:
            self.runner = subprocess.Popen(  # noqa: S603 - our own command
                dying_with_parent(
                    [sys.executable, "manage.py", "portal", "--with-parent"], signal.SIGTERM
                ),
                cwd=BASE_DIR,
                env=self.environment | (self.clock.environment if self.clock else {}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches us, and we end it in order
            )
        give_up_at_s = time.monotonic() + START_S
        while b"Ready: " not in self.log.read_bytes():
            if self.runner.poll() is not None or time.monotonic() > give_up_at_s:
                raise RuntimeError(f"The portal did not start:\n{self.said()}")
            time.sleep(0.2)
        # One watches over those that answer; the first of them has made way.
        until(lambda: len(self.family("web")) == self.web_processes + 1, START_S)

    @contextmanager
    def release_before(self) -> Iterator[subprocess.Popen[bytes]]:
        """Have a worker of an older revision at work too, for as long as the block lasts."""
        git = shutil.which("git") or "git"
        code = self.folder / "previous"
        worktree = [git, "-C", str(BASE_DIR), "worktree"]
        added = [*worktree, "add", "--detach", str(code), self._previous]
        subprocess.run(added, check=True, capture_output=True)  # noqa: S603 - our own command
        try:
            with self.log.open("ab") as log:
                worker = subprocess.Popen(  # noqa: S603 - our own command
                    dying_with_parent(
                        [sys.executable, "manage.py", "rqworker", *QUEUES], signal.SIGTERM
                    ),
                    cwd=code,
                    env=self.environment | {SERVERS_ARE_UP: "1"},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
            try:
                yield worker
            finally:
                end(worker, signal.SIGTERM, patience_s=STOP_S)
        finally:
            removed = [*worktree, "remove", "--force", str(code)]
            subprocess.run(removed, check=True, capture_output=True)  # noqa: S603 - our own

    @property
    def netloc(self) -> str:
        return self.url.removeprefix("http://")

    @property
    def facts(self) -> Facts:
        return read_facts(self.folder)

    def said(self) -> str:
        """Return the last words of the runner and of what it runs."""
        return tail(self.log)

    def process(self, part: str) -> psutil.Process | None:
        """Return the process of the runner's that does this; None while there is none."""
        for process in psutil.Process(self.runner.pid).children():
            try:
                if PARTS[part] in " ".join(process.cmdline()) and _lives(process):
                    return process
            except psutil.NoSuchProcess:
                continue
        return None

    def family(self, part: str) -> list[psutil.Process]:
        """Return that process with all below it."""
        process = self.process(part)
        try:
            return [process, *process.children(recursive=True)] if process else []
        except psutil.NoSuchProcess:
            return []

    def horses(self) -> list[psutil.Process]:
        """Return what is at work on a job just now."""
        found = []
        for part in ("short", "long"):
            found += [each for each in self.family(part)[1:] if _lives(each)]
        return found

    def serves(self, part: str) -> bool:
        """Tell whether that part is there, and answers where it is one that answers."""
        if self.process(part) is None:
            return False
        if part == "postgresql":
            return self.takes_connections()
        if part == "valkey":
            return self._valkey_answers()
        return True

    def connection(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.facts.database_url(), connect_timeout=5, autocommit=True)

    def takes_connections(self) -> bool:
        try:
            self.connection().close()
        except psycopg.OperationalError:
            return False
        return True

    def _valkey_answers(self) -> bool:
        client = Redis.from_url(self.facts.valkey_url(), socket_timeout=2, retry=None)
        try:
            return bool(client.ping())
        except RedisError:
            return False
        finally:
            client.close()


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)
