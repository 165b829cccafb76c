"""The features of a filter's signals as one array, read from the store's file where it has one."""

import io
import math
import zipfile
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.core.cache import cache
from django.db.models import QuerySet

from common.errors import NotFound
from common.text import thousands
from signals.filters.scope import TIMEOUT_S, Scope
from signals.models import Signal
from signals.selectors import store_path
from vibration.errors import VibrationError
from vibration.features import FEATURE_NAMES
from vibration.store import StoreReader

MOST_ROWS: Final = 20_000
_SPARE: Final = 1.5  # asked for beyond the fair share, since a filter thins the random order
_ARRAYS: Final = ("pks", "classes", "severities", "values")

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """Features of signals.

    Attributes
    ----------
    pks, classes, severities : ndarray, shape (n,)
        Ids of the signals, their classes and severities; 0 where there is none.
    values : ndarray, shape (n, 36)
        float32, NaN where undefined, in the order of the registry.
    n_signals : int
        Signals of the filter; more than n where the table is a sample.
    """

    pks: Ids
    classes: Ids
    severities: Ids
    values: npt.NDArray[np.float32]
    n_signals: int

    @property
    def is_sample(self) -> bool:
        return len(self.pks) < self.n_signals

    def column(self, feature: str) -> npt.NDArray[np.float32]:
        """Return one feature, (n,)."""
        return self.values[:, FEATURE_NAMES.index(feature)]

    def describe(self) -> str:
        """Say how many signals these are, and of how many."""
        n, total = map(thousands, self._numbers())
        return f"{n} of {total} signals, the same share of each class" if self.is_sample else n

    def _numbers(self) -> tuple[int, int]:
        return len(self.pks), self.n_signals


def feature_table(user: Any, scope: Scope, *, most: int = MOST_ROWS) -> FeatureTable:
    """Return the features of the scope's signals, of at most `most` of them.

    A sample takes the first of the random order within each class, so that it is fair and the same
    each time. It is cached until the store changes.
    """
    if scope.user != user:
        raise ValueError("A scope is for the person it was made for.")
    key = scope.key("features", str(most))
    known = _unpacked(cache.get(key)) if key else None
    if known is not None:
        return known
    table = _read(scope, most)
    if key:
        cache.set(key, _packed(table), TIMEOUT_S)
    return table


def _read(scope: Scope, most: int) -> FeatureTable:
    signals = scope.signals()
    n_signals = signals.count()
    if n_signals > most:
        signals = _sampled(scope, n_signals, most)
    rows = list(signals.values_list("pk", "row", "fault_class", "severity"))
    rows.sort()
    numbers = np.array([[part or 0 for part in row] for row in rows], np.int64).reshape(-1, 4)
    values = _from_file(scope, numbers[:, 1])
    if values is None:
        values = _from_columns(numbers[:, 0])
    return FeatureTable(numbers[:, 0], numbers[:, 2], numbers[:, 3], values, n_signals)


def _sampled(scope: Scope, n_signals: int, most: int) -> QuerySet[Signal]:
    n_classes = max(scope.signals().values("fault_class").distinct().count(), 1)
    n_all = scope.store.n_signals if scope.store is not None else n_signals
    limit = math.ceil(_SPARE * most / n_classes * max(n_all / n_signals, 1))
    limit = min(limit, scope.filter.per_class or limit)
    sample = scope.signals(replace(scope.filter, per_class=limit))
    return sample.order_by("rank_in_class", "pk")[:most]


def _from_file(scope: Scope, rows: Ids) -> npt.NDArray[np.float32] | None:
    """Return the features of rows of the store's file; None where it has none that is readable."""
    if scope.store is None:
        return None
    try:
        with StoreReader(store_path(scope.store)) as reader:
            if reader.feature_names != FEATURE_NAMES or (rows >= reader.n).any():
                return None
            return reader.features()[rows]
    except (NotFound, VibrationError):
        return None


def _from_columns(pks: Ids) -> npt.NDArray[np.float32]:
    found = Signal.objects.filter(pk__in=pks.tolist()).order_by("pk").values_list(*FEATURE_NAMES)
    return np.array(list(found), dtype=np.float32).reshape(-1, len(FEATURE_NAMES))


def _packed(table: FeatureTable) -> bytes:
    buffer = io.BytesIO()
    arrays = {name: getattr(table, name) for name in _ARRAYS}
    np.savez(buffer, n_signals=np.int64(table.n_signals), **arrays)
    return buffer.getvalue()


def _unpacked(packed: object) -> FeatureTable | None:
    if not isinstance(packed, bytes):
        return None
    try:
        with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
            pks, classes, severities, values = (arrays[name] for name in _ARRAYS)
            return FeatureTable(pks, classes, severities, values, int(arrays["n_signals"]))
    except (KeyError, ValueError, zipfile.BadZipFile):
        return None
