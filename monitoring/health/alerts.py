"""Tell those who run the portal when a check stays red, and when it is well again.

The process of the reconciler looks, in a thread of its own: a check that hangs delays no job. What
was told stands in a file and not in a row, as the database is one of the things that fail.
"""

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.utils import timezone

from monitoring.health.alert_messages import Alert, alert_send
from monitoring.health.checks import Check, run_checks

logger = logging.getLogger(__name__)

LOOK_S = 30.0
FILE_NAME = "alerts.json"


@dataclass(frozen=True)
class Watched:
    """A check that is red, or was and has not been told to be well again."""

    is_red: bool
    since: datetime
    is_told: bool


States = dict[str, Watched]


def judge(
    states: States, checks: Iterable[Check], *, now: datetime, after: timedelta
) -> tuple[States, Alert]:
    """Return the new states and what is to be told now.

    Red and well count once they have lasted for `after`: a check that comes and goes is told once.
    """
    known: States = {}
    red, well = [], []
    for check in checks:
        state = states.get(check.name) or Watched(is_red=False, since=now, is_told=False)
        if state.is_red == check.ok:
            state = replace(state, is_red=not check.ok, since=now)
        if state.is_red != state.is_told and now - state.since >= after:
            (red if state.is_red else well).append(check)
            state = replace(state, is_told=state.is_red)
        if state.is_red or state.is_told:
            known[check.name] = state
    return known, Alert(at=now, red=tuple(red), well=tuple(well))


def states_read(path: Path) -> States:
    """Return what is known from before; a file that cannot be meant counts as none."""
    try:
        return {
            name: Watched(bool(kept["is_red"]), _time(kept["since"]), bool(kept["is_told"]))
            for name, kept in json.loads(path.read_text("utf-8")).items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        logger.warning("What was told before is not known, %s cannot be read: %s", path.name, error)
        return {}


def states_write(path: Path, states: States) -> None:
    kept = {
        name: asdict(state) | {"since": state.since.isoformat()} for name, state in states.items()
    }
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        draft.write_text(json.dumps(kept), "utf-8")
        draft.replace(path)
    except OSError as error:  # a full disk is what is to be told: memory knows meanwhile
        logger.warning("What was told is not kept, %s cannot be written: %s", path, error)


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if timezone.is_naive(at):
        raise ValueError("a time without its zone")
    return at


class AlertWatch(threading.Thread):
    """Looks at the checks now and then, and tells what lasts.

    Parameters
    ----------
    is_its_turn : callable
        False while another process looks: several reconcilers tell a thing once.
    """

    def __init__(self, is_its_turn: Callable[[], bool]) -> None:
        super().__init__(name="alerts", daemon=True)
        self._is_its_turn = is_its_turn
        self._path = settings.DATA_DIR / FILE_NAME
        self._states = states_read(self._path)

    def run(self) -> None:
        while True:
            time.sleep(LOOK_S)
            try:
                self.look()
            except Exception:  # the boundary: a mistake in one look may not end the watch
                logger.exception("A look at the checks crashed")
            finally:
                connections.close_all()

    def look(self) -> None:
        """Make the checks once, and tell what has lasted long enough."""
        if not self._is_its_turn():
            return
        checks = run_checks()
        after = timedelta(minutes=settings.ALERT_AFTER_MINUTES)
        states, alert = judge(self._states, checks, now=timezone.now(), after=after)
        if alert and not alert_send(alert):
            # Nobody heard it: at the next look it is told again.
            told = {check.name for check in (*alert.red, *alert.well)}
            states |= {name: self._untold(name, states) for name in told}
        if states != self._states:
            states_write(self._path, states)
        self._states = states

    def _untold(self, name: str, states: States) -> Watched:
        if name in states:
            return replace(states[name], is_told=False)
        return self._states[name]  # of a check that is well and was told to be red


def is_alerting() -> bool:
    """Tell whether anybody is to be told."""
    return bool(settings.ALERT_EMAILS or settings.ALERT_WEBHOOKS)
