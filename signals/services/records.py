"""The rows of a store's records."""

import math
from dataclasses import dataclass
from hashlib import md5
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

from common.cache.counted import forget_tagged
from common.database import among, copied_into
from common.errors import Unavailable
from signals.models import (
    Annotation,
    FaultClass,
    LabelReview,
    Severity,
    Signal,
    SignalFeatures,
    SignalPast,
    SignalStore,
    Split,
    Version,
)
from signals.services.tags import tags_forget_unused
from vibration.store import StoreReader

BLOCK_ROWS: Final = 10_000
_NUMBERS = (
    "severity_factor",
    "rpm",
    "load_percent",
    "temperature_c",
    "sommerfeld",
    "reynolds",
    "clearance_ratio",
)


def signals_insert(*, store: SignalStore, reader: StoreReader) -> dict[int, int]:
    """Write a row for each record of a store's file; call it inside a transaction.

    The file is read and written in blocks: only class, number and rank are held for all records.

    Returns
    -------
    dict of int to int
        Number of signals by fault class id.
    """
    order = _order_of(reader)
    known = _Known(store)
    unknown = sorted(set(order.codes) - set(known.classes))
    if unknown:
        raise Unavailable(
            f"The portal does not know the fault class {', '.join(unknown)}. "
            "An administrator runs the seed command once."
        )
    columns = _columns(known, reader, order, 0, min(BLOCK_ROWS, reader.n))
    with copied_into(Signal, list(columns)) as copy:
        for start in range(0, reader.n, BLOCK_ROWS):
            if start:
                stop = min(start + BLOCK_ROWS, reader.n)
                columns = _columns(known, reader, order, start, stop)
            for row in zip(*columns.values(), strict=True):
                copy.write_row(row)
    counts = np.bincount(order.class_of, minlength=len(order.codes)).tolist()
    return {known.classes[code].pk: n for code, n in zip(order.codes, counts, strict=True)}


