"""Where the samples of a text table begin, under its head, and how they are written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.errors import FormatError
from vibration.formats.recording import LeftOut
from vibration.formats.text.dialect import Dialect, are_decimals_under, dialect_of
from vibration.formats.text.lines import Line, TextLines

MAX_COLUMNS: Final = 64
ROW_WISE: Final = 128
MAX_FIELDS: Final = 2_000_000
_HEAD_LINES: Final = 1100
_HEAD_CHARACTERS: Final = 1 << 25
_MOST_TITLE_LINES: Final = 200
_SIDE_LINES: Final = 40
_PATTERN_LINES: Final = 15
_SHOWN: Final = 60


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
        if dialect.separator == "," and place:
            above_it = filled[place - 1][1].text
            if are_decimals_under(above_it, following):
                dialect = Dialect(None, ",", dialect.quotes)
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
    if len(kinds) >= ROW_WISE and texts == [0]:  # a waveform a line, under its name
        return True
    alike = all(
        len(row) == len(kinds) and all(row[i] in "xe" for i in texts) and "n" in row for row in near
    ) and all(sum(row[i] == "x" for row in near) >= 0.8 * len(near) for i in texts)
    if not texts or not alike or len(near) < _PATTERN_LINES:
        return alike and not texts
    firsts = {dialect.fields(row)[texts[0]] for row in following[: _PATTERN_LINES + 1]}
    return texts != [0] or len(kinds) > 2 or len(firsts) <= len(near) // 2


def _is_lone(width: int, following: Sequence[str], dialect: Dialect) -> bool:
    """Tell whether a row is narrower or wider than all that follow it."""
    near = following[1:12]
    # A decimal comma alone on its line looks like a separator: "1,7279".
    if dialect.decimal == "," and all(len(dialect.fields(row)) == width for row in near):
        return False
    widths = {len(dialect_of([row]).fields(row)) for row in near}
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
