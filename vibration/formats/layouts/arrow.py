"""Parquet and Feather, read by pyarrow: columns are channels, lists in cells are waveforms."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from vibration.errors import FormatError
from vibration.formats.assemble import assemble
from vibration.formats.cells import Row, cells_reading
from vibration.formats.extras import needed
from vibration.formats.facts import number_and_unit, rate_of, speed_of, stated
from vibration.formats.files import SourceFile
from vibration.formats.recording import LeftOut, Reading
from vibration.formats.series import Series, Stated
from vibration.formats.words import words_of
from vibration.quantities import find_unit

_PARQUET, _ARROW, _FEATHER_1 = b"PAR1", b"ARROW1", b"FEA1"
_MOST_COLUMNS: Final = 1024
_MOST_ROWS_OF_CELLS: Final = 100_000
_DAMAGE: Final = (OSError, ValueError, KeyError, TypeError, NotImplementedError, MemoryError)


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
        opened = parquet.ParquetFile(file.path)
        facts = opened.metadata
        _prove(facts.num_rows, facts.num_columns, file)
        unpacked = sum(facts.row_group(i).total_byte_size for i in range(facts.num_row_groups))
        file.prove_kept(unpacked)
        table = opened.read(use_threads=False)
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
        table = feather.read_table(file.path, memory_map=True, use_threads=False)
        _prove(table.num_rows, table.num_columns, file)
    except _DAMAGE as error:
        raise _damaged(error, file, "Feather") from error
    return _reading(table, file, "feather")


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


def _reading(table: Any, file: SourceFile, form: str) -> Reading:
    types = needed("pyarrow.types", "pyarrow", file.name)
    lists = [f.name for f in table.schema if types.is_list(f.type) or types.is_large_list(f.type)]
    if lists and table.num_rows <= _MOST_ROWS_OF_CELLS:
        return cells_reading(_rows(table, lists), file, f"{form}/cells")
    series, left_out = [], []
    for number, field in enumerate(table.schema):
        values = _values(table.column(number), field.type, types)
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
    stated_facts = _stated(_metadata(table.schema.metadata), file)
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
