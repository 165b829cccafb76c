"""A portal of its own, with servers and workers that may be killed."""

import json
import os
import resource
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
import requests
from redis import Redis
from rq import Worker

from bearing_portal.operations.embedded.ports import keep_or_find
from bearing_portal.operations.embedded.servers import EmbeddedServers
from tests.processes import ROOT, started

PATIENCE_S = 300.0
ROW = """
    SELECT d.status, j.status, j.attempt, j.pid, j.progress_done, j.error,
           (SELECT count(*) FROM signals_signal s WHERE s.store_id = d.store_id), d.n_planned
    FROM datasets_dataset d JOIN monitoring_job j ON j.id = d.job_id WHERE d.id = %s
"""


@dataclass(frozen=True)
class State:
    """What the rows say about a dataset."""

    status: str
    job: str
    attempt: int
    pid: int | None
    done: int
    error: str
    n_rows: int
    n_planned: int

    @property
    def is_under_way(self) -> bool:
        return self.job == "running" and self.done > 0

    @property
    def is_whole(self) -> bool:
        return (self.status, self.job, self.n_rows) == ("ready", "completed", self.n_planned)

    @property
    def has_ended(self) -> bool:
        return self.job in ("completed", "failed", "cancelled")


class Portal:
    def __init__(self, data_dir: Path, **variables: str) -> None:
        self.servers = EmbeddedServers(data_dir)
        self.facts = self.servers.start()
        self.folder = data_dir / "storage" / "datasets"
        self.log = data_dir / "worker.log"
        self.workers: list[subprocess.Popen[bytes]] = []
        self.environment = os.environ | {
            "DATA_DIR": str(data_dir),
            "DATABASE_URL": self.facts.database_url(),
            "REDIS_URL": self.facts.valkey_url(),
            "DJANGO_SETTINGS_MODULE": "bearing_portal.settings.test",
            "DOTENV_FILE": os.devnull,
            "SECRET_KEY": secrets.token_urlsafe(50),  # one for all: a session holds in each of them
            "PYTHONPATH": str(ROOT),
            "JOB_HEARTBEAT_S": "1",
            "JOB_STALE_S": "4",
            "JOB_RECONCILE_S": "1",
            "GENERATION_WORKERS": "2",
            "WEB_PROCESSES": "2",
            **variables,
        }
        self._start("manage.py", "migrate", "--verbosity=0").wait()
        self.reconciler = self._start("manage.py", "reconcile")
        self.asker = self._start(
            "-m", "tests.faults.ask", stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def ask(self, *words: object) -> Any:
        """Have the asker do something and return its answer."""
        assert self.asker.stdin is not None
        assert self.asker.stdout is not None
        self.asker.stdin.write(json.dumps(words).encode() + b"\n")
        self.asker.stdin.flush()
        line = self.asker.stdout.readline()
        assert line, self.log.read_text()[-3000:]
        return json.loads(line)

    def create(self, name: str, per_class: int = 20) -> int:
        return int(self.ask("create", name, per_class))

    def worker(self) -> subprocess.Popen[bytes]:
        """Return the running worker, or a new one."""
        running = [worker for worker in self.workers if worker.poll() is None]
        return running[0] if running else self.start_worker()

    def wait_for_workers(self, n: int) -> None:
        """Wait until so many workers listen."""
        connection = Redis.from_url(self.facts.valkey_url())
        give_up_at = time.monotonic() + PATIENCE_S
        while Worker.count(connection=connection) < n:
            assert time.monotonic() < give_up_at, self.log.read_text()[-3000:]
            time.sleep(0.1)

    def start_worker(
        self, *queues: str, largest_file_bytes: int | None = None
    ) -> subprocess.Popen[bytes]:
        def limit() -> None:
            if largest_file_bytes is not None:
                hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file_bytes, hard))

        queues = queues or ("short", "long", "train")
        worker = self._start("manage.py", "rqworker", *queues, preexec_fn=limit)
        self.workers.append(worker)
        return worker

    @contextmanager
    def web(self) -> Iterator[str]:
        """Serve the pages and yield their address."""
        port = keep_or_find(0)
        url = f"http://127.0.0.1:{port}"
        web = self._start("-m", "bearing_portal.serve", "-p", str(port))
        try:
            give_up_at = time.monotonic() + PATIENCE_S
            while not _answers(f"{url}/healthz"):
                assert time.monotonic() < give_up_at, self.log.read_text()[-3000:]
                time.sleep(0.2)
            yield url
        finally:
            web.kill()
            web.wait()

    def state(self, pk: int) -> State:
        with psycopg.connect(self.facts.database_url(), connect_timeout=5) as connection:
            row = connection.execute(ROW, [pk]).fetchone()
        assert row is not None
        return State(*row)

    def wait(self, pk: int, condition: Callable[[State], bool]) -> State:
        give_up_at = time.monotonic() + PATIENCE_S
        state = None
        while time.monotonic() < give_up_at:
            try:
                state = self.state(pk)
            except psycopg.OperationalError:
                state = None
            if state is not None and condition(state):
                return state
            time.sleep(0.1)
        raise AssertionError(f"waited in vain: {state}\n{self.log.read_text()[-3000:]}")

    def wait_until_gone(self, *pids: int) -> None:
        give_up_at = time.monotonic() + PATIENCE_S
        while any(_lives(pid) for pid in pids):
            assert time.monotonic() < give_up_at, "processes outlived their worker"
            time.sleep(0.05)

    def wait_until_clean(self, *kept: int) -> None:
        """Wait until the storage holds the folders of `kept` and nothing else."""
        names = sorted(map(str, kept))
        give_up_at = time.monotonic() + PATIENCE_S
        while self.names() != names:
            assert time.monotonic() < give_up_at, self.names()
            time.sleep(0.1)

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir()) if self.folder.is_dir() else []

    def stop_workers(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.workers.clear()

    def close(self) -> None:
        self.stop_workers()
        for process in (self.reconciler, self.asker):
            process.kill()
            process.wait()
        self.servers.stop()

    def _start(self, *words: str, **streams: Any) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return started(
                [sys.executable, *words],
                env=self.environment,
                start_new_session=True,
                **({"stdout": log, "stderr": log} | streams),
            )


def descendants(pid: int) -> list[int]:
    return [child.pid for child in psutil.Process(pid).children(recursive=True)]


def kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=10).ok
    except requests.RequestException:
        return False


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
