"""All signals of a filter as CSV or Parquet, made a batch at a time however many they are."""

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

from signals.exploration.table import ids_in_order, tags_of
from signals.filters.scope import Scope
from signals.models import Signal
from vibration.features import FEATURES

BATCH: Final = 5_000
BOM: Final = "\ufeff".encode()  # without it spreadsheets take UTF-8 for their own alphabet
# What begins a formula; in East Asian spreadsheets full-width signs do too.
_DANGEROUS: Final = (*"=+-@＝＋－＠\t\r\n",)
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
_FIELDS: Final = (
    *(field for field, _ in _COLUMNS.values()),
    *(feature.name for feature in FEATURES),
)
_TEXTS: Final = ("label", "class", "severity", "unit", "tags")
NAMES: Final = (*_COLUMNS, "tags", *(feature.name for feature in FEATURES))


def header_of(units: list[str]) -> list[str]:
    """Return the titles of all columns, features with the unit of records in these."""
    own = (title for _, title in _COLUMNS.values())
    return [*own, "tags", *(feature.label_of(units) for feature in FEATURES)]


def csv_chunks(scope: Scope, order: str = "") -> Iterator[bytes]:
    """Yield the file, its rows in the order of the table; a text that a spreadsheet would run as a
    formula gets an apostrophe.
    """
    yield BOM
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(header_of(scope.units()))
    texts = [NAMES.index(name) for name in _TEXTS]
    for batch in _batches(scope, order):
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

    schema = _schema(scope.units())
    sink = _Sink()
    with pq.ParquetWriter(pa.PythonFile(sink, "w"), schema, compression="zstd") as writer:
        for batch in _batches(scope, order):
            columns = dict(zip(NAMES, zip(*batch, strict=True), strict=True))
            arrays = [pa.array(columns[name], schema.field(name).type) for name in NAMES]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            yield sink.taken()
    yield sink.taken()


def harmless(text: str | None) -> str | None:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text and text.startswith(_DANGEROUS) else text


def _batches(scope: Scope, order: str) -> Iterator[list[list[Any]]]:
    """Yield rows a batch at a time; no cursor and no transaction is held while they travel."""
    is_by_row = order in ("", "row") and scope.store is not None
    found = _by_row(scope) if is_by_row else _in_order(scope, order or "row")
    for rows in found:
        tags = tags_of([row[0] for row in rows])
        n_own = len(_COLUMNS)
        yield [[*row[:n_own], "; ".join(tags.get(row[0], [])), *row[n_own:]] for row in rows]


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
        found = {row[0]: row for row in Signal.objects.filter(pk__in=wanted).values_list(*_FIELDS)}
        yield [found[pk] for pk in wanted if pk in found]


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _schema(units: list[str]) -> Any:
    import pyarrow as pa

    types = {"id": pa.int64(), "n_samples": pa.int64(), "rank_in_class": pa.int64()}
    types |= {name: pa.string() for name in _TEXTS}
    types |= {"augmented": pa.bool_()}
    fields = [(name, types.get(name, pa.float64())) for name in NAMES]
    return pa.schema(fields, metadata=dict(zip(NAMES, header_of(units), strict=True)))


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
