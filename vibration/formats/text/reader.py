"""Text tables: columns are channels, perhaps beside an axis of times and under a head."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from vibration.errors import FormatError
from vibration.formats.assemble import assemble
from vibration.formats.cells import Row, cells_reading, numbers_in_cell
from vibration.formats.files import SourceFile
from vibration.formats.layouts.lvm import is_lvm, read_lvm
from vibration.formats.layouts.published_tables import published_table
from vibration.formats.recording import LeftOut, Question, Reading, Source
from vibration.formats.series import Series, Stated, prove_no_features
from vibration.formats.sidecar import sidecar_of
from vibration.formats.text.column_titles import prove_separators
from vibration.formats.text.lines import Line, TextLines, opened_text
from vibration.formats.text.preamble import Preamble, preamble_of
from vibration.formats.text.rows import grouped_error, parse
from vibration.formats.text.table import (
    MAX_COLUMNS,
    ROW_WISE,
    Table,
    find_table,
    head_of,
    without_side_keys,
)

_ROWS_PROVEN: Final = 200
_MOST_ROWS: Final = 4096
_SENSITIVITY: Final = re.compile(r"sensiti|sensibilit|empfindlich|灵敏度|чувствительн", re.I)


def read_text(file: SourceFile) -> Reading:
    """Read a text table, or one of the layouts that are written as text.

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
    >>> with example_file("titled.csv") as file:
    ...     reading = read_text(file)
    >>> [(each.name, each.fs_hz) for each in reading.channels]
    [('DE (g)', 20000.0), ('FE (g)', 20000.0)]
    """
    with opened_text(file) as lines:
        head = head_of(lines)
        if is_lvm(head[0].text if head else ""):
            return read_lvm(file, head, lines)
        if file.suffix == ".json":
            raise FormatError(
                f"{file.name} holds no samples; a JSON file is read as a side-car, "
                "beside the recording of its name."
            )
        head = without_side_keys(head, lines)
        table, first = find_table(head, file.name)
        kinds = table.dialect.kinds(table.first_rows[0])
        if "c" in kinds:
            return cells_reading(_cells(table, _rest(head[first:], lines)), file)
        if len(kinds) >= ROW_WISE:
            return _row_wise(table, _rest(head[first:], lines), file)
        if len(kinds) > MAX_COLUMNS:
            titles = table.dialect.fields(table.above[-1].text) if table.above else []
            prove_no_features(titles, file.name)
            raise FormatError(
                f"{file.name} has {len(kinds)} columns; at most {MAX_COLUMNS} are read, "
                "one channel each."
            )
        said = preamble_of(table.above, table.dialect, table.first_rows, file.name)
        if not said.titles:
            rows = [line for line in head[first:] if line.text.strip()]
            prove_separators(rows[:_ROWS_PROVEN], table.dialect, file.name)
        parse(table, first, head, lines, file)
    return _reading(table, said, file)


def _rest(head: Iterable[Line], lines: TextLines) -> Iterator[Line]:
    yield from (line for line in head if line.text.strip())
    yield from (Line(number, text) for number, text in lines if text.strip())


def _reading(table: Table, said: Preamble, file: SourceFile) -> Reading:
    known = None if said.rates else published_table(said.titles, table, file)
    if known is not None:
        return assemble(
            known.form, known.series, known.stated, name=file.name, left_out=known.left_out
        )
    series = [_series(index, table, said) for index in sorted(table.columns)]
    stated, questions = _stated(table, said, file)
    left_out = [*table.left_out, *_left_out(table, said), *_not_used(table)]
    return assemble("csv", series, stated, name=file.name, left_out=left_out, questions=questions)


def _series(index: int, table: Table, said: Preamble) -> Series:
    column = table.columns[index]
    title = said.titles[index] if index < len(said.titles) else ""
    unit = said.units[index] if index < len(said.units) else ""
    if column.is_clock:
        title, unit = title or "time", "s"
    rate = said.column_rates.get(index)
    return Series(
        name=title,
        values=column.values,
        fallback=f"column {index + 1}",
        unit=unit or None,
        unit_words="the row of units",
        rates=() if rate is None else (rate,),
        leads=index == min(table.columns),
    )


def _stated(table: Table, said: Preamble, file: SourceFile) -> tuple[Stated, list[Question]]:
    side = sidecar_of(file)
    unit, unit_words = said.unit or (None, "")
    clocks = [c.start for c in table.columns.values() if c.start is not None]
    stated = Stated(
        rates=(*said.rates, *side.rates),
        speeds=(*said.speeds, *side.speeds),
        unit=unit or side.unit,
        unit_words=unit_words or side.unit_words,
        unit_source=Source.IN_FILE if unit else Source.SIDE_CAR,
        recorded_at=said.recorded_at or (clocks[0] if clocks else None),
        rate_hint=file.rate_hint(),
    )
    if table.lone is None:
        return stated, []
    value, line = table.lone
    sentence = (
        f"Line {line.number} holds the number {value:g} alone, above the samples. "
        "Is it the sampling rate in Hz?"
    )
    if stated.rates:
        return stated, [Question("lone_number", sentence, value)]
    return replace(stated, rate_hint=(value, sentence)), []


def _not_used(table: Table) -> list[LeftOut]:
    """Name the lines above the samples that say something which is not used."""
    found = []
    for line in table.above:
        fields = table.dialect.fields(line.text)
        if all(table.dialect.number(each) is not None for each in line.text.split()):
            reason = "numbers above the samples, which nothing explains"
            found.append(LeftOut(f"line {line.number}", reason))
        elif _SENSITIVITY.search(fields[0] if fields else "") and any(map(str.isdigit, line.text)):
            reason = (
                f"a sensitivity ({line.text.strip()[:60]}), which is not applied to the samples"
            )
            found.append(LeftOut(f"line {line.number}", reason))
    return found


def _left_out(table: Table, said: Preamble) -> list[LeftOut]:
    kinds = table.dialect.kinds(table.first_rows[0])
    names = [
        said.titles[i] if i < len(said.titles) and said.titles[i] else f"column {i + 1}"
        for i in range(len(kinds))
    ]
    return [
        LeftOut(names[i], "a column of texts" if kind == "x" else "a column of dates")
        for i, kind in enumerate(kinds)
        if i not in table.columns and kind in "xt"
    ]


def _row_wise(table: Table, rows: Iterator[Line], file: SourceFile) -> Reading:
    """Read a table of few, long lines: each line is a waveform."""
    dialect = table.dialect
    kinds = dialect.kinds(table.first_rows[0])
    titles = dialect.fields(table.above[-1].text) if table.above else []
    words = [each for each in titles if each and dialect.number(each) is None]
    if len(titles) == len(kinds) and len({w.rstrip("0123456789_ ") for w in words}) > 8:
        raise FormatError(
            f"{file.name} has {len(kinds)} titled columns: a table of features, one row a record, "
            "not a signal over time; bring in the recordings that it was made from."
        )
    found: list[Row] = []
    kept = 0
    for number, line in enumerate(rows, 1):
        if number > _MOST_ROWS:
            raise FormatError(
                f"{file.name} has {len(kinds)} columns and more than {_MOST_ROWS} lines; "
                "a table has one column a channel, or one line a waveform."
            )
        if dialect.grouped(line.text):
            raise grouped_error(line, file.name)
        values = dialect.fields(line.text)
        numbers = [dialect.number(each) for each in values[kinds.count("x") :]]
        texts = values[: kinds.count("x")]
        if any(each is None for each in numbers):
            raise FormatError(f"{line.quoted(file.name)} is not a line of numbers.")
        kept += 8 * len(numbers)
        file.prove_kept(kept)
        labels: dict[str, str | float] = {
            (titles[i] if i < len(titles) and titles[i] else f"column {i + 1}"): text
            for i, text in enumerate(texts)
        }
        found.append(Row({"signal": np.array(numbers, dtype=np.float64)}, labels))
    return cells_reading(found, file, "csv/rows")


def _cells(table: Table, rows: Iterator[Line]) -> Iterator[Row]:
    dialect = table.dialect
    titles = dialect.fields(table.above[-1].text) if table.above else []
    for line in rows:
        arrays, values = {}, {}
        for index, text in enumerate(dialect.fields(line.text)):
            title = titles[index] if index < len(titles) else f"column {index + 1}"
            numbers = numbers_in_cell(text) if dialect.kind(text) == "c" else None
            if numbers is not None:
                arrays[title] = numbers
            else:
                values[title] = text
        yield Row(arrays, values)
