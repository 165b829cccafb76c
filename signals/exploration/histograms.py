"""How the values of a column lie within a filter: the small histograms in the table's head."""

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from django.db.models import (
    Aggregate,
    Count,
    F,
    FloatField,
    Func,
    IntegerField,
    Max,
    QuerySet,
    Value,
)

from common.errors import Invalid
from signals.exploration.overview import overview
from signals.filters.grid import NUMBERS
from signals.filters.scope import Scope
from signals.models import Signal

N_BINS: Final = 16
MOST_COUNTED: Final = 50_000
MOST_FOR_ENDS: Final = 5_000
CUT: Final = 0.01  # of the values at either end may lie beyond the ends of the bins
MEASURED: Final = {name: field for name, field in NUMBERS.items() if name not in ("id", "row")}
_DIGITS: Final = 3


@dataclass(frozen=True)
class Histogram:
    """Values of one column in bins of equal width.

    Attributes
    ----------
    column : str
        As the table names it.
    low, high : float
        Ends of the bins, in the column's unit.
    counts : list of int
        Signals in each bin; the first and the last hold what lies beyond the ends as well.
    is_cut_low, is_cut_high : bool
        Whether anything lies beyond that end.
    n_missing : int
        Signals without a value.
    n_counted, n_signals : int
        Signals that were counted, and of the filter.
    """

    column: str
    low: float
    high: float
    counts: list[int]
    is_cut_low: bool
    is_cut_high: bool
    n_missing: int
    n_counted: int
    n_signals: int

    @property
    def is_sample(self) -> bool:
        return self.n_counted < self.n_signals


def histograms_of(user: Any, scope: Scope, columns: Iterable[str]) -> dict[str, Histogram]:
    """Return how the values of some columns lie; each is cached until the store changes.

    More than `MOST_COUNTED` signals are told from the first of the random order within each class;
    the ends come from fewer still.
    """
    wanted = tuple(columns)
    if unknown := set(wanted) - set(MEASURED):
        raise Invalid(f"The table has no histogram of “{min(unknown)[:40]}”.")
    known = overview(user, scope)
    return {column: _known(scope, column, known.n, len(known.rows)) for column in wanted}


def _known(scope: Scope, column: str, n_signals: int, n_classes: int) -> Histogram:
    def make() -> bytes:
        return json.dumps(asdict(_counted(scope, column, n_signals, n_classes))).encode()

    return Histogram(**json.loads(scope.cached("histogram", make, column)))


def _counted(scope: Scope, column: str, n_signals: int, n_classes: int) -> Histogram:
    field = MEASURED[column]
    sample = _sampled(scope, n_signals, n_classes, MOST_FOR_ENDS)
    found = sample.aggregate(low=_Share(field, CUT), high=_Share(field, 1 - CUT))
    low, high = _rounded(found["low"], found["high"])
    cells = _cells(_sampled(scope, n_signals, n_classes, MOST_COUNTED), field, low, high)
    counts = [0] * N_BINS
    for cell in cells:
        if cell["bin"] is not None:
            counts[min(max(cell["bin"], 1), N_BINS) - 1] += cell["n"]
    n_counted = sum(cell["n"] for cell in cells)
    return Histogram(
        column=column,
        low=low,
        high=high,
        counts=counts,
        is_cut_low=any(cell["bin"] == 0 for cell in cells),
        is_cut_high=any((cell["highest"] or 0) > high for cell in cells if cell["bin"]),
        n_missing=n_counted - sum(counts),
        n_counted=n_counted,
        n_signals=n_signals,
    )


def _sampled(scope: Scope, n_signals: int, n_classes: int, most: int) -> QuerySet[Signal]:
    """Return the same share of each class: a filter thins the random order of all of them alike."""
    if n_signals <= most:
        return scope.signals()
    n_all = scope.store.n_signals if scope.store is not None else n_signals
    limit = math.ceil(most / n_classes * max(n_all / n_signals, 1))
    limit = min(limit, scope.filter.per_class or limit)
    return scope.signals(replace(scope.filter, per_class=limit))


def _cells(signals: QuerySet[Signal], field: str, low: float, high: float) -> list[dict[str, Any]]:
    """Return signals by bin: 0 and one beyond the last are those outside, None those without."""
    ends = (Value(low), Value(high), Value(N_BINS))
    bucket = Func(F(field), *ends, function="width_bucket", output_field=IntegerField())
    return list(signals.values(bin=bucket).annotate(n=Count("*"), highest=Max(field)))


def _rounded(low: float | None, high: float | None) -> tuple[float, float]:
    """Return ends that are short to write, just outside of the given ones and never the same."""
    if low is None or high is None:
        return 0.0, 1.0
    span = high - low or abs(high) or 1.0
    digits = _DIGITS - 1 - math.floor(math.log10(span))
    step = 10.0**-digits
    first, last = math.floor(low / step), math.ceil(high / step)
    last = last if last > first else first + 1
    return round(first * step, max(digits, 0)), round(last * step, max(digits, 0))


class _Share(Aggregate):
    """The value below which a share of all values lies."""

    function = "percentile_cont"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()

    def __init__(self, field: str, share: float) -> None:
        super().__init__(field, share=share)
