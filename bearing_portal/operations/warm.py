"""What takes a second to import, brought in before somebody waits for it."""

import importlib
from threading import Thread

SLOW_TO_IMPORT = (
    "scipy.stats",
    "scipy.signal",
    "scipy.cluster.hierarchy",
    "scipy.spatial.distance",
)


def warm_up() -> Thread:
    """Import in a thread of its own, so that the first page need not wait for all of it."""
    thread = Thread(target=_import_all, name="warm-up", daemon=True)
    thread.start()
    return thread


def _import_all() -> None:
    for name in SLOW_TO_IMPORT:
        importlib.import_module(name)
