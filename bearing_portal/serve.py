"""What the Procfile runs as `web`: `python -m bearing_portal.serve -b HOST -p PORT`.

One address, and `WEB_PROCESSES` processes that answer at it.
"""

import argparse
import os
import socket
import sys
from tempfile import TemporaryDirectory

from django.core.exceptions import ImproperlyConfigured

from bearing_portal.operations.configuration import leave
from bearing_portal.settings.places import environment
from bearing_portal.settings.processes import web_processes, web_silent_s

_BACKLOG = 1024


def main() -> None:
    parser = argparse.ArgumentParser(prog="bearing_portal.serve", description=__doc__)
    parser.add_argument("-b", "--bind", default="127.0.0.1", help="address to listen at")
    parser.add_argument("-p", "--port", type=int, default=8000)
    asked = parser.parse_args()
    try:
        n_processes, silent_s = web_processes(environment()), web_silent_s(environment())
    except ImproperlyConfigured as error:
        leave(f"Configuration: {error}")
    listener = _listen(asked.bind, asked.port)
    if n_processes == 1 and not silent_s:  # one that hangs cannot tell of itself
        _serve_alone(listener)
    else:
        with TemporaryDirectory(prefix="portal-metrics-") as metrics:
            # The counts of all processes lie together, so that each can tell them all. It must be
            # known before the metrics are declared.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = metrics
            _serve_together(listener, n_processes, silent_s)


def _serve_alone(listener: socket.socket) -> None:
    from bearing_portal.asgi import application
    from bearing_portal.operations.web.server import serve
    from bearing_portal.operations.web.warm import warm_up

    warm_up()
    serve(listener, application)


def _serve_together(listener: socket.socket, n_processes: int, silent_s: float) -> None:
    """Load the portal once and fork: the processes share the memory of what they have in common."""
    from bearing_portal.asgi import application
    from bearing_portal.operations.web.processes import Beat, WebProcesses
    from bearing_portal.operations.web.warm import steps

    def work(beat: "Beat") -> None:
        # Only here: Twisted's event loop must not be one that several processes share.
        from bearing_portal.operations.web.server import serve

        serve(listener, application, beat)

    WebProcesses(n_processes, work, silent_s=silent_s).run(preparing=steps())


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        leave(f"Port {port} on {host} cannot be used ({error.strerror}); take another one.")
    listener.listen(_BACKLOG)
    return listener


if __name__ == "__main__":
    sys.exit(main())
