"""What takes a second to import or to compress, done before somebody waits for it."""

import importlib
from collections.abc import Callable, Iterator
from functools import partial
from threading import Thread

# The science says `import scipy`, which loads its parts when they are first used.
SLOW_TO_IMPORT = (
    "scipy.fft",
    "scipy.special",
    "scipy.optimize",
    "scipy.stats",
    "scipy.signal",
    "scipy.cluster.hierarchy",
    "scipy.spatial.distance",
    "skops.io",  # with it all of scikit-learn: a prediction
)


def warm_up() -> Thread:
    """Work in a thread of its own, so that the first page need not wait for all of it."""
    thread = Thread(target=_take_all, name="warm-up", daemon=True)
    thread.start()
    return thread


def steps() -> Iterator[Callable[[], object]]:
    """Yield what is to be done, in parts of well under a second or so."""
    from bearing_portal.dashboards.embedding.dispatch import APPS
    from bearing_portal.dashboards.embedding.scripts import compressed

    for app in list(APPS.values()):
        for bundle in app.page.bundles:
            yield partial(compressed, bundle, "br")
    for name in SLOW_TO_IMPORT:
        yield partial(importlib.import_module, name)


def _take_all() -> None:
    for step in steps():
        step()
