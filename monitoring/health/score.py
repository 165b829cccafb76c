"""The health score: one figure from 0 to 100, and the four parts it is made of.

    score = services (40) + queue wait (20) + disk free (20) + memory (20)

- services: 40 × the weights of the checks that pass ÷ the weights of all;
- queue wait: all points while the oldest waiting job waits at most 10 s, none from 10 min on;
- disk free: all points from 20 % free on, none at 5 % or less;
- memory: all points while 40 % can still be had, none at 5 % or less;

in between linear. Each part is rounded and the score is their sum, so that what is shown adds up.
What could not be measured earns nothing.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

SERVICES, QUEUE_WAIT, DISK_FREE, MEMORY = 40, 20, 20, 20
# Without these nothing works; the others are told of in time.
WEIGHTS = {"database": 8, "valkey": 8, "workers": 8, "storage": 8}
_OTHER_WEIGHT = 2
GOOD_WAIT_S, BAD_WAIT_S = 10.0, 600.0
GOOD_DISK_SHARE, BAD_DISK_SHARE = 0.20, 0.05
GOOD_MEMORY_SHARE, BAD_MEMORY_SHARE = 0.40, 0.05
WELL, FAIR = 75, 50


@dataclass(frozen=True)
class Part:
    name: str
    points: int
    of: int

    @property
    def level(self) -> str:
        return level(100 * self.points / self.of)


@dataclass(frozen=True)
class Score:
    parts: tuple[Part, ...]

    @property
    def total(self) -> int:
        return sum(part.points for part in self.parts)

    @property
    def level(self) -> str:
        return level(self.total)


def health_score(
    *,
    services: Mapping[str, bool],
    longest_wait_s: float | None,
    disk_free_share: float | None,
    memory_free_share: float | None,
) -> Score:
    """Return the score of what was measured; None is what could not be."""
    wait = _share(longest_wait_s, bad=BAD_WAIT_S, good=GOOD_WAIT_S)
    disk = _share(disk_free_share, bad=BAD_DISK_SHARE, good=GOOD_DISK_SHARE)
    memory = _share(memory_free_share, bad=BAD_MEMORY_SHARE, good=GOOD_MEMORY_SHARE)
    return Score(
        (
            Part("Services", round(SERVICES * _services_share(services)), SERVICES),
            Part("Queue wait", round(QUEUE_WAIT * wait), QUEUE_WAIT),
            Part("Disk free", round(DISK_FREE * disk), DISK_FREE),
            Part("Memory", round(MEMORY * memory), MEMORY),
        )
    )


def level(percent: float) -> str:
    """Return the status role of a part or score: success, warn or danger."""
    if percent >= WELL:
        return "success"
    return "warn" if percent >= FAIR else "danger"


def _services_share(services: Mapping[str, bool]) -> float:
    weights = {name: WEIGHTS.get(name, _OTHER_WEIGHT) for name in services}
    passing = sum(weight for name, weight in weights.items() if services[name])
    return passing / sum(weights.values()) if weights else 0.0


def _share(value: float | None, *, bad: float, good: float) -> float:
    if value is None or math.isnan(value):
        return 0.0
    return min(1.0, max(0.0, (value - bad) / (good - bad)))
