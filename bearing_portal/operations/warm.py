"""What takes a second to import or to compress, done before somebody waits for it."""

import importlib
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
)


def warm_up() -> Thread:
    """Work in a thread of its own, so that the first page need not wait for all of it."""
    thread = Thread(target=_prepare, name="warm-up", daemon=True)
    thread.start()
    return thread


def _prepare() -> None:
    from bearing_portal.dashboards.embedding.dispatch import APPS
    from bearing_portal.dashboards.embedding.scripts import compressed

    for app in list(APPS.values()):
        for bundle in app.page.bundles:
            compressed(bundle, "br")
    for name in SLOW_TO_IMPORT:
        importlib.import_module(name)
