"""Several web processes under one: forked from it, ended with it, replaced when they end."""

import gc
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from functools import partial
from types import FrameType
from typing import Final

from django.db import connections

from bearing_portal.operations.web.pulse import Pulses, Watch
from vibration.processes import die_with_parent

logger = logging.getLogger(__name__)

STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
MAKE_WAY: Final = signal.SIGUSR1  # to answer what is under way, however long it takes, and end
PATIENCE_S: Final = 7.0
_WATCH_S: Final = 0.2
_STEADY_AFTER_S: Final = 5.0
_PAUSE_S: Final = 1.0
_SERVING_S: Final = 30.0  # those that take the place of the first serve by then
_PLACES_EACH: Final = 4  # one that answers, one that takes its place, and others that still end

Beat = Callable[[], None]


class WebProcesses:
    """So many processes that do the same work, until a signal comes.

    Parameters
    ----------
    n_processes : int
        How many.
    work : callable
        What each does; it ends in order on SIGTERM, and on `MAKE_WAY`, which waits until it is
        unblocked there. It is given what it calls every second.
    silent_s : float, optional
        A process that has not called for so long is killed; 0 never.
    """

    def __init__(
        self, n_processes: int, work: Callable[[Beat], None], *, silent_s: float = 0.0
    ) -> None:
        self._n_processes, self._work = n_processes, work
        self._watch, self._pulses = Watch(silent_s), Pulses(_PLACES_EACH * n_processes)
        self._places: dict[int, int] = {}
        self._stop = threading.Event()
        self._started_at_s: dict[int, float] = {}
        self._replaced: set[int] = set()
        self._first: int | None = None
        self._not_before_s = 0.0

    def run(self, *, preparing: Iterable[Callable[[], object]]) -> None:
        """Start one at once; prepare meanwhile what all share, and have all of them start from it.

        Memory that is filled before a fork is not filled again after it, and a process that takes
        the place of another has nothing to prepare.
        """
        for number in STOP_SIGNALS:
            signal.signal(number, self._on_signal)
        self._start()
        for step in preparing:
            if self._stop.is_set():
                break
            step()
        gc.collect()
        gc.freeze()  # a search for garbage writes to each object, and no page would stay shared
        self._first = next(iter(self._started_at_s))
        self._replaced.add(self._first)
        way_at_s = time.monotonic() + _SERVING_S
        while not self._stop.is_set():
            self._reap()
            self._end_silent()
            self._fill()
            self._have_first_make_way(way_at_s)
            self._stop.wait(_WATCH_S)
        self._finish()

    def _have_first_make_way(self, at_s: float) -> None:
        """Let the first go once all others serve, so that somebody always does."""
        others = self._started_at_s.keys() - self._replaced
        n_serving = sum(self._pulses.count(self._places[pid]) > 0 for pid in others)
        if self._first not in self._started_at_s:
            self._first = None
        elif n_serving == self._n_processes or (others and time.monotonic() > at_s):
            os.kill(self._first, MAKE_WAY)
            self._first = None

    def _fill(self) -> None:
        n_lasting = len(self._started_at_s.keys() - self._replaced)
        if time.monotonic() >= self._not_before_s:
            for _ in range(self._n_processes - n_lasting):
                self._start()

    def _start(self) -> None:
        connections.close_all()
        parent_pid = os.getpid()
        # A signal between the fork and the child's own handlers would be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, (*STOP_SIGNALS, MAKE_WAY))
        place = self._pulses.take()
        pid = os.fork()
        if pid == 0:
            _be_child(partial(self._work, partial(self._pulses.beat, place)), parent_pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (*STOP_SIGNALS, MAKE_WAY))
        self._places[pid] = place
        self._started_at_s[pid] = time.monotonic()

    def _reap(self) -> None:
        for pid, started_at_s in list(self._started_at_s.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            del self._started_at_s[pid]
            self._pulses.give_back(self._places.pop(pid))
            if pid in self._replaced:
                self._replaced.remove(pid)
                continue
            code = os.waitstatus_to_exitcode(status)
            how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
            logger.warning("Web process %d %s; another one takes its place.", pid, how)
            if time.monotonic() - started_at_s < _STEADY_AFTER_S:
                self._not_before_s = time.monotonic() + _PAUSE_S

    def _end_silent(self) -> None:
        """Kill what does not turn any more: SIGTERM would wait for the loop that hangs."""
        counts = {pid: self._pulses.count(place) for pid, place in self._places.items()}
        for pid in self._watch.silent(counts, time.monotonic()):
            logger.error("Web process %d answers nothing any more and is killed.", pid)
            os.kill(pid, signal.SIGKILL)

    def _finish(self) -> None:
        for pid in self._started_at_s:
            os.kill(pid, signal.SIGTERM)
        give_up_at_s = time.monotonic() + PATIENCE_S
        while self._started_at_s and time.monotonic() < give_up_at_s:
            self._replaced |= self._started_at_s.keys()
            self._reap()
            time.sleep(0.02)
        for pid in self._started_at_s:
            os.kill(pid, signal.SIGKILL)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()


def _be_child(work: Callable[[], None], parent_pid: int) -> None:
    """Do the work and end here, whatever happens: the frames above are the parent's."""
    status = 1
    try:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        die_with_parent(parent_pid)
        work()
        status = 0
    except BaseException:  # the boundary: nothing may unwind into the parent's frames
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
