"""The samples of a text table: found under its head, parsed in blocks, refused by line."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.errors import FormatError
from vibration.formats.files import SourceFile
from vibration.formats.recording import LeftOut
from vibration.formats.room import Columns, blocks, gathered
from vibration.formats.text.dialect import Dialect, clock, dialect_of
from vibration.formats.text.lines import TextLines
from vibration.formats.text.preamble import Line

MAX_COLUMNS: Final = 64
MAX_FIELDS: Final = 2_000_000
_HEAD_LINES: Final = 1100
_HEAD_CHARACTERS: Final = 1 << 25
_MOST_TITLE_LINES: Final = 200
_SIDE_LINES: Final = 40
_FOOT_LINES: Final = 5
_PATTERN_LINES: Final = 15
_SHOWN: Final = 60
_DAY_S: Final = 86400.0
_HALF_DAY_S: Final = 43200.0


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table: numbers, or clock times in s since the first of them."""

    values: npt.NDArray[np.float64]
    is_clock: bool = False
    start: datetime | None = None


@dataclass(eq=False)
class Table:
    """A text table.

    Attributes
    ----------
    above : list of Line
        The lines above the samples, without blank ones.
    dialect : Dialect
    first_rows : list of str
        The first rows as they are written.
    lone : (float, Line) or None
        A number alone above rows of more numbers, or above samples it does not look like.
    columns : dict of int to Column
        Those that hold numbers or times.
    """

    above: list[Line]
    dialect: Dialect
    first_rows: list[str]
    lone: tuple[float, Line] | None = None
    columns: dict[int, Column] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    n_rows: int = 0


def head_of(lines: TextLines) -> list[Line]:
    r"""Return the first lines of a file, blank ones too.

    Parameters
    ----------
    lines : TextLines
        From the first one.

    Returns
    -------
    list of Line

    Examples
    --------
    >>> import io
    >>> [line.number for line in head_of(TextLines(io.StringIO("a\n\n1\n")))]
    [1, 2, 3]
    """
    head: list[Line] = []
    characters = 0
    for number, text in lines:
        head.append(Line(number, text))
        characters += len(text)
        if len(head) >= _HEAD_LINES or characters > _HEAD_CHARACTERS:
            break
    return head


def without_side_keys(head: Sequence[Line], lines: TextLines) -> list[Line]:
    """Return the first lines with key columns to the left of the samples made key lines above.

    Oscilloscopes write ``Sample Interval,1e-4,,0.0,0.5``, and three empty fields further down.

    Parameters
    ----------
    head : sequence of Line
        As `head_of` gives them.
    lines : TextLines
        Of the same file; told what to leave off from here on.

    Returns
    -------
    list of Line

    Examples
    --------
    >>> import io
    >>> head = [Line(1, "1.5,2.5"), Line(2, "1.6,2.6")]
    >>> without_side_keys(head, TextLines(io.StringIO(""))) == head
    True
    """
    filled = [line for line in head if line.text.strip()]
    separator = "," if filled and "," in filled[-1].text else "\t"
    lower = [Dialect(separator, ".").kinds(line.text) for line in filled[_SIDE_LINES:-1]]
    n = min((len(kinds) - len(kinds.lstrip("e")) for kinds in lower), default=0)
    upper = [line.text.split(separator) for line in filled[:_SIDE_LINES]]
    are_rows = {*"".join(kinds[n:] for kinds in lower)} == {"n"}
    if n < 2 or not are_rows or not upper[0][0].strip() or min(map(len, upper)) <= n:
        return list(head)
    lines.left_off = (separator, n)
    keys = [
        Line(line.number, separator.join(part for part in fields[:n] if part.strip()))
        for line, fields in zip(filled, upper, strict=False)
        if fields[0].strip()
    ]
    return keys + [Line(line.number, line.text.split(separator, n)[-1]) for line in filled]


