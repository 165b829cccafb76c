"""Text tables: any usual separator, with or without titles, decimal points or commas."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError

Table = npt.NDArray[np.float64]

_MAX_BYTES = 1 << 30
_MAX_COLUMNS = 64
_MAX_TITLE_LINES = 64
_PREVIEW_LINES = 1000
_DECIMAL_COMMA = re.compile(r"^\s*(-0,\d+|[+-]?\d+,0\d+)\s*$")
_BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", codecs.BOM_UTF8: "utf-8-sig"}


@dataclass(frozen=True)
class Dialect:
    """How a table is written: its separator (None: blanks) and its decimal mark."""

    separator: str | None
    decimal: str

    def fields(self, line: str) -> list[str]:
        """Split one line into its fields, without blanks and quotes."""
        parts = line.split() if self.separator is None else line.split(self.separator)
        return [part.strip().strip('"') for part in parts]

    def numbers(self, line: str) -> list[str] | None:
        """Return the fields of a line that holds nothing but numbers, else None."""
        fields = self.fields(line)
        if len(fields) > 1 and not fields[-1]:
            fields.pop()  # each line ends with a separator
        return fields if all(self._is_number(field) for field in fields) else None

    def _is_number(self, field: str) -> bool:
        try:
            float(field.replace(",", ".") if self.decimal == "," else field)
        except ValueError:
            return False
        return True


def read_table(path: Path, name: str) -> tuple[list[str], Table]:
    """Read a text table.

    Returns
    -------
    titles : list of str
        One per column; empty where the file has none.
    values : ndarray, (rows, columns), float64
    """
    lines = [line for line in _text(path, name).splitlines() if line.strip()]
    first, dialect = _first_data_line(lines, name)
    width = len(dialect.numbers(lines[first]) or ())
    if width > _MAX_COLUMNS:
        raise VibrationError(
            f"{name} has {width} columns; at most {_MAX_COLUMNS} are read, one channel each."
        )
    titles = _titles(lines[:first], dialect, width)
    return titles, _parse(lines[first:], dialect, width, first, name)


def _text(path: Path, name: str) -> str:
    if path.stat().st_size > _MAX_BYTES:
        raise VibrationError(f"{name} is larger than 1 GiB of text; use a binary format.")
    content = path.read_bytes()
    encoding = next((code for mark, code in _BOMS.items() if content.startswith(mark)), None)
    if encoding is None and b"\0" in content:
        raise VibrationError(f"{name} is not a text file.")
    try:
        return content.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")  # only titles can differ; digits are the same


def _first_data_line(lines: list[str], name: str) -> tuple[int, Dialect]:
    for number, line in enumerate(lines[: _MAX_TITLE_LINES + 1]):
        dialect = _dialect(lines[number : number + _PREVIEW_LINES])
        if dialect.numbers(line):
            return number, dialect
    raise VibrationError(f"{name} holds no table of numbers in its first lines.")


def _dialect(lines: list[str]) -> Dialect:
    """Tell the dialect from lines of data; the first one decides on the separator."""
    line = lines[0].strip()
    for separator in (";", "\t"):
        if separator in line:
            return Dialect(separator, "," if "." not in line and "," in "".join(lines) else ".")
    if "," not in line:
        return Dialect(None, ".")
    # "0,5" alone on each line: integers are not written 05 or -0, decimals are.
    one_comma = all(row.count(",") == 1 for row in lines)
    if one_comma and any(_DECIMAL_COMMA.match(row) for row in lines):
        return Dialect(None, ",")
    parts = line.split()
    if len(parts) > 1 and "." not in line and all("," in part.strip(",") for part in parts):
        return Dialect(None, ",")
    return Dialect(",", ".")


def _titles(lines: list[str], dialect: Dialect, width: int) -> list[str]:
    if not lines:
        return []
    line = lines[-1].lstrip("#% ")
    if width == 1:  # blanks are part of the only title, and part no columns
        return [line.strip().strip('"')]
    fields = dialect.fields(line)
    if len(fields) == width + 1 and not fields[-1]:
        fields.pop()
    return fields if len(fields) == width and any(fields) else []


def _parse(lines: list[str], dialect: Dialect, width: int, skipped: int, name: str) -> Table:
    if dialect.decimal == ",":
        lines = [line.replace(",", ".") for line in lines]
    separator = dialect.separator
    if separator is not None:
        lines = [line.rstrip().removesuffix(separator) for line in lines]
    try:
        table: Table = np.loadtxt(
            lines, delimiter=separator, quotechar='"', ndmin=2, comments=None, dtype=np.float64
        )
    except ValueError as error:
        misfits = (i for i, line in enumerate(lines) if not _fits(line, dialect, width))
        row = next(misfits, 0)
        raise VibrationError(
            f"Line {skipped + row + 1} of {name} (blank lines not counted) "
            f"is not {width} numbers: {lines[row][:60]!r}."
        ) from error
    return table


def _fits(line: str, dialect: Dialect, width: int) -> bool:
    return len(Dialect(dialect.separator, ".").numbers(line) or ()) == width
