"""Running conditions of the signals of a feature table, and the quarters they fall into."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from common.database import among
from common.text import minus, thousands
from signals.feature_table import FeatureTable
from signals.filters.scope import Scope
from signals.models import Signal

# Condition: column, title, unit.
CONDITIONS: Final = {
    "rpm": ("rpm", "Speed", "rpm"),
    "load": ("load_percent", "Load", "%"),
    "temperature": ("temperature_c", "Temperature", "°C"),
}
_FEWEST: Final = 4

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Quarter:
    """Signals of a quarter of a condition's values: both ends in its unit, and which rows."""

    low: float
    high: float
    unit: str
    rows: npt.NDArray[np.bool_]

    @property
    def name(self) -> str:
        low, high = (_plain(edge) for edge in (self.low, self.high))
        span = low if low == high else f"{low}–{high}"
        return f"{span} {self.unit}"


def condition_of(user: Any, scope: Scope, table: FeatureTable, condition: str) -> Floats:
    """Return a condition of the table's signals, (n,), NaN where it is not known."""
    if scope.user != user:
        raise ValueError("A scope is for the person it was made for.")
    column = CONDITIONS[condition][0]
    rows = Signal.objects.filter(pk__in=among(table.pks)).order_by()
    known = dict(rows.values_list("pk", column))
    values = (known.get(pk) for pk in table.pks.tolist())
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def quarters_of(values: Floats, condition: str) -> list[Quarter]:
    """Return the quarters that values fall into, fewer where many are alike, none of few.

    A value on an edge belongs to the lower quarter; missing ones belong to none.
    """
    known = values[np.isfinite(values)]
    if known.size < _FEWEST:
        return []
    edges = np.unique(np.quantile(known, (0.25, 0.5, 0.75)))
    place = np.searchsorted(edges, values, side="left")
    unit = CONDITIONS[condition][2]
    found = []
    for quarter in range(edges.size + 1):
        rows = np.isfinite(values) & (place == quarter)
        if rows.any():
            inside = values[rows]
            found.append(Quarter(float(inside.min()), float(inside.max()), unit, rows))
    return found


def _plain(value: float) -> str:
    """Write an edge with three digits, whole where it is large.

    >>> _plain(3300.4), _plain(0.1234)
    ('3\\u202f300', '0.123')
    """
    return thousands(value) if abs(value) >= 100 else minus(f"{value:.3g}")
