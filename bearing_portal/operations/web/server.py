"""One web process: Daphne at a socket that others may listen at too, and an end without a loss."""

import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from typing import Any, Final
from weakref import WeakSet

from daphne import server as daphne
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import reactor
from twisted.internet.task import LoopingCall
from twisted.web.http import HTTPChannel

from bearing_portal.operations.web.intake import bound_intake
from bearing_portal.operations.web.outflow import pace_outflow
from bearing_portal.operations.web.processes import MAKE_WAY
from bearing_portal.operations.web.pulse import BEAT_S

logger = logging.getLogger(__name__)

DRAIN_S: Final = 5.0  # whoever ends the portal waits no longer
MAKE_WAY_S: Final = 600.0  # another one serves meanwhile: time enough for a slow upload
_LOOK_EVERY_S: Final = 0.05
_CLOSED_S: Final = 0.2  # connections that are still being taken in have arrived by then
_COME_AGAIN: Final = 1012  # "service restart" (RFC 6455's registry of close codes)


class Channel(HTTPChannel):
    """A connection that can be told to end with its next answer."""

    is_last = False

    def writeHeaders(  # noqa: N802 - Twisted's name
        self, version: bytes, code: bytes, reason: bytes, headers: Any
    ) -> None:
        if self.is_last:
            headers.setRawHeaders(b"Connection", [b"close"])
            self.persistent = 0
        super().writeHeaders(version, code, reason, headers)

    @property
    def is_open(self) -> bool:
        """Whether it still speaks HTTP: it has neither ended nor become a socket of a page."""
        return getattr(self.transport, "protocol", None) is self

    @property
    def is_under_way(self) -> bool:
        """Whether a request is being received or answered, or its answer has not left yet."""
        if not self.is_open:
            return False
        is_asked = bool(self.requests or self._buffer) or _has_unread(self.transport.socket)
        return is_asked or self.transport in reactor.getWriters()  # type: ignore[attr-defined]


class Channels(HTTPFactory):  # type: ignore[misc]
    """Daphne's factory, which remembers the connections that it made."""

    protocol = Channel

    def __init__(self, server: "Server") -> None:
        super().__init__(server)
        self.known: WeakSet[Channel] = WeakSet()
        self.are_last = False

    def buildProtocol(self, addr: Any) -> Channel:  # noqa: N802 - Twisted's name
        channel: Channel = super().buildProtocol(addr)
        channel.is_last = self.are_last
        self.known.add(channel)
        return channel

    def end_with_next_answer(self) -> None:
        self.are_last = True
        for channel in self.known:
            channel.is_last = True


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
        self._channels: Channels
        self._give_up_at_s: float | None = None

    def _adopt(self) -> None:
        self._listener.setblocking(False)  # Twisted takes connections until there are no more
        self._channels = Channels(self)
        self._port = reactor.adoptStreamPort(  # type: ignore[attr-defined]
            self._listener.fileno(), self._listener.family, self._channels
        )
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            daphne.twisted_loop.add_signal_handler(number, self.drain, DRAIN_S)
        daphne.twisted_loop.add_signal_handler(MAKE_WAY, self.drain, MAKE_WAY_S)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [MAKE_WAY])

    def drain(self, patience_s: float) -> None:
        """Take no more connections and stop once the requests under way are answered."""
        give_up_at_s = time.monotonic() + patience_s
        if self._give_up_at_s is not None:
            self._give_up_at_s = min(give_up_at_s, self._give_up_at_s)
            return
        self._give_up_at_s = give_up_at_s
        logger.info("Web process %d ends once all is answered.", os.getpid())
        self._port.stopListening()
        self._channels.end_with_next_answer()
        self._say_come_again()
        reactor.callLater(_CLOSED_S, self._stop_when_done)  # type: ignore[attr-defined]

    def _stop_when_done(self) -> None:
        self._say_come_again()
        too_long = time.monotonic() > (self._give_up_at_s or 0.0)
        kept = [channel for channel in self._channels.known if channel.is_open]
        n_left = sum(channel.is_under_way for channel in kept)
        if too_long and n_left:
            logger.warning("%d requests were under way for too long and are cut.", n_left)
        is_done = not n_left and not any(map(_is_at_work, self.connections.items()))
        if too_long or (is_done and not kept):
            self.stop()
            return
        if is_done:  # between two requests: what comes later goes elsewhere
            for channel in kept:
                channel.loseConnection()
        reactor.callLater(_LOOK_EVERY_S, self._stop_when_done)  # type: ignore[attr-defined]

    def _say_come_again(self) -> None:
        """Close the sockets of pages, which then open another one elsewhere."""
        for protocol in self.connections:
            if isinstance(protocol, WebSocketProtocol) and protocol.state == protocol.STATE_OPEN:
                protocol.sendCloseFrame(code=_COME_AGAIN)


def _is_at_work(connection: tuple[Any, dict[str, Any]]) -> bool:
    protocol, details = connection
    answering = details.get("application_instance")
    return isinstance(protocol, WebRequest) and bool(answering) and not answering.done()


def _has_unread(connection: socket.socket) -> bool:
    """Tell whether something has arrived at a connection that nobody has looked at yet."""
    try:
        return bool(connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except OSError:
        return False


def serve(
    listener: socket.socket, application: Any, beat: Callable[[], None] | None = None
) -> None:
    """Answer at `listener` until a signal comes; `beat` is called while the event loop turns."""
    # Twisted would plan by the time of day, and wait for hours once that is set back.
    reactor.seconds = time.monotonic  # type: ignore[attr-defined]
    bound_intake()
    pace_outflow()
    if beat is not None:
        LoopingCall(beat).start(BEAT_S)
    Server(listener, application).run()