def find_table(head: Sequence[Line], name: str) -> tuple[Table, int]:
    """Find where the samples begin and how they are written.

    Parameters
    ----------
    head : sequence of Line
        As `head_of` gives them.
    name : str
        The file, for the refusal.

    Returns
    -------
    table : Table
        Without its columns.
    first : int
        Index into the head of the first row.

    Raises
    ------
    FormatError
        Where there are no rows of numbers.

    Examples
    --------
    >>> head = [Line(1, "a;b"), Line(2, "0.1;0.2"), Line(3, "0.3;0.4")]
    >>> table, first = find_table(head, "rig.csv")
    >>> first, table.dialect.separator
    (1, ';')
    """
    filled = [(index, line) for index, line in enumerate(head) if line.text.strip()]
    for place, (index, line) in enumerate(filled[: _MOST_TITLE_LINES + 1]):
        if not any(character.isdigit() for character in line.text):
            continue
        following = [each.text for _, each in filled[place : place + _HEAD_LINES]]
        dialect = dialect_of(following)
        width = _counted(line, dialect, name)
        kinds = dialect.kinds(line.text)
        if not {*kinds} & {"n", "c"} or not _holds(kinds, following, dialect):
            continue
        if _is_lone(width, following, dialect):
            continue
        above = [each for _, each in filled[:place]]
        table = Table(above, dialect, following[:20])
        lone = _lone_above(above, dialect, following, width)
        if lone is not None:
            table.lone, table.above = lone, above[:-1]
        elif width == 1 and place == 0 and _is_lone_value(following, dialect):
            value = dialect.number(dialect.fields(line.text)[0])
            table.lone = (value or 0.0, line)
            table.first_rows = following[1:20]
            return table, filled[1][0]
        return table, index
    raise FormatError(f"{name} holds no table of numbers in its first lines.")


def _counted(line: Line, dialect: Dialect, name: str) -> int:
    """Return the number of fields; refuse millions of them by counting alone."""
    separator = dialect.separator
    if separator is not None:
        count = line.text.count(separator) + 1
    else:
        count = line.text.count(" ") + line.text.count("\t") + 1
    if count > MAX_FIELDS:
        raise FormatError(
            f"Line {line.number} of {name} holds {count} columns; a table has one column a "
            "channel and one line a sample."
        )
    return len(dialect.fields(line.text))


def _holds(kinds: str, following: Sequence[str], dialect: Dialect) -> bool:
    """Tell whether a pattern of fields is that of the rows: texts must stand in all of them."""
    if not {*kinds} & {"x", "e", "c"}:
        return True
    if len(kinds) == 1:
        return False
    near = [dialect.kinds(row) for row in following[: _PATTERN_LINES + 1]]
    if "c" in kinds:
        return True
    texts = [i for i, kind in enumerate(kinds) if kind == "x"]
    alike = all(
        len(row) == len(kinds) and all(row[i] in "xe" for i in texts) and "n" in row for row in near
    ) and all(sum(row[i] == "x" for row in near) >= 0.8 * len(near) for i in texts)
    if not texts or not alike or len(near) < _PATTERN_LINES:
        return alike and not texts
    firsts = {dialect.fields(row)[texts[0]] for row in following[: _PATTERN_LINES + 1]}
    return texts != [0] or len(kinds) > 2 or len(firsts) <= len(near) // 2


def _is_lone(width: int, following: Sequence[str], dialect: Dialect) -> bool:
    """Tell whether a row is narrower or wider than all that follow it."""
    widths = {len(dialect_of([row]).fields(row)) for row in following[1:12]}
    return len(following) > 3 and len(widths) == 1 and width not in widths


def _lone_above(
    above: Sequence[Line], dialect: Dialect, following: Sequence[str], width: int
) -> tuple[float, Line] | None:
    if not above or width < 2:
        return None
    value = dialect.number(above[-1].text.strip())
    return None if value is None else (value, above[-1])


def _is_lone_value(following: Sequence[str], dialect: Dialect) -> bool:
    """Tell whether the first of single numbers is of another kind than the rest."""
    values = [dialect.number(row.strip()) for row in following[:200]]
    if len(values) < 17 or any(value is None for value in values):
        return False
    numbers = np.array(values, dtype=np.float64)
    first_text = following[0].strip()
    is_whole = first_text.lstrip("+").isdigit() or float(numbers[0]).is_integer()
    rest = numbers[1:]
    others_whole = np.all(rest == np.floor(rest))
    with np.errstate(invalid="ignore"):
        largest = float(np.abs(rest).max())
    return bool(is_whole and not others_whole and numbers[0] >= 100 and numbers[0] > 10 * largest)


