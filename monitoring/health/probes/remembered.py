"""Keep a measurement for a while: many open pages cost one, and its age can be shown."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Taken(Generic[T]):
    """What was measured and when, on the monotonic clock."""

    value: T
    at_s: float

    @property
    def age_s(self) -> float:
        return time.monotonic() - self.at_s


class Remembered(Generic[T]):
    """A measurement of this process that is taken again once it is too old.

    Two threads that ask at once do not measure twice: the second waits for the first.
    """

    def __init__(self, measure: Callable[[], T], *, for_s: float) -> None:
        self._measure = measure
        self._for_s = for_s
        self._lock = Lock()
        self._last: Taken[T] | None = None

    def read(self, *, at_most_s: float | None = None) -> Taken[T]:
        """Return the measurement, no older than `at_most_s` or this one's own limit."""
        limit_s = self._for_s if at_most_s is None else at_most_s
        with self._lock:
            if self._last is None or self._last.age_s >= limit_s:
                self._last = Taken(self._measure(), time.monotonic())
            return self._last

    def peek(self) -> Taken[T] | None:
        """Return the last measurement where it is fresh enough, without ever measuring."""
        last = self._last
        return last if last is not None and last.age_s < self._for_s else None

    def forget(self) -> None:
        self._last = None
