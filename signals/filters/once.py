"""What several requests ask for at the same time is made once, and kept for those that follow."""

from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from threading import Lock
from typing import Final

from django.core.cache import cache

# Of this process: another one makes the same again, which costs time and changes nothing.
_UNDER_WAY: Final[dict[str, "Future[bytes]"]] = {}
_LOCK: Final = Lock()


def made_once(key: str, make: Callable[[], bytes], timeout_s: int) -> bytes:
    """Return what the cache holds under a key, else what `make` returns.

    Whoever asks while it is looked for or made waits for the same result. Where making fails, each
    of them tries alone and gets the error itself.
    """
    with _LOCK:
        waiting_for = _UNDER_WAY.get(key)
        if waiting_for is None:
            mine = _UNDER_WAY[key] = Future()
    if waiting_for is not None:
        try:
            return waiting_for.result()
        except CancelledError:
            return make()
    try:
        known = cache.get(key)
        made = known if isinstance(known, bytes) else make()
        if made is not known:
            cache.set(key, made, timeout_s)
        mine.set_result(made)
    finally:
        with _LOCK:
            del _UNDER_WAY[key]
        mine.cancel()  # of one that is done nothing is left to cancel
    return made