def parse(
    table: Table, first: int, head: Sequence[Line], lines: TextLines, file: SourceFile
) -> None:
    """Read all rows into the columns of a table.

    Parameters
    ----------
    table : Table
        As `find_table` gives it; its columns are filled.
    first : int
        Index into the head of the first row.
    head : sequence of Line
    lines : TextLines
        Those that follow the head.
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Raises
    ------
    FormatError
        For a row that does not fit, with its number and its words.

    Examples
    --------
    >>> import io
    >>> from pathlib import Path
    >>> head = [Line(1, "a;b"), Line(2, "0.1;0.2"), Line(3, "0.3;0.4")]
    >>> table, first = find_table(head, "rig.csv")
    >>> parse(table, first, head, TextLines(io.StringIO("")), SourceFile(Path("r"), "rig.csv"))
    >>> table.columns[1].values.tolist()
    [0.2, 0.4]
    """
    kinds = table.dialect.kinds(table.first_rows[0])
    numeric = [i for i, kind in enumerate(kinds) if kind in "ne"]
    clocks: dict[int, _Clock] = {i: _Clock() for i, kind in enumerate(kinds) if kind == "t"}
    rows = Columns(len(numeric))
    kept = 0
    number, block = head[first].number, [line.text for line in head[first:]]
    while block:
        following = lines.block()
        values = _block(block, number, not following, table, kinds, clocks, file.name)
        kept += values.nbytes
        file.prove_kept(kept)
        number, block = number + len(block), following
        rows.append(values, expected_rows=lines.expected(rows.n_rows + len(values)))
    table.n_rows = rows.n_rows
    whole = rows.whole()
    for place, index in enumerate(numeric):
        table.columns[index] = Column(whole[:, place])
    for index, each in clocks.items():
        column = each.column()
        if column is not None:
            table.columns[index] = column
    _join_dates(table, clocks)


def _block(
    texts: list[str],
    number: int,
    is_last: bool,
    table: Table,
    kinds: str,
    clocks: "dict[int, _Clock]",
    name: str,
) -> npt.NDArray[np.float64]:
    dialect = table.dialect
    try:
        return _numbers(texts, dialect, kinds, clocks)
    except (ValueError, IndexError) as error:
        misfits = (
            i
            for i, t in enumerate(texts)
            if t.strip("\r\n\x1a \t") and not _fits(t, dialect, kinds)
        )
        misfit = next(misfits, None)
        if misfit is None:
            raise FormatError(f"{name} cannot be read as a table of numbers.") from error
        below = [text for text in texts[misfit:] if text.strip()]
        is_foot = is_last and len(below) <= _FOOT_LINES and misfit > 0
        if is_foot and not any(_may_be_numbers(text, dialect) for text in below):
            left = LeftOut(f"line {number + misfit}", "a line of text below the samples")
            table.left_out.append(left)
            return _numbers(texts[:misfit], dialect, kinds, clocks)
        width = len(kinds)
        numbers = f"{width} number{'s' if width > 1 else ''}"
        line = Line(number + misfit, texts[misfit])
        raise FormatError(f"{line.quoted(name)} is not {numbers}, as the rows above.") from error


def _numbers(
    texts: list[str], dialect: Dialect, kinds: str, clocks: "dict[int, _Clock]"
) -> npt.NDArray[np.float64]:
    quoted = dialect.quotes and any('"' in text for text in texts)
    if {*kinds} == {"n"} and not quoted:
        return _plain_numbers(texts, dialect, len(kinds))
    texts = [text for text in texts if text.strip()]
    if quoted and dialect.separator is not None:
        rows = list(csv.reader(texts, delimiter=dialect.separator, skipinitialspace=True))
    elif dialect.separator is None:
        rows = [text.replace('"', "").split() for text in texts]
    else:
        rows = [text.split(dialect.separator) for text in texts]
    numeric = [i for i, kind in enumerate(kinds) if kind in "ne"]
    for row in rows:
        if len(row) != len(kinds) and not (len(row) == len(kinds) + 1 and not row[-1].strip()):
            raise ValueError("a row of another width")
    decimal = dialect.decimal
    values = np.array(
        [
            [float(row[i].strip().replace(decimal, ".")) if row[i].strip() else np.nan
             for i in numeric]
            for row in rows
        ],
        dtype=np.float64,
    ).reshape(len(rows), len(numeric))  # fmt: skip
    times = {index: each.read([row[index] for row in rows]) for index, each in clocks.items()}
    for index, each in clocks.items():  # after all that may be refused
        each.add(*times[index])
    return values


