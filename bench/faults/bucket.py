"""A bucket on this machine, behind a small proxy that can be slow, refusing or gone."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from types import TracebackType
from typing import Self

from bearing_portal.operations.embedded.facts import HOST
from bearing_portal.operations.embedded.ports import keep_or_find
from bearing_portal.operations.embedded.process import end
from bench.faults.waiting import until
from vibration.processes import dying_with_parent

_TERM = signal.SIGTERM
NAME = "faults"
START_S = 90.0
SLOW_S = 3.0
CHUNK_BYTES = 1 << 16
REFUSAL = (
    b"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: 36\r\n"
    b"Connection: close\r\n\r\n<Error><Code>SlowDown</Code></Error>"
)


class Bucket:
    """A server that speaks S3, and the only way to it."""

    def __init__(self) -> None:
        self.trouble = ""
        self._server_port = keep_or_find(0)
        self.port = keep_or_find(0, besides=(self._server_port,))
        self._listener: socket.socket | None = None
        self._server: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"s3://key:secret@{NAME}/portal?endpoint=http://{HOST}:{self.port}&region=us-east-1"

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(self._server_port)]
        self._server = subprocess.Popen(  # noqa: S603 - our own command
            dying_with_parent(command, _TERM), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if not until(lambda: _asked(self._server_port, "GET", "/moto-api/") == 200, START_S):
            self.__exit__(None, None, None)
            raise RuntimeError("The server of the bucket does not answer.")
        _asked(self._server_port, "PUT", f"/{NAME}")
        self._listen()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _stack: TracebackType | None,
    ) -> None:
        self._deafen()
        end(self._server, _TERM)

    def answers(self) -> bool:
        return _asked(self.port, "GET", "/moto-api/") == 200

    @contextmanager
    def troubled(self, how: str) -> Iterator[None]:
        """Have it slow, refusing or gone for as long as the block lasts."""
        self.trouble = how
        if how == "gone":
            self._deafen()
        try:
            yield
        finally:
            self.trouble = ""
            if how == "gone":
                self._listen()

    def _listen(self) -> None:
        self._listener = socket.create_server((HOST, self.port), backlog=100)
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def _deafen(self) -> None:
        if self._listener is not None:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None

    def _serve(self, listener: socket.socket) -> None:
        with suppress(OSError):  # the listener is closed
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self._pass_on, args=(connection,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        with closing(client), suppress(OSError):
            server = socket.create_connection((HOST, self._server_port))
            with closing(server):
                answers = (server, client, False)
                back = threading.Thread(target=self._pump, args=answers, daemon=True)
                back.start()
                self._pump(client, server, True)
                back.join()

    def _pump(self, source: socket.socket, target: socket.socket, is_asking: bool) -> None:
        """Pass bytes on, in one of the two directions, as the trouble of the moment lets it."""
        with suppress(OSError):
            while data := source.recv(CHUNK_BYTES):
                if self.trouble in ("refusing", "gone") and is_asking:
                    if self.trouble == "refusing":
                        source.sendall(REFUSAL)
                    source.shutdown(socket.SHUT_RDWR)
                    break
                if self.trouble == "slow" and not is_asking:
                    time.sleep(SLOW_S)
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)


def _asked(port: int, method: str, path: str) -> int:
    """Ask once; 0 where nobody answers."""
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()
