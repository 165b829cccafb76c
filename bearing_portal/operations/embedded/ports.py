import random
import socket
from collections.abc import Container

from bearing_portal.operations.embedded.errors import ServerError
from bearing_portal.operations.embedded.facts import HOST

# Below the range from which the kernel lends ports to outgoing connections: a port kept for the
# next start is not taken by a passing one.
LOWEST, HIGHEST = 20_000, 32_000
ATTEMPTS = 200


def is_free(port: int, host: str = HOST) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError:
            return False
    return True


def keep_or_find(port: int, *, besides: Container[int] = ()) -> int:
    """The port, where it can still be had, or a free one."""
    if port >= LOWEST and is_free(port):
        return port
    for _ in range(ATTEMPTS):
        candidate = random.randint(LOWEST, HIGHEST)  # noqa: S311 - no secret
        if candidate not in besides and is_free(candidate):
            return candidate
    raise ServerError(f"No free port between {LOWEST} and {HIGHEST} for the embedded servers.")
