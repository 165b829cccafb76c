"""Parquet and Feather, read by pyarrow: columns are channels, lists in cells are waveforms."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import FormatError
from vibration.formats.assemble import assemble
from vibration.formats.cells import Row, cells_reading
from vibration.formats.extras import needed
from vibration.formats.facts import number_and_unit, rate_of, speed_of, stated
from vibration.formats.files import SourceFile
from vibration.formats.gathering import gathered
from vibration.formats.recording import LeftOut, Reading
from vibration.formats.series import Series, Stated
from vibration.formats.words import words_of
from vibration.quantities import find_unit

_PARQUET, _ARROW, _FEATHER_1 = b"PAR1", b"ARROW1", b"FEA1"
_MOST_COLUMNS: Final = 1024
_MOST_ROWS_OF_CELLS: Final = 100_000
_ROWS_AT_ONCE: Final = 1 << 16
_STREAMED_BYTES: Final = 64 << 20
_MAX_RATIO: Final = 200  # columns of one value beside the samples take no room at all
_MOST_PACKED: Final = 100  # what packing makes of numbers, at most
_DAMAGE: Final = (OSError, ValueError, KeyError, IndexError, TypeError, NotImplementedError)


def is_parquet(head: bytes) -> bool:
    """Tell Parquet by its first letters.

    Parameters
    ----------
    head : bytes
        The first bytes of the file.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_parquet(b"PAR1"), is_parquet(b"RIFF")
    (True, False)
    """
    return head[:4] == _PARQUET


def is_feather(head: bytes) -> bool:
    """Tell Feather and Arrow files by their first letters.

    Parameters
    ----------
    head : bytes
        The first bytes of the file.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_feather(b"ARROW1"), is_feather(b"FEA1"), is_feather(b"PAR1")
    (True, True, False)
    """
    return head[:6] == _ARROW or head[:4] == _FEATHER_1


def read_parquet(file: SourceFile) -> Reading:
    """Read a Parquet file; its rows are counted before they are unpacked.

    Parameters
    ----------
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Returns
    -------
    Reading

    Raises
    ------
    FormatError
        For a damaged file, and for one without a signal; it says which.

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("columns.parquet") as file:
    ...     reading = read_parquet(file)
    >>> reading.format, len(reading.channels)
    ('parquet', 2)
    """
    parquet = needed("pyarrow.parquet", "pyarrow", file.name)
    try:
        opened = parquet.ParquetFile(file.path, buffer_size=1 << 20)
        facts = opened.metadata
        _prove(facts.num_rows, facts.num_columns, file)
        unpacked = sum(facts.row_group(i).total_byte_size for i in range(facts.num_row_groups))
        file.prove_kept(unpacked)
        schema = opened.schema_arrow

        def batches(number: int) -> Iterator[Any]:
            options = {"columns": [schema.names[number]], "use_threads": False}
            for group in range(facts.num_row_groups):
                yield from opened.iter_batches(_ROWS_AT_ONCE, row_groups=[group], **options)

        if _is_streamed(facts.num_rows, schema):
            return _streamed(schema, facts.num_rows, batches, file, "parquet")
        table = opened.read(use_threads=False)
    except MemoryError as error:
        raise _too_large(file) from error
    except _DAMAGE as error:
        raise _damaged(error, file, "Parquet") from error
    return _reading(table, file, "parquet")


def read_feather(file: SourceFile) -> Reading:
    """Read a Feather or an Arrow file.

    Parameters
    ----------
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Returns
    -------
    Reading

    Raises
    ------
    FormatError
        For a damaged file, and for one without a signal; it says which.

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("columns.feather") as file:
    ...     reading = read_feather(file)
    >>> reading.format, len(reading.channels)
    ('feather', 2)
    """
    feather = needed("pyarrow.feather", "pyarrow", file.name)
    try:
        streamed = _streamed_feather(file)
        if streamed is not None:
            return streamed
        table = feather.read_table(file.path, memory_map=True, use_threads=False)
        _prove(table.num_rows, table.num_columns, file)
    except MemoryError as error:
        raise _too_large(file) from error
    except _DAMAGE as error:
        raise _damaged(error, file, "Feather") from error
    return _reading(table, file, "feather")


def _streamed_feather(file: SourceFile) -> Reading | None:
    """Return the reading of a large file, batch by batch; None for a small or an old one."""
    arrow = needed("pyarrow", "pyarrow", file.name)
    ipc = needed("pyarrow.ipc", "pyarrow", file.name)
    with file.path.open("rb") as opened:
        if opened.read(len(_ARROW)) != _ARROW:
            return None
    if file.path.stat().st_size < _STREAMED_BYTES // _MOST_PACKED:
        return None

    def column(number: int) -> Any:
        options = ipc.IpcReadOptions(included_fields=[number], use_threads=False)
        return ipc.open_file(arrow.OSFile(str(file.path)), options=options)

    def batches(number: int) -> Iterator[Any]:
        reader = column(number)
        return (reader.get_batch(i) for i in range(reader.num_record_batches))

    schema = ipc.open_file(arrow.OSFile(str(file.path))).schema
    n_rows = 0
    for batch in batches(0):
        n_rows += batch.num_rows
        _prove(n_rows, len(schema), file)
    return (
        _streamed(schema, n_rows, batches, file, "feather")
        if _is_streamed(n_rows, schema)
        else None
    )


def _is_streamed(n_rows: int, schema: Any) -> bool:
    """Tell a table that is larger than what is read at once; columns are then told by name."""
    names = schema.names
    is_plain = len({*names}) == len(names) and not any("list" in str(f.type) for f in schema)
    return is_plain and 8 * n_rows * len(names) > _STREAMED_BYTES


def _streamed(
    schema: Any,
    n_rows: int,
    batches: Callable[[int], Iterator[Any]],
    file: SourceFile,
    form: str,
) -> Reading:
    types = needed("pyarrow.types", "pyarrow", file.name)
    columns: list[npt.NDArray[Any] | None] = []
    for number, field in enumerate(schema):
        is_time = types.is_timestamp(field.type) or types.is_duration(field.type)
        if not (is_time or types.is_floating(field.type) or types.is_integer(field.type)):
            columns.append(None)
            continue
        n_nulls = sum(batch.column(0).null_count for batch in batches(number))
        if is_time and n_nulls:
            columns.append(None)
            continue
        kind = np.dtype(np.int64 if is_time else field.type.to_pandas_dtype())
        if n_nulls and kind.kind != "f":
            kind = np.dtype(np.float64)
        parts = (_values(batch.column(0), field.type, types) for batch in batches(number))
        columns.append(gathered((each for each in parts if each is not None), n_rows, kind))
    return _assembled(schema, columns, file, form)


def _too_large(file: SourceFile) -> FormatError:
    return FormatError(
        f"{file.name} holds a block of rows that is too large to be unpacked at once; write it in "
        "smaller row groups, or cut it into shorter recordings."
    )


def _damaged(error: Exception, file: SourceFile, kind: str) -> FormatError:
    if isinstance(error, FormatError):
        return error
    return FormatError(
        f"{file.name} is a damaged {kind} file, or was cut short; copy it once more."
    )


def _prove(n_rows: int, n_columns: int, file: SourceFile) -> None:
    if n_columns > _MOST_COLUMNS:
        raise FormatError(
            f"{file.name} has {n_columns} columns; a table has one column a channel and one row a "
            "sample."
        )
    file.prove_kept(8 * n_rows * n_columns)
    file.prove_unpacked(8 * n_rows * n_columns, most=_MAX_RATIO)


def _reading(table: Any, file: SourceFile, form: str) -> Reading:
    types = needed("pyarrow.types", "pyarrow", file.name)
    lists = [f.name for f in table.schema if types.is_list(f.type) or types.is_large_list(f.type)]
    if lists and table.num_rows <= _MOST_ROWS_OF_CELLS:
        return cells_reading(_rows(table, lists), file, f"{form}/cells")
    columns = [
        _values(table.column(number), field.type, types)
        for number, field in enumerate(table.schema)
    ]
    return _assembled(table.schema, columns, file, form)


def _assembled(
    schema: Any, columns: list[npt.NDArray[Any] | None], file: SourceFile, form: str
) -> Reading:
    types = needed("pyarrow.types", "pyarrow", file.name)
    series, left_out = [], []
    for number, (field, values) in enumerate(zip(schema, columns, strict=True)):
        if values is None:
            left_out.append(LeftOut(field.name, f"values of type {field.type}, not numbers"))
            continue
        unit = _metadata(field.metadata).get("unit") or _metadata(field.metadata).get("units")
        is_time = types.is_timestamp(field.type) or types.is_duration(field.type)
        series.append(
            Series(
                field.name,
                values,
                fallback=f"column {number + 1}",
                unit="ns" if is_time else unit,
                unit_words="the column's metadata",
                leads=number == 0,
            )
        )
    stated_facts = _stated(_metadata(schema.metadata), file)
    return assemble(form, series, stated_facts, name=file.name, left_out=left_out)


def _values(column: Any, kind: Any, types: Any) -> "np.ndarray[Any, Any] | None":
    if types.is_timestamp(kind) or types.is_duration(kind):
        if column.null_count:
            return None
        times = np.asarray(column.to_numpy(zero_copy_only=False)).astype(
            "M8[ns]" if (types.is_timestamp(kind)) else "m8[ns]"
        )
        return times.astype(np.int64)
    if types.is_floating(kind) or types.is_integer(kind):
        return np.asarray(column.to_numpy(zero_copy_only=False))
    return None


def _rows(table: Any, lists: list[str]) -> Iterator[Row]:
    names = table.schema.names
    for number in range(table.num_rows):
        arrays, values = {}, {}
        for name in names:
            cell = table.column(name)[number]
            if name in lists and cell.values is not None and not cell.values.null_count:
                numbers = np.asarray(cell.values.to_numpy(zero_copy_only=False))
                if numbers.dtype.kind in "fiu":
                    arrays[name] = numbers
            else:
                plain = cell.as_py()
                if isinstance(plain, str | float | int) and not isinstance(plain, bool):
                    values[name] = plain
        yield Row(arrays, values)


def _metadata(metadata: Any) -> dict[str, str]:
    return {
        key.decode("utf-8", "replace"): value.decode("utf-8", "replace")
        for key, value in (metadata or {}).items()
        if len(value) < 1000
    }


def _stated(metadata: dict[str, str], file: SourceFile) -> Stated:
    rates, speeds, unit = [], [], None
    for key, value in metadata.items():
        pair = number_and_unit(value)
        where = f"metadata {key} = {value[:40]}"
        if pair is not None:
            fs_hz, rpm = rate_of(key, *pair), speed_of(key, *pair)
            rates += [] if fs_hz is None else [stated(fs_hz, where)]
            speeds += [] if rpm is None else [stated(rpm, where)]
        elif words_of(key)[-1:] in (("unit",), ("units",)) and find_unit(value):
            unit = value
    return Stated(
        rates=tuple(rates), speeds=tuple(speeds), unit=unit, unit_words="metadata",
        rate_hint=file.rate_hint(),
    )  # fmt: skip