def signals_delete(*, store: SignalStore) -> None:
    """Delete a store's signals with what hangs on them, without reading a million of them first."""
    Annotation.objects.filter(signal__store=store).delete()
    LabelReview.objects.filter(signal__store=store).delete()
    _features_delete("signal_id IN (SELECT id FROM signals_signal WHERE store_id = %s)", store.pk)
    history_forget(store=store)
    links = Signal.tags.through.objects.filter(signal__store=store)
    tags = list(links.order_by().values_list("tag", flat=True).distinct())
    links.delete()
    table = connection.ops.quote_name(Signal._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE store_id = %s", [store.pk])  # noqa: S608
    tags_forget_unused(tags=tags)


@transaction.atomic
def signals_delete_some(*, store: SignalStore, from_row: int, at_most: int) -> tuple[int, int]:
    """Delete some of a store's signals with what hangs on them, in the order of the file.

    Parameters
    ----------
    from_row : int
        Where to begin: looking from the start again would pass all that went before.

    Returns
    -------
    (int, int)
        How many went, and the row to go on from.
    """
    found = Signal.objects.filter(store=store, row__gte=from_row).order_by("row")
    pairs = list(found.values_list("pk", "row")[:at_most])
    if not pairs:
        return 0, from_row
    pks = [pk for pk, _ in pairs]
    Annotation.objects.filter(signal__in=among(pks)).delete()
    LabelReview.objects.filter(signal__in=among(pks)).delete()
    _features_delete("signal_id = ANY(%s::bigint[])", pks)
    links = Signal.tags.through.objects.filter(signal__in=among(pks))
    tags = list(links.order_by().values_list("tag", flat=True).distinct())
    links.delete()
    table = connection.ops.quote_name(Signal._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s::bigint[])", [pks])  # noqa: S608
    tags_forget_unused(tags=tags)
    return len(pairs), pairs[-1][1] + 1


def history_forget(*, store: SignalStore) -> None:
    """Forget splits, versions and what signals were in them: what refers to the signals."""
    Split.objects.filter(store=store).delete()
    SignalPast.objects.filter(store=store).delete()
    Version.objects.filter(store=store).delete()


def _features_delete(condition: str, value: Any) -> None:
    table = connection.ops.quote_name(SignalFeatures._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {condition}", [value])  # noqa: S608


def cached_results_forget(*, store_id: int) -> None:
    """Drop every cached result of a store; see `signals.selectors.cache_key`."""
    forget_tagged(str(store_id))


@dataclass(frozen=True)
class _Order:
    """What a record's row needs to know of all other records.

    Attributes
    ----------
    codes : list of str
        Codes of the fault classes.
    class_of, number, rank : int array (n,)
        Which of the codes, the place within the class from 1, and a random order within it that
        hangs on the rows alone.
    """

    codes: list[str]
    class_of: npt.NDArray[np.int16]
    number: npt.NDArray[np.int32]
    rank: npt.NDArray[np.int32]

    @property
    def width(self) -> int:
        return max(4, len(str(self.number.max(initial=0))))


class _Known:
    """What the columns of every block say alike."""

    def __init__(self, store: SignalStore) -> None:
        self.store_id = store.pk
        self.classes = {row.code: row for row in FaultClass.objects.all()}
        self.severities = dict(Severity.objects.values_list("code", "pk"))


def _order_of(reader: StoreReader) -> _Order:
    numbers: dict[str, int] = {}
    class_of = np.empty(reader.n, dtype=np.int16)
    for start in range(0, reader.n, BLOCK_ROWS):
        stop = min(start + BLOCK_ROWS, reader.n)
        found = reader.column("class", start, stop).tolist()
        class_of[start:stop] = [numbers.setdefault(code, len(numbers)) for code in found]
    number, rank = (np.empty(reader.n, dtype=np.int32) for _ in range(2))
    # As `signals.services.ranks.ranks_deal` orders them.
    keys = np.array([md5(b"%d" % row, usedforsecurity=False).digest() for row in range(reader.n)])
    for place in numbers.values():
        rows = np.flatnonzero(class_of == place)
        number[rows] = np.arange(1, rows.size + 1)
        rank[rows[np.argsort(keys[rows])]] = np.arange(rows.size)
    return _Order(list(numbers), class_of, number, rank)


def _columns(
    known: _Known, reader: StoreReader, order: _Order, start: int, stop: int
) -> dict[str, list[object]]:
    n, width = stop - start, order.width
    index = reader.index(start, stop)
    classes = [known.classes[order.codes[place]] for place in order.class_of[start:stop].tolist()]
    numbers = order.number[start:stop].tolist()
    columns: dict[str, list[object]] = {
        "store_id": [known.store_id] * n,
        "row": list(range(start, stop)),
        "label": [f"{c.label_prefix}-{k:0{width}d}" for c, k in zip(classes, numbers, strict=True)],
        "fs_hz": [reader.fs_hz] * n,
        "n_samples": [reader.n_samples] * n,
        "unit": [reader.unit] * n,
        "fault_class_id": [fault_class.pk for fault_class in classes],
        "severity_id": [
            known.severities[code] if code else None for code in index["severity"].tolist()
        ],
        "progresses": index["progresses"].tolist(),
        "transient": [code or Signal.Transient.NONE for code in index["transient"].tolist()],
        "augmented": index["augmented"].tolist(),
        "source_row": _source_rows(index),
        "seed_key": index["seed_key"].tolist(),
        "rank_in_class": order.rank[start:stop].tolist(),
    }
    columns |= {name: _nullable(index[name]) for name in _NUMBERS}
    features = reader.features(start, stop)
    for position, name in enumerate(reader.feature_names):
        columns[name] = _nullable(features[:, position])
    return columns


def _nullable(values: npt.NDArray[Any]) -> list[object]:
    return [value if math.isfinite(value) else None for value in values.tolist()]


def _source_rows(index: dict[str, Any]) -> list[object]:
    pairs = zip(index["augmented"].tolist(), index["source_index"].tolist(), strict=True)
    return [int(source) if copy and math.isfinite(source) else None for copy, source in pairs]
