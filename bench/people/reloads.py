"""Whether a page that is loaded again and again makes the web process grow.

    python -m bench.people.reloads --times 1000

Each page in turn, from one web process; what it takes is read after a fifth of the times, when all
that is kept is there, and at the end.
"""

import argparse
import os
import sys
import time

import numpy as np
import psutil

from bearing_portal.operations.runner.temporary import TemporaryPortal, end_in_order
from bench.people.world import world_of
from bench.served.portal import Browser

PAGES = (
    "/",
    "/datasets/",
    "/datasets/{dataset}/",
    "/data-explorer/?dataset={dataset}",
    "/signal-viewer/?signal={signal}",
    "/training/",
    "/experiments/",
    "/inference/",
    "/system-health/",
    "/accounts/settings/",
)
WARM_UP_SHARE = 0.2


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.people.reloads", description=__doc__)
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--only", nargs="*", default=PAGES, metavar="PAGE")
    asked = parser.parse_args()
    end_in_order()
    os.environ["HEAVY_REQUESTS_PER_MINUTE"] = "0"  # nobody is held back here
    with TemporaryPortal(worker=False) as portal:
        world, (session,) = world_of(portal.url, portal.environment, 1)
        browser, web = Browser(world.netloc, session), psutil.Process(portal.web.pid)
        print(f"{'page':<36}{'p50 ms':>8}{'warm MB':>9}{'end MB':>8}{'a reload':>12}")
        for page in asked.only:
            path = page.format(dataset=world.dataset, signal=world.signals[0])
            n_warm = max(1, int(WARM_UP_SHARE * asked.times))
            spent_ms = [browser.ms(path) for _ in range(n_warm)]
            warm = _own_bytes(web)
            spent_ms += [browser.ms(path) for _ in range(asked.times - n_warm)]
            grown = _own_bytes(web) - warm
            a_reload = grown / max(1, asked.times - n_warm)
            print(
                f"{page:<36}{np.median(spent_ms):>8.0f}{warm / 2**20:>9.1f}"
                f"{(warm + grown) / 2**20:>8.1f}{a_reload:>10.0f} B",
                flush=True,
            )
    return 0


def _own_bytes(web: psutil.Process) -> int:
    time.sleep(0.5)
    return int(web.memory_full_info().uss)


if __name__ == "__main__":
    sys.exit(main())
