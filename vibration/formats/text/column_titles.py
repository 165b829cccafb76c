"""The line of titles above the columns of a text table, and the row of units under it."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from vibration.errors import FormatError
from vibration.formats.text.dialect import Dialect, is_number
from vibration.formats.text.lines import Line
from vibration.quantities import find_unit

_COUNTED: Final = frozenset({"sequence", "sample", "samples", "#", "index", "point"})
_BRACKETED: Final = re.compile(r"^\s*[\[(<{].{0,20}[\])>}]\s*$")
_NAME_AND_UNIT: Final = re.compile(r"[^\s\[\](][^\[\](]*[\[(][^\])]*[\])]|\S+")
_WHOLE: Final = re.compile(r"[+-]?(?:0|[1-9]\d*)")
_DECIMALS: Final = re.compile(r"\d+")
_UNQUOTED: Final = (
    "the decimal commas are not quoted, so they cannot be told from separators. "
    "Export with semicolons between the columns, or with decimal points"
)
_LONGEST_TITLES: Final = 10_000


def titles_of(line: Line, dialect: Dialect, width: int) -> list[str] | None:
    """Return the titles of a line that has one for each column.

    Parameters
    ----------
    line : Line
        Above the samples.
    dialect : Dialect
        Of the rows; titles may be parted otherwise.
    width : int
        Number of columns.

    Returns
    -------
    list of str or None

    Examples
    --------
    >>> titles_of(Line(1, "# time (s), vib (g)"), Dialect(",", "."), 2)
    ['time (s)', 'vib (g)']
    """
    text = line.text.strip().lstrip("#%").strip() if line.text.lstrip()[:1] in "#%" else line.text
    if width == 1:  # blanks are part of the only title, and part no columns
        bare = text.strip().strip('"').strip()
        is_one = not any(mark in bare for mark in ";\t,")
        is_text = not all(is_number(each) for each in bare.split())
        return [bare] if is_one and bare and is_text else None
    # A separator at the end closes a row; before it stands the last title.
    candidates = [dialect.fields(text.rstrip("\r\n") if dialect.separator is None else text)]
    candidates += [
        Dialect(mark, ".", quotes=True).fields(text)
        for mark in (";", "\t", ",", "|")
        if mark != dialect.separator and mark in text
    ]
    if dialect.separator in (None, "\t") and len(text) <= _LONGEST_TITLES:
        candidates.append([part.strip() for part in re.split(r"\t|\s{2,}", text.strip())])
        candidates.append([part.strip() for part in _NAME_AND_UNIT.findall(text.strip())])
    for fields in candidates:
        if len(fields) == width and any(fields) and any(not is_number(f) for f in fields if f):
            return fields
    return None


def shifted_titles(
    line: Line, dialect: Dialect, first_rows: Sequence[str], width: int
) -> list[str] | None:
    """Return titles over all columns but the first, which numbers the rows, as R writes them.

    Parameters
    ----------
    line : Line
        Above the samples.
    dialect : Dialect
        Of the rows.
    first_rows : sequence of str
        The first rows of samples.
    width : int
        Number of columns.

    Returns
    -------
    list of str or None
        The first is empty.

    Examples
    --------
    >>> shifted_titles(Line(1, "x,y"), Dialect(",", "."), ["1,0.1,0.2", "2,0.3,0.4"], 3)
    ['', 'x', 'y']
    """
    if width < 2:
        return None
    titles = titles_of(line, dialect, width - 1)
    numbers = [dialect.number(dialect.fields(row)[0]) for row in first_rows[:5]]
    counts = len(numbers) > 1 and all(
        a is not None and b is not None and b - a == 1 for a, b in pairwise(numbers)
    )
    return ["", *titles] if titles is not None and counts else None


def prove_titles(line: Line, dialect: Dialect, width: int, name: str) -> None:
    """Refuse titles that are more or fewer than the columns: the separator was misjudged.

    Parameters
    ----------
    line : Line
        That was no line of titles for `titles_of`.
    dialect : Dialect
        Of the rows.
    width : int
        Number of columns.
    name : str
        The file, for the refusal.

    Raises
    ------
    FormatError
        Where the line is one of titles all the same.

    Examples
    --------
    >>> prove_titles(Line(1, "# of rig 3"), Dialect(",", "."), 2, "rig.csv")
    """
    text = line.text.strip()
    if text[:1] in ("#", "%", "/", "*", "!"):
        return
    marks = [mark for mark in (dialect.separator, ";", "\t", ",") if mark and mark in text]
    if not marks:
        return
    fields = Dialect(marks[0], ".", quotes=True).fields(text)
    words = [each for each in fields if each and not is_number(each)]
    if len(fields) < 2 or len(words) < len(fields) - 1 or len(fields) == width:
        return
    shown = ", ".join(each for each in fields[:6])
    numbers = f"{width} number{'s' if width > 1 else ''}"
    if width == 2 * len(fields) and dialect.separator == ",":
        why = _UNQUOTED
    elif width < len(fields):
        why = "values are missing beside them. Export the table again, with all of its columns"
    else:
        why = "the separator cannot be told. Export the table again, with one title a column"
    raise FormatError(
        f"Line {line.number} of {name} holds {len(fields)} titles ({shown}) over rows of "
        f"{numbers}: {why}."
    )


def prove_separators(rows: Sequence[Line], dialect: Dialect, name: str) -> None:
    """Refuse rows without titles in which every second comma parts a number from its decimals.

    Whole numbers are not written 05 or -0: where each pair of columns holds such, and no number
    of a pair begins so with its first, it is one number.

    Parameters
    ----------
    rows : sequence of Line
        The first of the samples.
    dialect : Dialect
        Of the rows.
    name : str
        The file, for the refusal.

    Raises
    ------
    FormatError
        Where the separator was misjudged.

    Examples
    --------
    >>> prove_separators([Line(1, "1,2,3,4"), Line(2, "0,5,1,4")], Dialect(",", "."), "rig.csv")
    """
    table = [dialect.fields(row.text) for row in rows]
    width = len(table[0])
    is_even = dialect.separator == "," and width >= 4 and width % 2 == 0
    if not is_even or any(len(fields) != width for fields in table):
        return
    columns = list(zip(*table, strict=True))
    for whole, decimals in zip(columns[::2], columns[1::2], strict=True):
        if not all(map(_WHOLE.fullmatch, whole)) or not all(map(_DECIMALS.fullmatch, decimals)):
            return
        if "-0" not in whole and not any(len(d) > 1 and d[0] == "0" for d in decimals):
            return
    raise FormatError(f"{rows[0].quoted(name)} cannot be read: {_UNQUOTED}.")


def units_of(line: Line, dialect: Dialect, width: int) -> list[str] | None:
    """Return the units of a line that says one for each column, or leaves it open.

    Parameters
    ----------
    line : Line
        Above the samples.
    dialect : Dialect
        Of the rows.
    width : int
        Number of columns.

    Returns
    -------
    list of str or None
        Without brackets; None where it is no row of units.

    Examples
    --------
    >>> units_of(Line(2, "[s],[m/s²]"), Dialect(",", "."), 2)
    ['s', 'm/s²']
    """
    text = line.text
    fields = dialect.fields(text) if width > 1 else [text.strip().strip('"')]
    if len(fields) != width:
        return None
    filled = [each for each in fields if each and each not in ("-", "–")]
    if not filled:
        return None
    bracketed = all(_BRACKETED.match(each) for each in filled)
    known = [each for each in filled if find_unit(bare_unit(each)) is not None]
    filled = [each for each in filled if each in known or each.lower() not in _COUNTED]
    is_row = (bool(known) and (bracketed or len(known) == len(filled))) or (
        bracketed and len(filled) == width
    )
    return [bare_unit(each) for each in fields] if is_row else None


def bare_unit(unit: str) -> str:
    """Return a unit without the brackets around it.

    Parameters
    ----------
    unit : str

    Returns
    -------
    str

    Examples
    --------
    >>> bare_unit(" [m/s²] ")
    'm/s²'
    """
    return unit.strip().strip("[](){}<>").strip()
