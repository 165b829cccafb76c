"""How many signals of each class and severity lie in a scope, originals and copies apart."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple

from django.db.models import Avg, Count

from signals.filters.scope import Scope
from signals.filters.signal_filter import NO_SEVERITY, SignalFilter
from signals.models import FaultClass, Severity
from signals.selectors import classes_all, severities_all


class Cell(NamedTuple):
    """Signals of one class and one severity.

    Attributes
    ----------
    fault_class, severity : int or None
        Ids.
    is_copy : bool
        Whether they are augmented copies of others.
    n : int
    mean_rms : float or None
        In the signals' unit.
    """

    fault_class: int | None
    severity: int | None
    is_copy: bool
    n: int
    mean_rms: float | None


def cells_of(scope: Scope) -> list[Cell]:
    """Return the cells of a scope without its conditions on class, severity and copies.

    One statement, cached until the store changes: the counts beside the options of these three
    conditions, and of the filter itself, are sums of its cells.
    """
    open_to_all = replace(scope.filter, classes=(), severities=(), originals=False)
    wide = replace(scope, filter=open_to_all)

    def make() -> bytes:
        grouped = wide.signals().values_list("fault_class", "severity", "augmented")
        # Count("pk") would need the rows: the index does not hold it.
        return json.dumps(list(grouped.annotate(n=Count("*"), mean=Avg("rms")))).encode()

    return [Cell(*cell) for cell in json.loads(wide.cached("cells", make))]


def whole_of(scope: Scope) -> Scope:
    """Return all signals of a scope's stores."""
    everything = SignalFilter(dataset=scope.filter.dataset)
    return replace(scope, filter=everything, within=None, within_key="")


def held_by(scope: Scope) -> list[Cell]:
    """Return the cells of what the scope holds."""
    chosen = scope.filter
    classes = _wanted(classes_all, chosen.classes)
    severities = _wanted(severities_all, chosen.severities)
    return [
        cell
        for cell in cells_of(scope)
        if (classes is None or cell.fault_class in classes)
        and (severities is None or cell.severity in severities)
        and not (chosen.originals and cell.is_copy)
    ]


def counts_by_class(scope: Scope) -> dict[int | None, int]:
    """Return how many signals the scope holds of each class, by its id."""
    counts: dict[int | None, int] = {}
    for cell in held_by(scope):
        counts[cell.fault_class] = counts.get(cell.fault_class, 0) + cell.n
    return counts


def _wanted(
    rows: Callable[[], Iterable[FaultClass | Severity]], codes: tuple[str, ...]
) -> set[int | None] | None:
    """Return the ids of codes, None among them where signals without any are meant; of no code
    nothing, for then all are.
    """
    if not codes:
        return None
    known: set[int | None] = {row.pk for row in rows() if row.code in codes}
    return known | {None} if NO_SEVERITY in codes else known
