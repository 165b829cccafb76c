"""All signals of a filter as CSV or Parquet, made a batch at a time however many they are."""

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

from signals.exploration.table import tags_of
from signals.filters.scope import Scope
from vibration.features import FEATURES

BATCH: Final = 5_000
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS: Final = {
    "id": ("pk", "id"),
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
}
_TEXTS: Final = ("label", "class", "severity", "unit", "tags")
NAMES: Final = (*_COLUMNS, "tags", *(feature.name for feature in FEATURES))
HEADER: Final = (
    *(title for _, title in _COLUMNS.values()),
    "tags",
    *(feature.label for feature in FEATURES),
)


def csv_chunks(scope: Scope) -> Iterator[bytes]:
    """Yield the file; a text that a spreadsheet would run as a formula gets an apostrophe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(HEADER)
    texts = [NAMES.index(name) for name in _TEXTS]
    for batch in _batches(scope):
        for row in batch:
            for place in texts:
                row[place] = harmless(row[place])
        writer.writerows(batch)
        yield _taken(buffer)
    if rest := _taken(buffer):  # the header of an empty table
        yield rest


def parquet_chunks(scope: Scope) -> Iterator[bytes]:
    """Yield the file; the titles with units stand in the table's metadata, by column name."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema()
    sink = _Sink()
    with pq.ParquetWriter(pa.PythonFile(sink, "w"), schema, compression="zstd") as writer:
        for batch in _batches(scope):
            columns = dict(zip(NAMES, zip(*batch, strict=True), strict=True))
            arrays = [pa.array(columns[name], schema.field(name).type) for name in NAMES]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            yield sink.taken()
    yield sink.taken()


def harmless(text: str | None) -> str | None:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text and text.startswith(_DANGEROUS) else text


def _batches(scope: Scope) -> Iterator[list[list[Any]]]:
    """Yield rows by key, so that neither a cursor nor a transaction is held while they travel."""
    key = "row" if scope.store is not None else "pk"
    signals, last = scope.signals().order_by(key), -1
    features = [feature.name for feature in FEATURES]
    fields = [field for field, _ in _COLUMNS.values()]
    while True:
        found = list(
            signals.filter(**{f"{key}__gt": last}).values_list(key, *fields, *features)[:BATCH]
        )
        if not found:
            return
        last = found[-1][0]
        tags = tags_of([row[1] for row in found])
        yield [
            [*row[1 : 1 + len(fields)], "; ".join(tags.get(row[1], [])), *row[1 + len(fields) :]]
            for row in found
        ]


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _schema() -> Any:
    import pyarrow as pa

    types = {"id": pa.int64(), "n_samples": pa.int64(), "rank_in_class": pa.int64()}
    types |= {name: pa.string() for name in _TEXTS}
    types |= {"augmented": pa.bool_()}
    fields = [(name, types.get(name, pa.float64())) for name in NAMES]
    return pa.schema(fields, metadata=dict(zip(NAMES, HEADER, strict=True)))


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
