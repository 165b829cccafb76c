"""What a filter holds, counted by PostgreSQL: the explorer's first tab and its side bar."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Avg, Count, Max, Min, QuerySet

from common.text import counted
from signals.exploration.medians import NO_MEDIANS, medians_by_class
from signals.filters.scope import Scope
from signals.filters.signal_filter import ANY, NO_SEVERITY, RANGES, SignalFilter
from signals.models import FaultClass, Severity, Signal

UNLABELLED: Final = "none"
_CONDITIONS = {
    "classes": "fault class",
    "severities": "severity",
    "tags": "tag",
    "rpm": "speed",
    "load": "load",
    "rms": "RMS",
    "text": "label",
}

Cell = tuple[int | None, int | None, int, float | None]  # class, severity, count, mean RMS


@dataclass(frozen=True)
class ClassRow:
    """A class within the filter.

    Attributes
    ----------
    code, name : str
        Of the class; code ``none`` is that of signals without one.
    n : int
        Signals.
    mean_rms : float or None
        Mean RMS in the signals' unit.
    mean_abs, median_rms, dominant_hz, kurtosis : float or None
        Medians of mean absolute value and RMS, in the signals' unit, of dominant frequency in Hz
        and of kurtosis; of `n_sampled` signals, of all where they are few.
    """

    code: str
    name: str
    n: int
    mean_rms: float | None
    mean_abs: float | None
    median_rms: float | None
    dominant_hz: float | None
    kurtosis: float | None
    n_sampled: int


@dataclass(frozen=True)
class Facets:
    """How many signals each option of a filter would show, the other filters being as they are."""

    classes: dict[str, int]
    severities: dict[str, int]
    tags: dict[str, int]


@dataclass(frozen=True)
class Overview:
    """What a filter holds.

    Attributes
    ----------
    n, n_all : int
        Signals of the filter, and of its dataset without any other condition.
    rows : list of ClassRow
        In the order of the classes, those that the filter holds.
    table : dict
        Signals by class code and severity code.
    facets : Facets
    """

    n: int
    n_all: int
    rows: list[ClassRow]
    table: dict[str, dict[str, int]]
    facets: Facets


@dataclass(frozen=True)
class Culprit:
    """A condition without which an empty filter would hold signals, and how many."""

    part: str
    name: str
    n: int
    without: SignalFilter


def overview(user: Any, scope: Scope) -> Overview:
    """Return what the scope holds; cached until the store changes.

    One statement groups by class and severity without the filter on either: table, counts beside
    the options and totals are sums of its cells.
    """
    _own(user, scope)
    made = json.loads(scope.cached("overview", lambda: json.dumps(_summary(scope)).encode()))
    return Overview(
        n=made["n"],
        n_all=made["n_all"],
        rows=[ClassRow(**row) for row in made["rows"]],
        table=made["table"],
        facets=Facets(made["classes"], made["severities"], _tag_counts(scope)),
    )


def count_known(scope: Scope) -> int | None:
    """Return how many signals the scope holds, where its overview has been counted already."""
    key = scope.key("overview")
    known = cache.get(key) if key else None
    return int(json.loads(known)["n"]) if isinstance(known, bytes) else None


def range_ends(user: Any, scope: Scope) -> dict[str, tuple[float, float] | None]:
    """Return lowest and highest speed, load and RMS of the dataset: the ends of the sliders."""
    _own(user, scope)
    whole = replace(scope, filter=SignalFilter(dataset=scope.filter.dataset))

    def make() -> bytes:
        ends = {f"{key}_{f.name}": f(column) for key, column in RANGES.items() for f in (Min, Max)}
        return json.dumps(whole.signals().aggregate(**ends)).encode()

    found = json.loads(whole.cached("ends", make))
    return {
        key: None if found[f"{key}_Min"] is None else (found[f"{key}_Min"], found[f"{key}_Max"])
        for key in RANGES
    }


def culprits(user: Any, scope: Scope) -> list[Culprit]:
    """Return the single conditions that empty the filter, the one that hides most first.

    Each is dropped in turn. Empty where no single one does it: then two or more must go.
    """
    _own(user, scope)
    found = []
    for part, name in _CONDITIONS.items():
        if getattr(scope.filter, part) in ((), ANY, ""):
            continue
        without = replace(scope.filter, **{part: getattr(SignalFilter(), part)})
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


def _own(user: Any, scope: Scope) -> None:
    if scope.user != user:
        raise ValueError("A scope is for the person it was made for.")


def _summary(scope: Scope) -> dict[str, Any]:
    chosen = scope.filter
    classes, severities = _named(FaultClass), _named(Severity)
    cells = _cells(scope.signals(replace(chosen, classes=(), severities=())))
    by_class = [cell for cell in cells if _passes(severities.get(cell[1]), chosen.severities)]
    by_severity = [cell for cell in cells if _passes(classes.get(cell[0]), chosen.classes)]
    held = [cell for cell in by_class if _passes(classes.get(cell[0]), chosen.classes)]
    rows = _rows(scope, held, classes)
    return {
        "n": sum(cell[2] for cell in held),
        "n_all": _n_all(scope),
        "rows": [asdict(row) for row in rows],
        "table": {
            row.code: _sums(
                (c for c in held if _code(classes.get(c[0])) == row.code), 1, severities
            )
            for row in rows
        },
        "classes": _sums(by_class, 0, classes),
        "severities": _sums(by_severity, 1, severities),
    }


def _n_all(scope: Scope) -> int:
    if scope.store is not None:
        return scope.store.n_signals
    return scope.signals(SignalFilter()).count()


def _cells(signals: QuerySet[Signal]) -> list[Cell]:
    grouped = signals.values_list("fault_class", "severity")
    # Count("pk") would need the rows: the index does not hold it.
    return list(grouped.annotate(n=Count("*"), mean=Avg("rms")))


def _named(model: type[FaultClass] | type[Severity]) -> dict[int | None, tuple[str, str]]:
    """Return code and name by id, in the order of the pages."""
    return {pk: (code, name) for pk, code, name in model.objects.values_list("pk", "code", "name")}


def _code(named: tuple[str, str] | None) -> str:
    return named[0] if named else NO_SEVERITY


def _passes(named: tuple[str, str] | None, wanted: tuple[str, ...]) -> bool:
    return not wanted or _code(named) in wanted


def _of_class(
    cells: list[Cell], classes: dict[int | None, tuple[str, str]], code: str
) -> list[Cell]:
    return [cell for cell in cells if _code(classes.get(cell[0])) == code]


def _sums(
    cells: Iterable[Cell], axis: int, named: dict[int | None, tuple[str, str]]
) -> dict[str, int]:
    sums: dict[int | None, int] = {}
    for cell in cells:
        key = cell[axis]
        pk = key if isinstance(key, int) else None
        sums[pk] = sums.get(pk, 0) + cell[2]
    return {_code(named.get(pk)): sums[pk] for pk in (*named, None) if pk in sums}


def _rows(
    scope: Scope, held: list[Cell], classes: dict[int | None, tuple[str, str]]
) -> list[ClassRow]:
    medians = medians_by_class(scope)
    found = []
    for pk in (*classes, None):
        cells = [cell for cell in held if cell[0] == pk]
        if not cells:
            continue
        measured = [(cell[2], cell[3]) for cell in cells if cell[3] is not None]
        weight = sum(n for n, _ in measured)
        middle = medians.get(pk, NO_MEDIANS)
        code, name = classes.get(pk, (UNLABELLED, "No class"))
        found.append(
            ClassRow(
                code=code,
                name=name,
                n=sum(cell[2] for cell in cells),
                mean_rms=sum(n * mean for n, mean in measured) / weight if weight else None,
                **middle._asdict(),
            )
        )
    return found


def _tag_counts(scope: Scope) -> dict[str, int]:
    links = Signal.tags.through.objects
    if not links.exists():
        return {}
    signals = scope.signals(replace(scope.filter, tags=()))
    counted = (
        links.filter(signal__in=signals.values("pk"))
        .values_list("tag__name")
        .annotate(n=Count("pk"))
        .order_by("tag__name")
    )
    return dict(counted)
