"""The features of a filter's signals as one array, read from the store's file where it has one."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.db.models import Aggregate, BinaryField, FloatField, Func, Value
from django.db.models.functions import Cast, Coalesce

from common.database import among
from common.errors import NotFound
from common.text import thousands
from signals.feature_groups import group_columns
from signals.filters.cells import held_by
from signals.filters.sample import SPREAD, fair_sample, order_lengths, scattered
from signals.filters.scope import Scope
from signals.models import Signal
from signals.selectors import store_path
from vibration.errors import VibrationError
from vibration.features import FEATURE_NAMES
from vibration.store import StoreReader

MOST_ROWS: Final = 20_000
_ROWS_OF_STORE: Final = 2**32
_BLOCK: Final = 50_000  # rows that PostgreSQL packs at a time
_NONE: Final = Value(float("nan"), FloatField())
_NOTHING: Final = Value(b"", BinaryField())

Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Table = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """Features of signals.

    Attributes
    ----------
    pks, classes, severities : ndarray, shape (n,)
        Ids of the signals, their classes and severities; 0 where there is none.
    records : ndarray of int, shape (n,)
        A number that a record and the copies made of it have in common; of imported signals those
        of one specimen, else of one recording.
    is_copy : ndarray of bool, shape (n,)
        Whether augmentation made the signal of another one.
    places : ndarray, shape (n,)
        Where the signal stands in the random order of its class, 0 to 1: those below a share are a
        fair sample of it.
    values : ndarray, shape (n, k)
        float32, NaN where undefined, a column for each of `names`.
    n_signals, n_originals : int
        Signals of the filter, more than n where the table is a sample; and those without copies.
    names : tuple of str
        Of the features, in the order of the registry where all are there.
    """

    pks: Ids
    classes: Ids
    severities: Ids
    records: Ids
    is_copy: Flags
    places: npt.NDArray[np.float64]
    values: Table
    n_signals: int
    n_originals: int
    names: tuple[str, ...] = FEATURE_NAMES

    @property
    def is_sample(self) -> bool:
        return len(self.pks) < self.n_signals

    def column(self, feature: str) -> npt.NDArray[np.float32]:
        """Return one feature, (n,)."""
        return self.values[:, self.names.index(feature)]

    def describe(self) -> str:
        """Say how many signals these are, and of how many."""
        n, total = map(thousands, self._numbers())
        return f"{n} of {total} signals, the same share of each class" if self.is_sample else n

    def originals(self) -> "FeatureTable":
        """Return the table without copies."""
        return replace(self._of(np.flatnonzero(~self.is_copy)), n_signals=self.n_originals)

    def at_most(self, most: int) -> "FeatureTable":
        """Return a fair sample of so many rows, all where there are no more."""
        if len(self.pks) <= most:
            return self
        return self._of(np.sort(np.argsort(self.places, kind="stable")[:most]))

    def _of(self, rows: npt.NDArray[np.intp]) -> "FeatureTable":
        return replace(self, **{name: getattr(self, name)[rows] for name in (*_ARRAYS, "values")})

    def _numbers(self) -> tuple[int, int]:
        return len(self.pks), self.n_signals


_DAMAGED: Final = (EOFError, KeyError, OSError, ValueError, zipfile.BadZipFile)
_ARRAYS: Final = ("pks", "classes", "severities", "records", "is_copy", "places")


def feature_table(
    user: Any, scope: Scope, *, most: int = MOST_ROWS, features: Sequence[str] = FEATURE_NAMES
) -> FeatureTable:
    """Return features of the scope's signals, of about `most` of them at most.

    `features` may name those of groups too (`signals.feature_groups`), behind the 36 or without
    them. A sample is fair and the same each time. Which signals these are is read once, all their
    features or a single one once too, however many ask at the same time; they are cached until the
    store changes.
    """
    if scope.user != user:
        raise ValueError("A scope is for the person it was made for.")
    rows, store_rows = _rows_of(scope, most)
    names = tuple(features)
    n_own = len(FEATURE_NAMES)
    if names[:n_own] == FEATURE_NAMES:
        columns = [_kept(scope, most, "", rows, store_rows)]
        rest = names[n_own:]
        columns += [group_columns(rows.pks, rest)] if rest else []
    else:
        beside = tuple(name for name in names if name not in FEATURE_NAMES)
        of_groups = dict(zip(beside, group_columns(rows.pks, beside).T, strict=True))
        columns = [
            of_groups[name][:, None]
            if name in of_groups
            else _kept(scope, most, name, rows, store_rows)
            for name in names
        ]
    values = np.concatenate(columns, axis=1) if columns else rows.values
    return replace(rows, values=values, names=names)


def _rows_of(scope: Scope, most: int) -> tuple[FeatureTable, Ids]:
    """Return a table without any feature, and the rows of its signals in their store."""

    def make() -> bytes:
        return _packed(**_read(scope, most))

    try:
        found = _unpacked(scope.cached("signals", make, str(most)))
    except _DAMAGED:
        found = _unpacked(make())
    store_rows = found.pop("store_rows")
    found |= {name: int(found[name]) for name in ("n_signals", "n_originals")}
    values = np.zeros((len(store_rows), 0), np.float32)
    return FeatureTable(**found, values=values, names=()), store_rows


def _read(scope: Scope, most: int) -> dict[str, Any]:
    held = held_by(scope)
    signals = fair_sample(scope, most)
    order = scattered() if scope.store is None else "rank_in_class"
    columns = (
        *("pk", "row", "store", "fault_class", "severity", "augmented", "source_row"),
        *(order, "recording", "recording__specimen"),
    )
    rows = [[-1 if part is None else part for part in row] for row in signals.values_list(*columns)]
    numbers = np.array(sorted(rows), np.int64).reshape(-1, len(columns))
    pks, row, store, classes, severities, is_copy, source, place, recording, specimen = numbers.T
    # Its specimen, else its recording, else the original: as `signals.selectors.group_key` says.
    records = np.where(source >= 0, source, row) + _ROWS_OF_STORE * store
    records = np.where(recording >= 0, -2 - 2 * recording, records)
    records = np.where(specimen >= 0, -3 - 2 * specimen, records)
    return {
        "pks": pks,
        "store_rows": row,
        "classes": np.maximum(classes, 0),
        "severities": np.maximum(severities, 0),
        "records": np.unique(records, return_inverse=True)[1],
        "is_copy": is_copy > 0,
        "places": place / _lengths(scope, classes),
        "n_signals": sum(cell.n for cell in held),
        "n_originals": sum(cell.n for cell in held if not cell.is_copy),
    }


def _lengths(scope: Scope, classes: Ids) -> npt.NDArray[np.float64]:
    """Return how long the order is that each signal has its place in."""
    if scope.store is None:
        return np.full(classes.size, float(SPREAD))
    lengths = order_lengths(scope)
    known = {-1 if pk is None else pk: float(n) for pk, n in lengths.items()}
    return np.array([max(known.get(pk, 1.0), 1.0) for pk in classes.tolist()], dtype=float)


def _kept(scope: Scope, most: int, feature: str, rows: FeatureTable, store_rows: Ids) -> Table:
    """Return one feature, (n, 1), or with no name all of them, (n, 36)."""
    names = (feature,) if feature else FEATURE_NAMES

    def make() -> bytes:
        values = _from_file(scope, store_rows, names)
        if values is None:
            values = _from_columns(rows.pks, names)
        return values.astype(np.float32).tobytes()

    kept = scope.cached("features", make, f"{most}:{feature}")
    if len(kept) != 4 * len(names) * len(rows.pks):  # damaged, or of rows that were read later
        kept = make()
    return np.frombuffer(kept, np.float32).reshape(-1, len(names))


def _from_file(scope: Scope, rows: Ids, names: tuple[str, ...]) -> Table | None:
    """Return the features of rows of the store's file; None where it has none that is readable."""
    if scope.store is None:
        return None
    try:
        with StoreReader(store_path(scope.store)) as reader:
            if reader.feature_names != FEATURE_NAMES or (rows >= reader.n).any():
                return None
            places = [FEATURE_NAMES.index(name) for name in names]
            return reader.features()[rows][:, places]
    except (NotFound, VibrationError):
        return None


def _from_columns(pks: Ids, names: tuple[str, ...]) -> Table:
    """PostgreSQL packs the numbers: as rows of Python they take five times as long."""
    numbers = (Cast("pk", FloatField()), *(Coalesce(name, _NONE) for name in names))
    parts = (Func(number, function="float8send") for number in numbers)
    row = Func(*parts, template="%(expressions)s", arg_joiner=" || ", output_field=BinaryField())
    values = np.full((pks.size, len(names)), np.nan, np.float32)
    for first in range(0, pks.size, _BLOCK):
        signals = Signal.objects.filter(pk__in=among(pks[first : first + _BLOCK]))
        packed = signals.aggregate(all=Aggregate(row, _NOTHING, function="string_agg"))["all"]
        rows = np.frombuffer(packed or b"", ">f8").reshape(-1, 1 + len(names))
        # What was deleted meanwhile stays empty.
        values[np.searchsorted(pks, rows[:, 0])] = rows[:, 1:]
    return values


def _packed(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def _unpacked(packed: bytes) -> dict[str, Any]:
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        return dict(arrays)
