"""Why a filter holds no signal: which condition hides those that there are."""

from dataclasses import dataclass, replace
from typing import Any, Final

from common.text import counted
from signals.exploration.overview import OPEN, overview, own
from signals.filters.scope import Scope
from signals.filters.signal_filter import SignalFilter

_CONDITIONS = {
    "classes": "fault class",
    "severities": "severity",
    "sides": "split",
    "tags": "tag",
    "specimens": "specimen",
    "runs": "run",
    "recordings": "recording",
    "rpm": "speed",
    "load": "load",
    "rms": "RMS",
    "per_class": "signals per class",
    "text": "label",
    "originals": "originals",
}
NO_SIGNALS: Final = "There are no signals yet."


@dataclass(frozen=True)
class Culprit:
    """A condition without which an empty filter would hold signals, and how many."""

    part: str
    name: str
    n: int
    without: SignalFilter


def culprits(user: Any, scope: Scope) -> list[Culprit]:
    """Return the single conditions that empty the filter, the one that hides most first.

    Each is dropped in turn. Empty where no single one does it: then two or more must go.
    """
    own(user, scope)
    found = []
    for part, name in _CONDITIONS.items():
        if getattr(scope.filter, part) == getattr(OPEN, part):
            continue
        without = replace(scope.filter, **{part: getattr(OPEN, part)})
        if n := scope.signals(without).count():
            found.append(Culprit(part, name, n, without))
    return sorted(found, key=lambda culprit: -culprit.n)


def empty_sentence(found: list[Culprit]) -> str:
    """Say which condition empties the filter."""
    if not found:
        return "No signal fits; no single condition alone is the reason. Reset the filter."
    first = found[0]
    there = f"there {'is' if first.n == 1 else 'are'} {counted(first.n, 'signal')}"
    return f"No signal fits. Without the condition on {first.name} {there}."


def why_empty(user: Any, scope: Scope) -> str:
    """Say why a filter holds no signal; the same words on every panel. Empty where it holds any."""
    found = overview(user, scope)
    if found.n:
        return ""
    if not found.n_all:
        return NO_SIGNALS
    sentence = lambda: empty_sentence(culprits(user, scope)).encode()  # noqa: E731
    return scope.cached("why-empty", sentence).decode()
