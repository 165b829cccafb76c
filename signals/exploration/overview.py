"""What a filter holds, counted by PostgreSQL: the explorer's first tab and its side bar."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Count, Max, Min, Q

from common.remembered import remembered
from signals.exploration.medians import NO_MEDIANS, medians_by_class
from signals.filters.cells import Cell, cells_of, held_by, whole_of
from signals.filters.scope import Scope
from signals.filters.signal_filter import NO_SEVERITY, NO_SIDE, RANGES, SignalFilter
from signals.models import FaultClass, Severity, Signal, SplitMember
from signals.selectors import classes_all, has_recordings, severities_all

UNLABELLED: Final = "none"
OPEN = SignalFilter()


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
    """How many signals each option of a filter would show, the other filters being as they are.

    Attributes
    ----------
    classes, severities : dict
        By code: of all that the dataset holds, 0 where the other filters leave none.
    n_originals, n_copies : int
        Signals, and copies that augmentation made of others; `has_copies` says whether the dataset
        has any.
    most_in_class : int
        Signals of the dataset's largest class.
    """

    classes: dict[str, int]
    severities: dict[str, int]
    n_originals: int
    n_copies: int
    has_copies: bool
    most_in_class: int


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


def overview(user: Any, scope: Scope) -> Overview:
    """Return what the scope holds; cached until the store changes.

    Table, counts beside the options and totals are sums of the scope's cells.
    """
    own(user, scope)
    key = scope.key("overview")
    if key is None:
        return _overview(scope)
    return remembered(("overview", key), lambda: _overview(scope))


def _overview(scope: Scope) -> Overview:
    made = json.loads(scope.cached("overview", lambda: json.dumps(_summary(scope)).encode()))
    rows = [ClassRow(**row) for row in made.pop("rows")]
    return Overview(**made | {"rows": rows, "facets": Facets(**made["facets"])})


def count_known(scope: Scope) -> int | None:
    """Return how many signals the scope holds, where its overview has been counted already."""
    key = scope.key("overview")
    known = cache.get(key) if key else None
    return int(json.loads(known)["n"]) if isinstance(known, bytes) else None


def range_ends(user: Any, scope: Scope) -> dict[str, tuple[float, float] | None]:
    """Return lowest and highest speed, load and RMS of the dataset: the ends of the sliders."""
    own(user, scope)
    whole = replace(scope, filter=SignalFilter(dataset=scope.filter.dataset))

    def make() -> bytes:
        ends = {f"{key}_{f.name}": f(column) for key, column in RANGES.items() for f in (Min, Max)}
        return json.dumps(whole.signals().aggregate(**ends)).encode()

    found = json.loads(whole.cached("ends", make))
    return {
        key: None if found[f"{key}_Min"] is None else (found[f"{key}_Min"], found[f"{key}_Max"])
        for key in RANGES
    }


def tag_counts(user: Any, scope: Scope) -> dict[str, int]:
    """Return how many signals of the filter have each tag, whatever tags it asks for; 0 for tags
    that only other signals of the dataset have. Never kept: a tag gives a store no new version.
    """
    own(user, scope)
    links = Signal.tags.through.objects
    if not links.exists():
        return {}
    chosen = scope.signals(replace(scope.filter, tags=())).values("pk")
    all_of_them = whole_of(scope).signals().values("pk")
    counted = links.filter(signal__in=all_of_them).values_list("tag__name")
    within = Count("pk", filter=Q(signal__in=chosen))
    return dict(counted.annotate(n=within).order_by("tag__name"))


def recording_counts(user: Any, scope: Scope, part: str) -> dict[str, int]:
    """Return how many signals each specimen, or each run, of the dataset would show.

    Parameters
    ----------
    part : str
        ``specimens`` or ``runs``; counted as if the filter did not ask for any of these.
    """
    own(user, scope)
    if scope.store is None:
        return {}
    column = f"recording__{part.removesuffix('s')}__name"
    unasked: dict[str, Any] = {part: ()}
    others = replace(scope, filter=replace(scope.filter, **unasked))

    def counted_of(one: Scope) -> dict[str, int]:
        rows = one.signals().filter(recording__isnull=False).values_list(column)
        return {name: n for name, n in rows.annotate(n=Count("pk")) if name}

    def make(one: Scope) -> bytes:
        return json.dumps(counted_of(one)).encode()

    known = {f"{part.removesuffix('s')}__isnull": False}
    if not has_recordings(scope.store) or not scope.store.recordings.filter(**known).exists():
        return {}
    whole = whole_of(scope)
    names = json.loads(whole.cached(f"count-{part}", lambda: make(whole)))
    found: dict[str, int] = json.loads(others.cached(f"count-{part}", lambda: make(others)))
    return dict.fromkeys(names, 0) | found


def side_counts(user: Any, scope: Scope) -> dict[str, int]:
    """Return how many signals each side of the filter's split would show, as if the filter did not
    ask for any of them; `NO_SIDE` are those that the split does not know.
    """
    own(user, scope)
    split = scope.split
    if split is None:
        return {}
    names = dict(split.sides.values_list("position", "name"))
    others = replace(scope, filter=replace(scope.filter, sides=()))

    def make() -> bytes:
        signals = others.signals()
        members = SplitMember.objects.filter(split=split, signal__in=signals.values("pk"))
        rows = members.order_by().values_list("side").annotate(n=Count("*"))
        counts = {names[side]: n for side, n in rows}
        return json.dumps(counts | {NO_SIDE: signals.count() - sum(counts.values())}).encode()

    return dict(json.loads(others.cached("count-sides", make)))


def own(user: Any, scope: Scope) -> None:
    """Hold a caller to the person whose scope it is."""
    if scope.user != user:
        raise ValueError("A scope is for the person it was made for.")


def _summary(scope: Scope) -> dict[str, Any]:
    classes, severities = _named(classes_all()), _named(severities_all())
    held = held_by(scope)
    rows = _rows(scope, held, classes) if held else []
    store = scope.store
    n_all = store.n_signals if store is not None else scope.signals(SignalFilter()).count()
    return {
        "n": sum(cell.n for cell in held),
        "n_all": n_all,
        "rows": [asdict(row) for row in rows],
        "table": {
            row.code: _sums(
                (cell for cell in held if _code(classes.get(cell.fault_class)) == row.code),
                1,
                severities,
            )
            for row in rows
        },
        "facets": asdict(_facets(scope, classes, severities)),
    }


def _facets(
    scope: Scope,
    classes: dict[int | None, tuple[str, str]],
    severities: dict[int | None, tuple[str, str]],
) -> Facets:
    """Sum the cells up for each condition as if it were not set."""
    whole = cells_of(whole_of(scope))
    cells = {
        part: held_by(replace(scope, filter=replace(scope.filter, **{part: getattr(OPEN, part)})))
        for part in ("classes", "severities", "originals")
    }
    sizes = _sums(whole, 0, classes)
    return Facets(
        classes=dict.fromkeys(sizes, 0) | _sums(cells["classes"], 0, classes),
        severities=dict.fromkeys(_sums(whole, 1, severities), 0)
        | _sums(cells["severities"], 1, severities),
        n_originals=sum(cell.n for cell in cells["originals"] if not cell.is_copy),
        n_copies=sum(cell.n for cell in cells["originals"] if cell.is_copy),
        has_copies=any(cell.is_copy for cell in whole),
        most_in_class=max(sizes.values(), default=0),
    )


def _named(rows: Iterable[FaultClass | Severity]) -> dict[int | None, tuple[str, str]]:
    """Return code and name by id, in the order of the pages."""
    return {row.pk: (row.code, row.name) for row in rows}


def _code(named: tuple[str, str] | None) -> str:
    return named[0] if named else NO_SEVERITY


def _sums(
    cells: Iterable[Cell], axis: int, named: dict[int | None, tuple[str, str]]
) -> dict[str, int]:
    sums: dict[int | None, int] = {}
    for cell in cells:
        key = cell[axis]
        pk = key if isinstance(key, int) else None
        sums[pk] = sums.get(pk, 0) + cell.n
    return {_code(named.get(pk)): sums[pk] for pk in (*named, None) if pk in sums}


def _rows(
    scope: Scope, held: list[Cell], classes: dict[int | None, tuple[str, str]]
) -> list[ClassRow]:
    medians = medians_by_class(scope)
    found = []
    for pk in (*classes, None):
        cells = [cell for cell in held if cell.fault_class == pk]
        if not cells:
            continue
        measured = [(cell.n, cell.mean_rms) for cell in cells if cell.mean_rms is not None]
        weight = sum(n for n, _ in measured)
        middle = medians.get(pk, NO_MEDIANS)
        code, name = classes.get(pk, (UNLABELLED, "No class"))
        found.append(
            ClassRow(
                code=code,
                name=name,
                n=sum(cell.n for cell in cells),
                mean_rms=sum(n * mean for n, mean in measured) / weight if weight else None,
                **middle._asdict(),
            )
        )
    return found
