"""Whether the web processes still turn: each counts in memory that all share, one looks.

A process that is stopped, or whose event loop waits for something for ever, takes connections and
answers none of them; nothing about it ends by itself.
"""

import mmap
import struct
from collections.abc import Mapping
from typing import Final

BEAT_S: Final = 1.0
_COUNT: Final = struct.Struct("Q")
_AT_ONCE_S: Final = 1.0
_FIRST: Final = 4  # so many times as long until it beats for the first time


class Pulses:
    """Counters of processes that are forked from the one that made them."""

    def __init__(self, n_most: int) -> None:
        self._memory = mmap.mmap(-1, n_most * _COUNT.size)
        self._free = set(range(n_most))

    def take(self) -> int:
        """Return the place of a counter, which begins at 0."""
        place = min(self._free)
        self._free.remove(place)
        _COUNT.pack_into(self._memory, place * _COUNT.size, 0)
        return place

    def give_back(self, place: int) -> None:
        """Free a counter whose process has ended."""
        self._free.add(place)

    def beat(self, place: int) -> None:
        _COUNT.pack_into(self._memory, place * _COUNT.size, self.count(place) + 1)

    def count(self, place: int) -> int:
        return int(_COUNT.unpack_from(self._memory, place * _COUNT.size)[0])


class Watch:
    """How long each process has been silent while somebody looked.

    Between two looks no more than a second counts: while the machine slept, or whoever looks was
    stopped, nobody could have beaten, or been heard.

    Parameters
    ----------
    silent_s : float
        After so long a process is given up; 0 never.
    """

    def __init__(self, silent_s: float) -> None:
        self._silent_s = silent_s
        self._looked_at_s: float | None = None
        self._heard: dict[int, int] = {}
        self._silence_s: dict[int, float] = {}

    def silent(self, counts: Mapping[int, int], now_s: float) -> list[int]:
        """Return the processes to give up, of those that are there with their counts."""
        before_s = now_s if self._looked_at_s is None else self._looked_at_s
        passed_s = min(now_s - before_s, _AT_ONCE_S)
        self._looked_at_s = now_s
        self._silence_s = {
            pid: self._silence_s.get(pid, 0.0) + passed_s if self._heard.get(pid) == count else 0.0
            for pid, count in counts.items()
        }
        self._heard = dict(counts)
        return [pid for pid, count in counts.items() if self._is_over(pid, count)]

    def _is_over(self, pid: int, count: int) -> bool:
        patience_s = self._silent_s * (1 if count else _FIRST)
        return 0 < patience_s < self._silence_s[pid]
