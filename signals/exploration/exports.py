"""All signals of a filter as CSV, Parquet or Arrow, a batch at a time however many they are."""

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from common.database import among
from common.text.spreadsheets import harmless
from signals.exploration.table import ids_in_order, tags_of
from signals.feature_groups import group_columns, measured_groups
from signals.filters.scope import Scope, sides_of
from signals.models import Split
from vibration.features import FEATURES, Feature

BATCH: Final = 5_000
BOM: Final = "\ufeff".encode()  # without it spreadsheets take UTF-8 for their own alphabet
_COLUMNS: Final = {
    "id": ("pk", "id"),
    "row": ("row", "row in the dataset"),
    "label": ("label", "label"),
    "class": ("fault_class__code", "class"),
    "severity": ("severity__code", "severity"),
    "rpm": ("rpm", "speed (rpm)"),
    "load_percent": ("load_percent", "load (%)"),
    "temperature_c": ("temperature_c", "temperature (°C)"),
    "fs_hz": ("fs_hz", "sampling rate (Hz)"),
    "n_samples": ("n_samples", "samples"),
    "unit": ("unit", "unit"),
    "augmented": ("augmented", "augmented"),
    "rank_in_class": ("rank_in_class", "random order within class"),
    "channel": ("channel", "channel"),
    "specimen": ("recording__specimen__name", "specimen"),
    "run": ("recording__run__name", "run"),
    "position": ("recording__position", "number in the run"),
    "recording": ("recording__name", "recording"),
    "segment": ("segment", "segment"),
    "recorded_at": ("recording__recorded_at", "recorded at (UTC)"),
    "fault_size_mm": ("recording__fault_size_mm", "fault size (mm)"),
    "fault_location": ("recording__fault_location", "fault location"),
}
_FIELDS: Final = (
    *(field for field, _ in _COLUMNS.values()),
    *(feature.name for feature in FEATURES),
)
_TEXTS: Final = (
    *("label", "class", "severity", "unit", "tags", "split"),
    *("channel", "specimen", "run", "recording", "fault_location"),
)


@dataclass(frozen=True)
class _Head:
    """The columns of a file: those that every signal has, and the groups that were measured, in
    units that hang on those of the records.
    """

    beside: tuple[Feature, ...]
    units: list[str]
    split: Split | None

    @property
    def split_title(self) -> str:
        """With the split's name: a file has but this to say which one it is."""
        return f"side of the split “{self.split}”" if self.split else "split"

    @property
    def names(self) -> tuple[str, ...]:
        return (
            *_COLUMNS,
            "tags",
            "split",
            *(feature.name for feature in (*FEATURES, *self.beside)),
        )

    @property
    def titles(self) -> tuple[str, ...]:
        own = (title for _, title in _COLUMNS.values())
        return (
            *own,
            "tags",
            self.split_title,
            *(feature.label_of(self.units) for feature in (*FEATURES, *self.beside)),
        )


def _head_of(scope: Scope) -> _Head:
    beside = measured_groups(scope.user, scope.store).features
    return _Head(beside, scope.units(), scope.split_shown())


def csv_chunks(scope: Scope, order: str = "") -> Iterator[bytes]:
    """Yield the file, its rows in the order of the table; a text that a spreadsheet would run as a
    formula gets an apostrophe.
    """
    yield BOM
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    head = _head_of(scope)
    writer.writerow(head.titles)
    texts = [head.names.index(name) for name in _TEXTS]
    for batch in _batches(scope, order, head):
        for row in batch:
            for place in texts:
                row[place] = harmless(row[place])
        writer.writerows(batch)
        yield _taken(buffer)
    if rest := _taken(buffer):  # the header of an empty table
        yield rest


