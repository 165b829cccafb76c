"""PostgreSQL on the loopback address, in a folder of its own."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from bearing_portal.operations.embedded import process
from bearing_portal.operations.embedded.account import server_account
from bearing_portal.operations.embedded.binaries import postgres_program
from bearing_portal.operations.embedded.errors import ServerError
from bearing_portal.operations.embedded.facts import HOST, USER

START_S = 60  # after a power cut PostgreSQL replays its log first
RETRY_S = 15
INITDB = (
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--auth=scram-sha-256",
    f"--username={USER}",
)
OPTIONS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # a socket path over 107 bytes is fatal
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "logging_collector": "off",
}
# Records how long statements take. Never those with passwords: they are utility statements.
RECORDER = "pg_stat_statements"
RECORDING = {"shared_preload_libraries": RECORDER, f"{RECORDER}.track_utility": "off"}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# A predecessor just killed may be a zombie for a moment, or its children still hold its memory.
PREDECESSOR_SIGNS = ("lock file", "shared memory block", "could not bind", "starting up")


@dataclass
class Postgres:
    home: Path  # absolute, without symbolic links: leftovers are found by it
    port: int
    password: str
    durable: bool = True
    running: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def folder(self) -> Path:
        return self.home / "postgres"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    def is_alive(self) -> bool:
        return self.running is not None and self.running.poll() is None

    def clear_leftovers(self) -> None:
        process.end_leftovers(self.folder, signal.SIGINT)
        # Nobody works in the folder, so a lock file names a process that is gone, or a stranger.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def start(self) -> None:
        if not self.folder.exists():
            self._initialise()
        server_account().own(self.folder)
        retry_until = process.deadline(RETRY_S)
        while not self._started():
            reason = process.tail(self.log)
            if time.monotonic() > retry_until or not any(s in reason for s in PREDECESSOR_SIGNS):
                raise ServerError(f"PostgreSQL did not start; {self.log} ends with:\n{reason}")
            time.sleep(0.25)
            self.clear_leftovers()
        self._create_database()

    def stop(self) -> None:
        if self.running is not None:
            process.end(self.running, signal.SIGINT, signal.SIGQUIT)
            self.running = None

    def connect(self, database: str = USER) -> psycopg.Connection:
        return psycopg.connect(
            host=HOST,
            port=self.port,
            user=USER,
            password=self.password,
            dbname=database,
            connect_timeout=5,
            autocommit=True,
        )

    def _initialise(self) -> None:
        """Make the cluster under a temporary name: one half made is never taken for whole."""
        for half_made in self.home.glob("postgres.new-*"):
            shutil.rmtree(half_made)
        draft = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.home))
        password_file = draft.with_name("password.tmp")
        with open(os.open(password_file, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as f:
            f.write(self.password)
        account = server_account()
        account.own(draft)
        account.own(password_file)
        try:
            self._run_initdb(draft, password_file, account.prefix)
        finally:
            password_file.unlink()
        draft.rename(self.folder)

    def _run_initdb(self, draft: Path, password_file: Path, prefix: tuple[str, ...]) -> None:
        command = [str(postgres_program("initdb")), *INITDB]
        command += ["--pgdata", str(draft), "--pwfile", str(password_file)]
        try:
            code = process.spawn(
                [*command, *([] if self.durable else ["--no-sync"])],
                prefix=prefix,
                folder=draft,
                log=self.log,
                death_signal=signal.SIGTERM,
            ).wait()
        except BaseException:  # its own children would go on writing where we clean up
            while process.end_leftovers(draft, signal.SIGKILL):
                pass
            raise
        if code != 0:
            raise ServerError(
                f"PostgreSQL's data folder could not be made; {self.log} ends with:\n"
                f"{process.tail(self.log)}"
            )

    def _started(self) -> bool:
        options = {**OPTIONS, "port": str(self.port), **({} if self.durable else NOT_DURABLE)}
        options |= RECORDING if _has_recorder() else {}
        command = [str(postgres_program("postgres")), "-D", str(self.folder)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        self.running = process.spawn(
            command,
            prefix=server_account().prefix,
            folder=self.folder,
            log=self.log,
            death_signal=signal.SIGINT,  # fast shutdown: PostgreSQL's children end with it
        )
        give_up = process.deadline(START_S)
        while self.is_alive() and time.monotonic() < give_up:
            try:
                self.connect("postgres").close()
            except psycopg.OperationalError:
                time.sleep(process.POLL_S)
            else:
                return True
        self.stop()
        return False

    def _create_database(self) -> None:
        with self.connect("postgres") as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [USER])
            if found.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(USER)))
        if _has_recorder():
            with self.connect() as connection:
                extension = sql.Identifier(RECORDER)
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(extension))


def _has_recorder() -> bool:
    """Tell whether the package ships it: PostgreSQL would not start without a named library."""
    home = postgres_program("postgres").parent.parent
    return any(home.glob(f"lib/**/{RECORDER}.so"))
