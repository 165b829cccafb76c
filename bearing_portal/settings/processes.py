"""How many processes answer pages."""

import os
from pathlib import Path

from bearing_portal.settings.environment import Environment

MOST_BY_DEFAULT = 8  # each holds up to DATABASE_POOL_SIZE connections of the database's hundred
CGROUP_LIMIT = Path("/sys/fs/cgroup/cpu.max")


def web_processes(env: Environment) -> int:
    """Return WEB_PROCESSES, or one a core."""
    return env.integer("WEB_PROCESSES", 0, lowest=0, highest=64) or min(cores(), MOST_BY_DEFAULT)


def web_silent_s(env: Environment) -> float:
    """Return after how long a web process whose event loop stands still is replaced; 0 never."""
    return float(env.integer("WEB_SILENT_S", 30, lowest=0, highest=3600))


def cores(limit: Path = CGROUP_LIMIT) -> int:
    """Return how many cores this process may use: a container may have fewer than its machine."""
    try:
        n_usable = len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        n_usable = os.cpu_count() or 1
    try:
        quota, period = limit.read_text().split()[:2]
        n_usable = min(n_usable, -(-int(quota) // int(period)))
    except (OSError, ValueError):
        pass  # no container, or one without a limit
    return max(1, n_usable)
