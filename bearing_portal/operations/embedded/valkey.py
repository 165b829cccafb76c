"""Valkey on the loopback address: queues, cache and sockets. Losing it loses no data."""

import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bearing_portal.operations.embedded import process
from bearing_portal.operations.embedded.binaries import valkey_server
from bearing_portal.operations.embedded.errors import ServerError
from bearing_portal.operations.embedded.facts import HOST

START_S = 60  # the machine may be busy with something else
RETRY_S = 10
# Nothing is written to disk: rows are the truth, and the reconciler queues again what was lost.
# noeviction: an evicted queue would lose jobs without a word. A full server refuses writes instead;
# the cache then counts as empty and enqueuing is put off.
CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
protected-mode yes
daemonize no
databases 64
save ""
appendonly no
maxmemory 256mb
maxmemory-policy noeviction
"""


@dataclass
class Valkey:
    home: Path
    port: int
    password: str
    running: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def folder(self) -> Path:
        return self.home / "valkey"

    @property
    def log(self) -> Path:
        return self.home / "valkey.log"

    def is_alive(self) -> bool:
        return self.running is not None and self.running.poll() is None

    def clear_leftovers(self) -> None:
        process.end_leftovers(self.folder, signal.SIGTERM)

    def start(self) -> None:
        self.folder.mkdir(exist_ok=True, mode=0o700)
        retry_until = process.deadline(RETRY_S)
        while failure := self._tried():
            reason = process.tail(self.log)
            if time.monotonic() > retry_until or "Address already in use" not in reason:
                raise ServerError(
                    f"Valkey did not start at port {self.port}: {failure}. "
                    f"{self.log} ends with:\n{reason}"
                )
            time.sleep(0.25)

    def stop(self) -> None:
        if self.running is not None:
            process.end(self.running, signal.SIGTERM, patience_s=4)
            self.running = None

    def ping(self) -> bool:
        client = redis.Redis(
            host=HOST,
            port=self.port,
            password=self.password,
            socket_connect_timeout=2,
            socket_timeout=2,
            retry=Retry(NoBackoff(), 0),
        )
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def _tried(self) -> str:
        """Start it; return why it does not answer, or nothing."""
        # Through stdin: a command line, and with it the password, is for all to see.
        self.running = process.spawn(
            [str(valkey_server()), "-"],
            folder=self.folder,
            log=self.log,
            death_signal=signal.SIGTERM,
            stdin_text=CONFIGURATION.format(host=HOST, port=self.port, password=self.password),
        )
        give_up = process.deadline(START_S)
        while self.is_alive() and time.monotonic() < give_up:
            if self.ping():
                return ""
            time.sleep(process.POLL_S)
        status = self.running.poll()
        self.stop()
        return f"no answer in {START_S} s" if status is None else f"it ended with status {status}"
