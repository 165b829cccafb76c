"""Where a signal's features lie among those of its class and of its whole store."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.core.cache import cache
from django.db.models import Count, QuerySet

from signals.filters.sample import first_of_order, shares_of
from signals.models import Signal, SignalStore
from signals.selectors import cache_key
from vibration.features import FEATURE_NAMES

MOST_PER_CLASS = 500  # the first of the random order within a class are a fair sample
FEWEST = 5
TIMEOUT_S = 3600
SHARES = np.linspace(0.0, 1.0, 101)

Quantiles = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Place:
    """A value among others, in per cent of those below it; quartiles of its class likewise.

    Attributes
    ----------
    in_class, in_all : float
        0 to 100.
    quartiles : (float, float)
        Where the middle half of the class lies among all.
    """

    in_class: float
    in_all: float
    quartiles: tuple[float, float]


@dataclass(frozen=True)
class Distribution:
    """Quantiles of every feature, (36, 101), of a class and of all; and how many they are of."""

    of_class: Quantiles
    of_all: Quantiles
    n_class: int
    n_all: int

    def place(self, feature: str, value: float | None) -> Place | None:
        """Return where a value lies; None where nothing can be said."""
        row = FEATURE_NAMES.index(feature)
        own, all_of_them = self.of_class[row], self.of_all[row]
        if value is None or np.isnan(own[0]) or np.isnan(all_of_them[0]):
            return None
        low, high = (_share(all_of_them, float(own[at])) for at in (25, 75))
        return Place(_share(own, value), _share(all_of_them, value), (low, high))


def distribution_of(signal: Signal) -> Distribution | None:
    """Return what a signal's features are compared with; None where there is too little.

    The signal has been found for a person, who may therefore see its store.
    """
    of_class = _quantiles(signal.store, signal.fault_class_id)
    of_all = _quantiles(signal.store, None)
    if min(of_class[1], of_all[1]) < FEWEST:
        return None
    return Distribution(of_class[0], of_all[0], of_class[1], of_all[1])


def _quantiles(store: SignalStore, fault_class_id: int | None) -> tuple[Quantiles, int]:
    key = cache_key("quantiles", store, str(fault_class_id or "all"))
    known = cache.get(key)
    if isinstance(known, bytes) and len(known) == 8 + 4 * len(FEATURE_NAMES) * SHARES.size:
        values = np.frombuffer(known, np.float32, offset=8)
        return values.reshape(len(FEATURE_NAMES), -1), int.from_bytes(known[:8], "little")
    rows = Signal.objects.filter(store=store).order_by()
    if fault_class_id is not None:
        rows = rows.filter(fault_class=fault_class_id, rank_in_class__lt=MOST_PER_CLASS)
    else:
        counts = dict(rows.values_list("fault_class").annotate(n=Count("*")))
        shares = shares_of(counts, MOST_PER_CLASS * len(counts))
        rows = rows.filter(first_of_order(shares, counts))
    values, n = _computed(rows)
    cache.set(key, n.to_bytes(8, "little") + values.tobytes(), TIMEOUT_S)
    return values, n


def _computed(rows: QuerySet[Signal]) -> tuple[Quantiles, int]:
    table = np.array(list(rows.values_list(*FEATURE_NAMES)), dtype=np.float64)
    result = np.full((len(FEATURE_NAMES), SHARES.size), np.nan, dtype=np.float32)
    for column in range(table.shape[1] if table.size else 0):
        known = table[:, column][~np.isnan(table[:, column])]
        if known.size:
            result[column] = np.quantile(known, SHARES)
    return result, len(table)


def _share(quantiles: Quantiles, value: float) -> float:
    return float(np.interp(value, quantiles, 100 * SHARES))
