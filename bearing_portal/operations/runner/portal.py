"""The portal on one machine: servers, rows, processes, in order; and back in order at the end."""

import contextlib
import http.client
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from bearing_portal.operations.embedded.errors import ServerError
from bearing_portal.operations.embedded.facts import facts_path
from bearing_portal.operations.embedded.ports import is_free
from bearing_portal.operations.embedded.servers import EmbeddedServers
from bearing_portal.operations.runner.attached import SERVERS_ARE_UP
from bearing_portal.operations.runner.child import Child, child_environment, stop_all
from bearing_portal.operations.runner.lock import FolderHeldError, FolderLock, Holder
from bearing_portal.operations.runner.procfile import Entry, ProcfileError, read_procfile
from bearing_portal.operations.runner.stamps import (
    ROWS_STAMP,
    STATIC_STAMP,
    read_stamp,
    rows_stamp,
    static_stamp,
)

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WATCH_S = 0.25
PATIENCE_S = 8.0
WEB_START_S = 90.0
ANOTHER_COMMAND_S = 30.0


class RefusedError(Exception):
    """The portal cannot start; the message says why and what to do."""


@dataclass(frozen=True)
class Plan:
    base_dir: Path
    data_dir: Path
    static_root: Path
    host: str
    port: int
    postgres: bool  # embedded, not named by URL
    valkey: bool
    hashed_static: bool

    @property
    def address(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return f"http://{host}:{self.port}"

    @property
    def password_file(self) -> Path:
        return self.data_dir / "admin-password"


class Portal:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._stop = threading.Event()
        self._speaking = threading.Lock()
        self._lock = FolderLock(plan.data_dir)
        self._children: list[Child] = []
        self._servers = EmbeddedServers(plan.data_dir, postgres=plan.postgres, valkey=plan.valkey)
        self._environment = child_environment(
            {
                "DATA_DIR": str(plan.data_dir),
                "HOST": plan.host,
                "PORT": str(plan.port),
                SERVERS_ARE_UP: "1",
            },
            programs=Path(sys.executable).parent,
        )

    def run(self) -> None:
        """Serve until a signal comes. Raise `RefusedError` where that cannot begin."""
        for signal_number in STOP_SIGNALS:
            signal.signal(signal_number, self._on_signal)
        self._take_folder()
        try:
            self._require_port()
            self._start()
            self._watch()
        except (ServerError, ProcfileError) as error:
            raise RefusedError(str(error)) from error
        finally:
            self._finish()

    def say(self, text: str, *, name: str = "portal") -> None:
        # Where nobody reads any more (a closed terminal), the portal still has to end in order.
        with self._speaking, contextlib.suppress(OSError, ValueError):
            print(f"{name:<10}| {text}", flush=True)

    # Start

    def _take_folder(self) -> None:
        holder = Holder("portal", os.getpid(), self._plan.address)
        try:
            self._lock.acquire(holder, wait_s=ANOTHER_COMMAND_S)
        except FolderHeldError as held:
            who = held.holder or Holder("command", 0)
            at = f" at {who.address}" if who.address else ""
            raise RefusedError(
                f"The data folder {self._plan.data_dir} is in use by process {who.pid}{at}; "
                "stop that one, or start with another folder: DATA_DIR=… make run"
            ) from held
        except OSError as error:
            raise RefusedError(
                f"The data folder {self._plan.data_dir} cannot be used ({error.strerror}); "
                "make it writable or name another one: DATA_DIR=… make run"
            ) from error

    def _require_port(self) -> None:
        host, port = self._plan.host, self._plan.port
        if is_free(port, host):
            return
        if port < 1024 and os.geteuid() != 0:
            raise RefusedError(
                f"Port {port} is for root only; take a higher one: PORT=8000 make run"
            )
        spare = next((p for p in range(port + 1, min(port + 100, 65536)) if is_free(p, host)), 0)
        raise RefusedError(
            f"Port {port} on {host} is taken or not allowed; take another one: "
            f"PORT={spare or 8001} make run"
        )

    def _start(self) -> None:
        is_first_start = not self._plan.password_file.exists()
        if self._plan.postgres or self._plan.valkey:
            self.say("Starting the embedded servers.")
            self._servers.start()
        if self._stop.is_set():
            return
        if not self._is_prepared():
            self._prepare()
        self._start_processes()
        if not self._stop.is_set():
            self._welcome(is_first_start)

    def _is_prepared(self) -> bool:
        # What a database named by URL holds, only that database knows.
        plan = self._plan
        rows = facts_path(plan.data_dir).parent / "postgres" / ROWS_STAMP
        return (
            plan.postgres
            and read_stamp(rows) == rows_stamp(plan.base_dir)
            and (
                not plan.hashed_static
                or read_stamp(plan.static_root / STATIC_STAMP) == static_stamp(plan.base_dir)
            )
        )

    def _prepare(self) -> None:
        self.say("Preparing the database and the static files.")
        preparing = Child(
            Entry("prepare", (sys.executable, "manage.py", "prepare")),
            folder=self._plan.base_dir,
            environment=self._environment,
            say=self.say,
        )
        self._children = [preparing]
        preparing.start()
        while not preparing.has_ended():
            if self._stop.wait(WATCH_S):
                return
        if preparing.status != 0:
            raise RefusedError("The portal could not be prepared; the lines above say why.")
        self._children = []

    def _start_processes(self) -> None:
        entries = read_procfile(self._plan.base_dir / "Procfile", self._environment)
        # Somebody waits for the pages: what works behind them does not take their cores meanwhile.
        entries.sort(key=lambda entry: entry.name != "web")
        self.say(f"Starting {' and '.join(entry.name for entry in entries)}.")
        for entry in entries:
            if self._stop.is_set():
                return
            child = Child(
                entry, folder=self._plan.base_dir, environment=self._environment, say=self.say
            )
            self._children.append(child)
            child.start()
            if entry.name == "web":
                self._wait_for_web()

    def _wait_for_web(self) -> None:
        give_up = time.monotonic() + WEB_START_S
        while not self._stop.is_set() and time.monotonic() < give_up and not self._answers():
            self._stop.wait(0.1)
            self._watch_once()

    def _answers(self) -> bool:
        host = self._plan.address.removeprefix("http://").rpartition(":")[0].strip("[]")
        connection = http.client.HTTPConnection(host, self._plan.port, timeout=10)
        try:
            connection.request("GET", "/accounts/login/")
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _welcome(self, is_first_start: bool) -> None:
        self.say(f"Ready: {self._plan.address}")
        if is_first_start and self._plan.password_file.exists():
            self.say(f"Log in as admin, password {self._plan.password_file.read_text()}")
            self.say("Printed again by: make password")

    # Watch and finish

    def _watch(self) -> None:
        while not self._stop.wait(WATCH_S):
            self._watch_once()

    def _watch_once(self) -> None:
        try:
            if self._plan.postgres or self._plan.valkey:
                self._servers.restart_dead(self.say)
        except ServerError as error:
            self.say(f"{error}\nTrying again in a moment.")
        for child in self._children:
            child.watch()

    def _on_signal(self, signal_number: int, _frame: FrameType | None) -> None:
        if self._stop.is_set():  # asked twice: no more patience
            for child in self._children:
                child.kill()
        self._stop.set()

    def _finish(self) -> None:
        if self._children:
            self.say("Stopping.")
        stop_all(self._children, patience_s=PATIENCE_S)
        self._servers.stop()
        self._lock.release()