def parquet_chunks(scope: Scope, order: str = "") -> Iterator[bytes]:
    """Yield the file; the titles with units stand in the table's metadata, by column name."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    head = _head_of(scope)
    schema = _schema(head)
    sink = _Sink()
    with pq.ParquetWriter(pa.PythonFile(sink, "w"), schema, compression="zstd") as writer:
        for batch in _batches(scope, order, head):
            writer.write_batch(_record_batch(batch, head, schema))
            yield sink.taken()
    yield sink.taken()


def arrow_chunks(scope: Scope, order: str = "") -> Iterator[bytes]:
    """Yield a stream of Arrow record batches with the columns of the Parquet file."""
    import pyarrow as pa

    head = _head_of(scope)
    schema = _schema(head)
    sink = _Sink()
    with pa.ipc.new_stream(pa.PythonFile(sink, "w"), schema) as writer:
        yield sink.taken()
        for batch in _batches(scope, order, head):
            writer.write_batch(_record_batch(batch, head, schema))
            yield sink.taken()
    yield sink.taken()


def _batches(scope: Scope, order: str, head: _Head) -> Iterator[list[list[Any]]]:
    """Yield rows a batch at a time; no cursor and no transaction is held while they travel."""
    is_by_row = order in ("", "row") and scope.store is not None
    found = _by_row(scope) if is_by_row else _in_order(scope, order or "row")
    for rows in found:
        pks = [row[0] for row in rows]
        tags, sides = tags_of(pks), sides_of(head.split, pks)
        n_own = len(_COLUMNS)
        rest = _beside(rows, head)
        yield [
            [
                *row[:n_own],
                "; ".join(tags.get(row[0], [])),
                sides.get(row[0]),
                *row[n_own:],
                *more,
            ]
            for row, more in zip(rows, rest, strict=True)
        ]


def _beside(rows: list[tuple[Any, ...]], head: _Head) -> list[list[float | None]]:
    """Return the values of the groups for each row, None where one is missing."""
    if not head.beside:
        return [[] for _ in rows]
    pks = np.array([row[0] for row in rows], np.int64)
    values = group_columns(pks, tuple(feature.name for feature in head.beside), np.float64)
    return [[None if math.isnan(value) else value for value in row] for row in values.tolist()]


def _by_row(scope: Scope) -> Iterator[list[tuple[Any, ...]]]:
    """Yield rows of one store by their numbers, each batch where the one before ended."""
    signals, last = scope.signals().order_by("row"), -1
    while True:
        found = list(signals.filter(row__gt=last).values_list("row", *_FIELDS)[:BATCH])
        if not found:
            return
        last = found[-1][0]
        yield [row[1:] for row in found]


def _in_order(scope: Scope, order: str) -> Iterator[list[tuple[Any, ...]]]:
    """Yield rows as the table sorts them: their ids first, then a batch after the other."""
    pks = ids_in_order(scope, order.removeprefix("-"), descending=order.startswith("-"))
    for first in range(0, len(pks), BATCH):
        wanted = pks[first : first + BATCH]
        rows = scope.every_signal().filter(pk__in=among(wanted))
        found = {row[0]: row for row in rows.values_list(*_FIELDS)}
        yield [found[pk] for pk in wanted if pk in found]


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _record_batch(batch: list[list[Any]], head: _Head, schema: Any) -> Any:
    import pyarrow as pa

    columns = dict(zip(head.names, zip(*batch, strict=True), strict=True))
    arrays = [pa.array(columns[name], schema.field(name).type) for name in head.names]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _schema(head: _Head) -> Any:
    import pyarrow as pa

    types = {"id": pa.int64(), "n_samples": pa.int64(), "rank_in_class": pa.int64()}
    types |= {name: pa.string() for name in _TEXTS}
    types |= {"augmented": pa.bool_()}
    types |= dict.fromkeys(("row", "position", "segment"), pa.int64())
    types |= {"recorded_at": pa.timestamp("us", tz="UTC")}
    fields = [(name, types.get(name, pa.float64())) for name in head.names]
    return pa.schema(fields, metadata=dict(zip(head.names, head.titles, strict=True)))


class _Sink(io.RawIOBase):
    """A file that is carried away as it is written."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        return len(part)

    def taken(self) -> bytes:
        joined = b"".join(self._parts)
        self._parts.clear()
        return joined
