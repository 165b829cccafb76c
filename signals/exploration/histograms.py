"""How the values of columns lie within a filter: the small histograms in the table's head."""

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Aggregate, F, FloatField, Func, IntegerField, QuerySet, Value

from common.errors import Invalid
from signals.filters.cells import counts_by_class
from signals.filters.grid import NUMBERS
from signals.filters.sample import fair_sample
from signals.filters.scope import Scope
from signals.models import Signal

N_BINS: Final = 16
MOST_COUNTED: Final = 50_000
MOST_FOR_ENDS: Final = 5_000
CUT: Final = 0.01  # of the values at either end may lie beyond the ends of the bins
MEASURED: Final = {
    name: field for name, field in NUMBERS.items() if name not in ("id", "row", "position")
}
_DIGITS: Final = 3


@dataclass(frozen=True)
class Histogram:
    """Values of one column in bins of equal width.

    Attributes
    ----------
    column : str
        As the table names it.
    edges : list of float
        Of the bins, in the column's unit. A value on an edge lies in the bin that begins there.
    counts : list of int
        Signals in each bin; the first and the last hold what lies beyond the ends as well.
    n_missing : int
        Signals without a value.
    n_counted, n_signals : int
        Signals that were counted, and of the filter.
    """

    column: str
    edges: list[float]
    counts: list[int]
    n_missing: int
    n_counted: int
    n_signals: int

    @property
    def is_sample(self) -> bool:
        return self.n_counted < self.n_signals


def histograms_of(user: Any, scope: Scope, columns: Iterable[str]) -> dict[str, Histogram]:
    """Return how the values of some columns lie, all counted in one scan; cached until the store
    changes.

    More than `MOST_COUNTED` signals are told from a fair sample; the ends come from fewer still.
    """
    if scope.user != user:
        raise ValueError("A scope is for the person it was made for.")
    wanted = tuple(columns)
    if unknown := set(wanted) - set(MEASURED):
        raise Invalid(f"The table has no histogram of “{min(unknown)[:40]}”.")

    def make() -> bytes:
        return json.dumps([asdict(one) for one in _counted(scope, wanted)]).encode()

    made = json.loads(scope.cached("histograms", make, ",".join(wanted)))
    return {one["column"]: Histogram(**one) for one in made}


def _counted(scope: Scope, columns: tuple[str, ...]) -> list[Histogram]:
    held = counts_by_class(scope)
    sample = fair_sample(scope, MOST_FOR_ENDS, held=held)
    ends = sample.aggregate(**{column: _Ends(MEASURED[column]) for column in columns})
    edges = [_edges(*(ends[column] or (None, None))) for column in columns]
    counts = _counts(fair_sample(scope, MOST_COUNTED, held=held), columns, edges)
    return [
        Histogram(
            column=column,
            edges=edges[place],
            counts=[counts.get((place, number), 0) for number in range(N_BINS)],
            n_missing=counts.get((place, None), 0),
            n_counted=sum(n for (of, _), n in counts.items() if of == place),
            n_signals=sum(held.values()),
        )
        for place, column in enumerate(columns)
    ]


def _counts(
    signals: QuerySet[Signal], columns: tuple[str, ...], edges: list[list[float]]
) -> dict[tuple[int, int | None], int]:
    """Return signals by column and bin, None for those without a value: one scan for all."""
    if not columns:
        return {}
    bins = {
        f"bin_{place}": Func(
            F(MEASURED[column]),
            # What lies beyond the ends belongs to the first and to the last bin.
            Value(inner[1:-1], output_field=ArrayField(FloatField())),
            function="width_bucket",
            output_field=IntegerField(),
        )
        for place, (column, inner) in enumerate(zip(columns, edges, strict=True))
    }
    inner, parameters = signals.values_list(*bins.values()).query.sql_with_params()
    names = [f"b{place}" for place in range(len(columns))]
    rows = ", ".join(f"({place}, {name})" for place, name in enumerate(names))
    statement = f"""
        SELECT place, bin, count(*)
        FROM ({inner}) AS binned ({", ".join(names)})
        CROSS JOIN LATERAL (VALUES {rows}) AS each (place, bin)
        GROUP BY place, bin
    """  # noqa: S608 - names and places are made here, values are parameters
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return {(place, number): n for place, number, n in cursor.fetchall()}


def _edges(low: float | None, high: float | None) -> list[float]:
    first, last = _rounded(low, high)
    step = (last - first) / N_BINS
    return [first, *(float(f"{first + place * step:.9g}") for place in range(1, N_BINS)), last]


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


class _Ends(Aggregate):
    """The values below which `CUT` of all values lies, and above which."""

    function = "percentile_cont"
    template = "%(function)s(%(shares)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = ArrayField(FloatField())

    def __init__(self, field: str) -> None:
        super().__init__(field, shares=f"ARRAY[{CUT}, {1 - CUT}]::float8[]")
