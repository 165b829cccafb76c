"""One web process: Daphne at a socket that others may listen at too, and an end without a loss."""

import signal
import socket
import time
from collections.abc import Callable
from typing import Any, Final

from daphne import server as daphne
from daphne.http_protocol import WebRequest
from twisted.internet import reactor
from twisted.internet.task import LoopingCall

from bearing_portal.operations.web.intake import bound_intake
from bearing_portal.operations.web.outflow import pace_outflow
from bearing_portal.operations.web.pulse import BEAT_S

DRAIN_S: Final = 5.0
_LOOK_EVERY_S: Final = 0.05
_CLOSED_S: Final = 0.2  # connections that are still being taken in have arrived by then


class Server(daphne.Server):  # type: ignore[misc]
    """Daphne at a socket that is open already. Asked to end, it first answers what it was asked."""

    def __init__(self, listener: socket.socket, application: Any) -> None:
        super().__init__(
            application,
            endpoints=["the socket below"],
            signal_handlers=False,
            verbosity=0,
            ready_callable=self._adopt,
        )
        self.endpoints.clear()
        self._listener = listener
        self._port: Any = None
        self._drained_at_s = 0.0

    def _adopt(self) -> None:
        self._listener.setblocking(False)  # Twisted takes connections until there are no more
        self._port = reactor.adoptStreamPort(  # type: ignore[attr-defined]
            self._listener.fileno(), self._listener.family, self.http_factory
        )
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            daphne.twisted_loop.add_signal_handler(number, self.drain)

    def drain(self) -> None:
        """Take no more connections and stop once the requests under way are answered."""
        if self._drained_at_s:
            return
        self._drained_at_s = time.monotonic()
        self._port.stopListening()
        reactor.callLater(_CLOSED_S, self._stop_when_done)  # type: ignore[attr-defined]

    def _stop_when_done(self) -> None:
        too_long = time.monotonic() - self._drained_at_s > DRAIN_S
        if too_long or not any(map(self._is_under_way, self.connections.items())):
            self.stop()
        else:
            reactor.callLater(_LOOK_EVERY_S, self._stop_when_done)  # type: ignore[attr-defined]

    @staticmethod
    def _is_under_way(connection: tuple[Any, dict[str, Any]]) -> bool:
        protocol, details = connection
        answering = details.get("application_instance")
        return isinstance(protocol, WebRequest) and bool(answering) and not answering.done()


def serve(
    listener: socket.socket, application: Any, beat: Callable[[], None] | None = None
) -> None:
    """Answer at `listener` until a signal comes; `beat` is called while the event loop turns."""
    bound_intake()
    pace_outflow()
    if beat is not None:
        LoopingCall(beat).start(BEAT_S)
    Server(listener, application).run()