def _plain_numbers(texts: list[str], dialect: Dialect, width: int) -> npt.NDArray[np.float64]:
    if dialect.decimal == ",":
        texts = [text.replace(",", ".") for text in texts]
    separator = dialect.separator
    if separator is not None and any(t.rstrip().endswith(separator) for t in texts[:2]):
        texts = [text.rstrip().removesuffix(separator) for text in texts]
    if texts and texts[-1].strip("\x1a\r\n") == "":
        texts = texts[:-1]  # an end of file as old systems wrote it
    values: npt.NDArray[np.float64] = np.loadtxt(
        texts, delimiter=separator, ndmin=2, comments=None, dtype=np.float64
    )
    if values.shape[1] != width:
        raise ValueError("rows of another width")
    return values


def _fits(text: str, dialect: Dialect, kinds: str) -> bool:
    found = dialect.kinds(text)
    if len(found) != len(kinds):
        return False
    allowed = {"n": "n", "t": "t", "x": "xnte", "e": "en", "c": "c"}
    if {*kinds} != {"n"}:
        allowed["n"] = "ne"
    return all(kind in allowed[wanted] for kind, wanted in zip(found, kinds, strict=True))


def _may_be_numbers(text: str, dialect: Dialect) -> bool:
    kinds = dialect.kinds(text)
    return "n" in kinds or "t" in kinds


class _Clock:
    """The clock times of one column, gathered block by block: days, seconds, NaN for neither."""

    def __init__(self) -> None:
        self._times = Columns(2)
        self._is_dated = self._is_timed = True
        self.first: tuple[int | None, float | None] | None = None
        self.is_sure = True

    def read(self, texts: list[str]) -> tuple[npt.NDArray[np.float64], bool]:
        """Return days and seconds of some rows, and whether the days are beyond doubt."""
        times, is_sure = np.full((len(texts), 2), np.nan), True
        for row, text in enumerate(texts):
            parsed = clock(text.strip().strip('"'))
            if parsed is None:
                raise ValueError("no clock time")
            day, seconds, sure = parsed
            is_sure &= sure
            times[row] = (np.nan if day is None else day, np.nan if seconds is None else seconds)
        return times, is_sure

    def add(self, times: npt.NDArray[np.float64], is_sure: bool) -> None:
        if not len(times):
            return
        is_there = ~np.isnan(times)
        if self.first is None:
            day, seconds = times[0].tolist()
            self.first = int(day) if is_there[0, 0] else None, seconds if is_there[0, 1] else None
        self._is_dated &= bool(is_there[:, 0].all())
        self._is_timed &= bool(is_there[:, 1].all())
        self.is_sure &= is_sure
        self._times.append(times)

    def column(self) -> Column | None:
        """Return the times in s since the first, None for dates alone."""
        if self.first is None or not self._is_timed:
            return None
        day, seconds = self.first
        times = self._times.whole()
        values = gathered(self._seconds(times), len(times), np.float64)
        start = None
        if self._is_dated and self.is_sure and day:
            start = datetime.fromordinal(day) + timedelta(seconds=seconds or 0.0)
        return Column(values, is_clock=True, start=start)

    def _seconds(self, times: npt.NDArray[np.float64]) -> Iterator[npt.NDArray[np.float64]]:
        first_day, first_s = times[0]
        midnights, before = 0, first_s
        for _, part in blocks(times):
            days, seconds = part.T
            if self._is_dated:
                yield (days - first_day) * _DAY_S + seconds - first_s
                continue
            # past midnight the clock begins again
            turns = midnights + np.cumsum(np.diff(seconds, prepend=before) < -_HALF_DAY_S)
            yield seconds + _DAY_S * turns - first_s
            midnights, before = int(turns[-1]), float(seconds[-1])


def _join_dates(table: Table, clocks: "dict[int, _Clock]") -> None:
    """Give a column of clock times the day of the column of dates beside it."""
    dates = [each for each in clocks.values() if each.first and each.first[1] is None]
    for index, column in list(table.columns.items()):
        day = dates[0].first[0] if dates and dates[0].first else None
        if column.is_clock and column.start is None and day is not None and dates[0].is_sure:
            first = clocks[index].first
            seconds = (first and first[1]) or 0.0
            start = datetime.fromordinal(day) + timedelta(seconds=seconds)
            table.columns[index] = Column(column.values, is_clock=True, start=start)
