"""Waiting for a state, with an end."""

import time
from collections.abc import Callable


def until(condition: Callable[[], object], wait_s: float, step_s: float = 0.1) -> bool:
    """Wait for something; tell whether it came."""
    give_up_at_s = time.monotonic() + wait_s
    while not condition():
        if time.monotonic() > give_up_at_s:
            return False
        time.sleep(step_s)
    return True
