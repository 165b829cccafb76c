"""The rows of a text table, parsed in blocks into columns; one that does not fit is quoted."""

import csv
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.errors import FormatError
from vibration.formats.files import SourceFile
from vibration.formats.gathering import Columns
from vibration.formats.recording import LeftOut
from vibration.formats.text.clocks import Clock, join_dates
from vibration.formats.text.dialect import Dialect
from vibration.formats.text.lines import Line, TextLines
from vibration.formats.text.table import Column, Table

_FOOT_LINES: Final = 5
_LINE_END: Final = "\r\n \x1a"  # a tab may be a separator


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
    >>> from vibration.formats.text.table import find_table
    >>> head = [Line(1, "a;b"), Line(2, "0.1;0.2"), Line(3, "0.3;0.4")]
    >>> table, first = find_table(head, "rig.csv")
    >>> parse(table, first, head, TextLines(io.StringIO("")), SourceFile(Path("r"), "rig.csv"))
    >>> table.columns[1].values.tolist()
    [0.2, 0.4]
    """
    kinds = table.dialect.kinds(table.first_rows[0])
    numeric = [i for i, kind in enumerate(kinds) if kind in "ne"]
    clocks: dict[int, Clock] = {i: Clock() for i, kind in enumerate(kinds) if kind == "t"}
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
    join_dates(table, clocks)


def _block(
    texts: list[str],
    number: int,
    is_last: bool,
    table: Table,
    kinds: str,
    clocks: dict[int, Clock],
    name: str,
) -> npt.NDArray[np.float64]:
    dialect = table.dialect
    if dialect.decimal == "," and dialect.may_group("\n".join(texts)):
        _prove_ungrouped(texts, number, dialect, kinds, name)
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


def _prove_ungrouped(
    texts: list[str], number: int, dialect: Dialect, kinds: str, name: str
) -> None:
    """Refuse numbers such as 2.514 beside decimal commas: a thousandth of what they are."""
    for i, text in enumerate(texts):
        if any(kinds[at : at + 1] in ("n", "e") for at in dialect.grouped(text)):
            raise grouped_error(Line(number + i, text), name)


def grouped_error(line: Line, name: str) -> FormatError:
    """Return the refusal of a line whose thousands are parted by points.

    Parameters
    ----------
    line : Line
    name : str
        The file.

    Returns
    -------
    FormatError

    Examples
    --------
    >>> print(grouped_error(Line(2, "0,5;2.514"), "rig.csv"))
    Line 2 of rig.csv ('0,5;2.514') seems to part thousands by points; export it without.
    """
    return FormatError(f"{line.quoted(name)} seems to part thousands by points; export it without.")


def _numbers(
    texts: list[str], dialect: Dialect, kinds: str, clocks: dict[int, Clock]
) -> npt.NDArray[np.float64]:
    quoted = dialect.quotes and any('"' in text for text in texts)
    if {*kinds} == {"n"} and not quoted:
        return _plain_numbers(texts, dialect, len(kinds))
    texts = [text for text in texts if text.strip()]
    fast = None if quoted else _beside_clocks(texts, dialect, kinds, clocks)
    if fast is not None:
        return fast
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
    _add_times(rows, clocks)
    return values


def _beside_clocks(
    texts: list[str], dialect: Dialect, kinds: str, clocks: dict[int, Clock]
) -> npt.NDArray[np.float64] | None:
    """Return the numbers of whole rows of numbers and times, None where a cell is another one."""
    separator = dialect.separator
    if separator is None or {*kinds} - {"n", "t"} or not clocks:
        return None
    if any(text.count(separator) != len(kinds) - 1 for text in texts):
        return None
    numeric = [i for i, kind in enumerate(kinds) if kind == "n"]
    decimals = texts
    if dialect.decimal == ",":
        decimals = [text.replace(",", ".") for text in texts]
    try:
        values: npt.NDArray[np.float64] = np.loadtxt(
            decimals, delimiter=separator, usecols=numeric, ndmin=2, comments=None
        )
    except ValueError:
        return None
    _add_times([text.rstrip("\r\n").split(separator) for text in texts], clocks)
    return values


def _add_times(rows: list[list[str]], clocks: dict[int, Clock]) -> None:
    times = {index: each.read([row[index] for row in rows]) for index, each in clocks.items()}
    for index, each in clocks.items():  # after all that may be refused
        each.add(*times[index])


def _plain_numbers(texts: list[str], dialect: Dialect, width: int) -> npt.NDArray[np.float64]:
    if dialect.decimal == ",":
        texts = [text.replace(",", ".") for text in texts]
    separator = dialect.separator
    if separator is not None and any(t.rstrip(_LINE_END).endswith(separator) for t in texts[:2]):
        texts = [text.rstrip(_LINE_END).removesuffix(separator) for text in texts]
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
