"""The rows of a store's records."""

import math
from typing import Any

import numpy as np
from django.db import connection, transaction

from common.cache.counted import forget_tagged
from common.errors import Unavailable
from signals.models import Annotation, FaultClass, Severity, Signal, SignalStore
from vibration.store import StoreReader

_RANK_SEED = 0x72_616E_6B  # "rank"
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

    Returns
    -------
    dict of int to int
        Number of signals by fault class id.
    """
    index = reader.index()
    classes = {row.code: row for row in FaultClass.objects.all()}
    unknown = sorted(set(index["class"].tolist()) - set(classes))
    if unknown:
        raise Unavailable(
            f"The portal does not know the fault class {', '.join(unknown)}. "
            "An administrator runs the seed command once."
        )
    columns = _columns(store, reader, index, classes)
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    table = connection.ops.quote_name(Signal._meta.db_table)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,  # names come from the model
    ):
        for row in zip(*columns.values(), strict=True):
            copy.write_row(row)
    codes, counts = np.unique(index["class"], return_counts=True)
    return {classes[code].pk: int(n) for code, n in zip(codes.tolist(), counts, strict=True)}


def signals_delete(*, store: SignalStore) -> None:
    """Delete a store's signals with what hangs on them, without reading a million of them first."""
    Annotation.objects.filter(signal__store=store).delete()
    Signal.tags.through.objects.filter(signal__store=store).delete()
    table = connection.ops.quote_name(Signal._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE store_id = %s", [store.pk])  # noqa: S608


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
    Annotation.objects.filter(signal__in=pks).delete()
    Signal.tags.through.objects.filter(signal__in=pks).delete()
    table = connection.ops.quote_name(Signal._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [pks])  # noqa: S608
    return len(pairs), pairs[-1][1] + 1


def cached_results_forget(*, store_id: int) -> None:
    """Drop every cached result of a store; see `signals.selectors.cache_key`."""
    forget_tagged(str(store_id))


def _columns(
    store: SignalStore,
    reader: StoreReader,
    index: dict[str, Any],
    classes: dict[str, FaultClass],
) -> dict[str, list[object]]:
    n = reader.n
    severities = dict(Severity.objects.values_list("code", "pk"))
    codes = index["class"].tolist()
    numbers = _number_within_class(codes)
    width = max(4, len(str(max(numbers))))
    prefixes = {code: row.label_prefix for code, row in classes.items()}
    columns: dict[str, list[object]] = {
        "store_id": [store.pk] * n,
        "row": list(range(n)),
        "label": [f"{prefixes[c]}-{k:0{width}d}" for c, k in zip(codes, numbers, strict=True)],
        "fs_hz": [reader.fs_hz] * n,
        "n_samples": [reader.n_samples] * n,
        "unit": [reader.unit] * n,
        "fault_class_id": [classes[code].pk for code in codes],
        "severity_id": [severities[code] if code else None for code in index["severity"].tolist()],
        "progresses": index["progresses"].tolist(),
        "transient": [code or Signal.Transient.NONE for code in index["transient"].tolist()],
        "augmented": index["augmented"].tolist(),
        "source_row": _source_rows(index),
        "seed_key": index["seed_key"].tolist(),
        "rank_in_class": _rank_in_class(codes, reader.fingerprint),
    }
    columns |= {name: _nullable(index[name]) for name in _NUMBERS}
    features = reader.features()
    for position, name in enumerate(reader.feature_names):
        columns[name] = _nullable(features[:, position])
    return columns


def _nullable(values: np.ndarray[Any, Any]) -> list[object]:
    return [value if math.isfinite(value) else None for value in values.tolist()]


def _source_rows(index: dict[str, Any]) -> list[object]:
    pairs = zip(index["augmented"].tolist(), index["source_index"].tolist(), strict=True)
    return [int(source) if copy and math.isfinite(source) else None for copy, source in pairs]


def _number_within_class(codes: list[str]) -> list[int]:
    seen: dict[str, int] = {}
    numbers = []
    for code in codes:
        seen[code] = seen.get(code, 0) + 1
        numbers.append(seen[code])
    return numbers


def _rank_in_class(codes: list[str], fingerprint: str) -> list[object]:
    """Return a random order within each class that is the same for the same recipe."""
    ranks = np.zeros(len(codes), dtype=np.int64)
    of_class: dict[str, list[int]] = {}
    for row, code in enumerate(codes):
        of_class.setdefault(code, []).append(row)
    salt = int(fingerprint[:16] or "0", 16)
    for code, rows in of_class.items():
        key = [_RANK_SEED, salt, *code.encode()]
        ranks[rows] = np.random.default_rng(key).permutation(len(rows))
    return list(ranks.tolist())
