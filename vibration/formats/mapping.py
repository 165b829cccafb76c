"""What a table says of files, a row a file and a column a fact.

Nothing here knows what a class, a severity or a bearing type is: words stay words.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from vibration.errors import FormatError
from vibration.formats.said_values import FACTS, SIZE_UNITS
from vibration.formats.titles import COLUMNS_OFFERED, column_of, rank_of

TABLE_BYTES: Final = 2 << 20
MOST_ROWS: Final = 50_000


@dataclass(frozen=True)
class Cell:
    """One fact as it is written: the title of its column, the unit in the title, and the text."""

    title: str
    unit: str
    text: str


@dataclass(frozen=True)
class Row:
    """What one line says of one file, by fact; empty cells say nothing."""

    line: int
    cells: Mapping[str, Cell]


@dataclass
class Table:
    """Rows by the file they name.

    Attributes
    ----------
    rows : dict of str to Row
        By the path, the name, the name without its suffix, or the folder, as the table calls it.
    """

    rows: dict[str, Row]
    _folded: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._folded = {key.casefold(): key for key in self.rows}

    def key_of(self, path: str) -> str | None:
        """Return the key of the row that speaks of a file: the longest end of its path that the
        table has, with or without its suffix; else the nearest folder that it has.

        Examples
        --------
        >>> table = table_read(b"file,label\\nb1/1.csv,x\\nb2,y\\n", "labels.csv")
        >>> table.key_of("rig/b1/1.csv"), table.key_of("rig/b2/7.csv"), table.key_of("c.csv")
        ('b1/1.csv', 'b2', None)
        """
        pure = PurePosixPath(path)
        bare = pure.with_name(pure.name.removesuffix(".gz")).with_suffix("") if pure.name else pure
        for first in range(len(pure.parts)):
            for each in (pure, bare):
                found = self._key("/".join(each.parts[first:]))
                if found is not None:
                    return found
        for last in range(len(pure.parts) - 1, 0, -1):
            for first in range(last):
                found = self._key("/".join(pure.parts[first:last]))
                if found is not None:
                    return found
        return None

    def _key(self, text: str) -> str | None:
        return text if text in self.rows else self._folded.get(text.casefold())


def table_read(content: bytes, name: str) -> Table:
    """Read a CSV file that says of files what they do not say themselves.

    Parameters
    ----------
    content : bytes
        UTF-8 or UTF-16, parted by commas, semicolons or tabs; a line of titles first.
    name : str
        What the table is called, for refusals.

    Returns
    -------
    Table

    Raises
    ------
    FormatError
        In one sentence, with the line where there is one.

    Examples
    --------
    >>> table = table_read(b"File;Label;Speed (Hz)\\na.csv;ball;25\\n", "labels.csv")
    >>> facts_of(table.rows["a.csv"])
    {'label': 'ball', 'rpm': 1500.0}
    """
    if len(content) > TABLE_BYTES:
        raise FormatError(f"{name} is larger than 2 MB; keep only the columns that are read.")
    try:
        text = content.decode(
            "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        )
        first = text.split("\n", 1)[0]
        separator = max(",;\t", key=first.count)
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        titles = next(lines, [])
        columns = _columns_of(titles, name)
        rows: dict[str, Row] = {}
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) >= MOST_ROWS:
                raise FormatError(f"{name} has more than {MOST_ROWS} rows; divide it.")
            path, said = _row_read(columns, titles, cells, lines.line_num)
            if path in rows:
                raise FormatError(
                    f"Line {lines.line_num}: {path[:100]} stands in line {rows[path].line} too; "
                    "one file has one row."
                )
            rows[path] = said
    except (UnicodeDecodeError, csv.Error) as error:
        raise FormatError(f"{name} cannot be read as CSV in UTF-8; save it as such.") from error
    return Table(rows)


def _columns_of(titles: list[str], name: str) -> dict[int, tuple[str, str]]:
    """Return fact and unit by the number of the column; what has another title is not read."""
    if not any(title.strip() for title in titles):
        raise FormatError(f"{name} cannot be read: it has no line of titles.")
    columns: dict[int, tuple[str, str]] = {}
    for number, title in enumerate(titles):
        fact, unit = column_of(title)
        if fact is None:
            continue
        other = next((at for at, (known, _) in columns.items() if known == fact), None)
        if other is not None:
            if rank_of(titles[other]) == rank_of(title):
                raise FormatError(f"{name} has two columns for what “{title.strip()[:40]}” says.")
            if rank_of(titles[other]) < rank_of(title):
                continue
            del columns[other]
        if fact == "fault_size_mm" and unit and unit not in SIZE_UNITS:
            raise FormatError(f"A fault size is in mm, in or mil, not in {unit[:20]}.")
        columns[number] = (fact, unit)
    facts = {known for known, _ in columns.values()}
    if not facts & {"path", "folder"} or not facts - {"path", "folder"}:
        found = ", ".join(title.strip() for title in titles[:8] if title.strip())[:150]
        raise FormatError(
            f"{name} needs the column file and at least one of {COLUMNS_OFFERED}. It has: {found}."
        )
    return columns


def _row_read(
    columns: Mapping[int, tuple[str, str]], titles: list[str], cells: list[str], line: int
) -> tuple[str, Row]:
    if len(cells) > len(titles):
        raise FormatError(
            f"Line {line} has {len(cells)} cells under {len(titles)} titles; put quotes around a "
            "cell that holds the separator."
        )
    said: dict[str, Cell] = {}
    place = {"folder": "", "path": ""}
    for number, (fact, unit) in columns.items():
        text = cells[number].strip() if number < len(cells) else ""
        if fact in place:
            place[fact] = text.replace("\\", "/").removeprefix("./").strip("/")
        elif text:
            said[fact] = Cell(titles[number].strip()[:40], unit, text)
    path = "/".join(filter(None, (place["folder"], place["path"])))
    if not path:
        raise FormatError(f"Line {line} names no file.")
    return path, Row(line, said)


def facts_of(row: Row) -> dict[str, Any]:
    """Return what a row says, each fact in its own type; names of facts are those of `FACTS`.

    Parameters
    ----------
    row : Row

    Returns
    -------
    dict
        Without the facts that the row does not speak of.

    Raises
    ------
    FormatError
        With line and column, where a cell cannot be.

    Examples
    --------
    >>> facts_of(Row(2, {"fs_hz": Cell("fs", "khz", "25,6")}))
    {'fs_hz': 25600.0}
    """
    facts = {}
    for name, cell in row.cells.items():
        try:
            facts[name] = FACTS[name](cell.text, cell.unit)
        except FormatError as error:
            raise FormatError(f"Line {row.line}, {cell.title}: {error}") from error
    return facts
