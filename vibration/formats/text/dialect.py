"""How a table is written: its separator, its decimal mark, and what its fields are."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

_DECIMAL_COMMA: Final = re.compile(r"^\s*(-0,\d+|[+-]?\d+,0\d+)\s*$")
_WHOLE: Final = re.compile(r"^\s*[+-]?\d+\s*$")
_COMMA_NUMBER: Final = re.compile(r"^[+-]?\d*,\d+(?:[eE][+-]?\d+)?$")
_GROUPED: Final = re.compile(r"([+-]?[1-9]\d{0,2})(?:\.\d{3})+")
_MAY_GROUP: Final = re.compile(r"\.\d{3}(?![\w,:])")
_BELOW_A_THOUSAND: Final = re.compile(r"[+-]?\d{1,3}")
_FEWEST_GROUPED: Final = 3
_ONE_DECIMAL: Final = re.compile(r"^\s*[+-]?\d+,(\d)\s*$")
_FEWEST_DECIMALS: Final = 5
_POINT_NUMBER: Final = re.compile(r"^[+-]?\d*\.\d+(?:[eE][+-]?\d+)?$")
_DURATION: Final = re.compile(
    r"^\s*([+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?)\s+(ms|s|sec|min|hr|days?)\s*$"
)
_DURATION_S: Final = {"ms": 1e-3, "s": 1.0, "sec": 1.0, "min": 60.0, "hr": 3600.0}
_QUOTED_COMMA: Final = re.compile(r'"\s*[+-]?\d+,\d+(?:[eE][+-]?\d+)?\s*"')
_CLOCK: Final = re.compile(
    r"^\s*(?:(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})[./-](\d{1,2})[./-](\d{4}))?"
    r"(?:[T ]*)(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,:](\d{1,9}))?)?\s*([AaPp][Mm])?)?"
    r"\s*(Z|UTC|[+-]\d{2}:?\d{2})?\s*$"
)
_CELL: Final = re.compile(r"^\s*[\[(]\s*[+-]?[\d.]")
_LONGEST_COMMA_TEST: Final = 50
_LONGEST_CLOCK: Final = 60


@dataclass(frozen=True)
class Dialect:
    """How a table is written: its separator (None: blanks), decimal mark, and whether it quotes."""

    separator: str | None
    decimal: str
    quotes: bool = False

    def fields(self, line: str) -> list[str]:
        """Split one line into its fields, without blanks, quotes and a separator at the end."""
        if self.quotes and self.separator is not None and '"' in line:
            parts = next(csv.reader([line], delimiter=self.separator, skipinitialspace=True), [])
        elif self.separator is None:
            parts = line.split()
        else:
            parts = line.split(self.separator)
        fields = [part.strip().strip('"').strip() for part in parts]
        if len(fields) > 1 and not fields[-1]:
            fields.pop()
        return fields

    def kinds(self, line: str) -> str:
        """Return a letter for each field: number, time, cell of many numbers, empty, or text x."""
        return "".join(self.kind(field) for field in self.fields(line))

    def kind(self, field: str) -> str:
        """Return the kind of one field."""
        if not field:
            return "e"
        if self.number(field) is not None:
            return "n"
        if any(character.isdigit() for character in field):
            if len(field) <= _LONGEST_CLOCK:
                return "t" if _CLOCK.match(field) or _DURATION.match(field) else "x"
            if _CELL.match(field):
                return "c"
        return "x"

    def may_group(self, text: str) -> bool:
        """Tell quickly whether any line of a text may hold a number as `grouped` finds."""
        return self.decimal == "," and _MAY_GROUP.search(text) is not None

    def grouped(self, line: str) -> list[int]:
        """Return the places of numbers whose thousands are parted by points, as 2.514 may be."""
        if not self.may_group(line):
            return []
        return [i for i, field in enumerate(self.fields(line)) if _GROUPED.fullmatch(field)]

    def number(self, field: str) -> float | None:
        """Return the number that a field is, else None."""
        text = field.replace(",", ".") if self.decimal == "," else field
        if "_" in text:  # Python's own way to write thousands, and nobody else's
            return None
        try:
            return float(text)
        except ValueError:
            return None


def is_number(field: str) -> bool:
    """Tell whether a field is a number, with a point or a comma in it.

    Parameters
    ----------
    field : str

    Returns
    -------
    bool

    Examples
    --------
    >>> is_number("1,5"), is_number("g")
    (True, False)
    """
    return Dialect(None, ",").number(field) is not None


def dialect_of(lines: list[str]) -> Dialect:
    """Tell the dialect from lines of data; the first one decides on the separator.

    Parameters
    ----------
    lines : list of str
        At least one; blank lines taken out.

    Returns
    -------
    Dialect

    Examples
    --------
    >>> dialect_of(["0,1;2,5", "0,2;2,7"])
    Dialect(separator=';', decimal=',', quotes=False)
    """
    line = lines[0].strip()
    near = lines[:_LONGEST_COMMA_TEST]
    quotes = any('"' in row for row in near)
    outside = re.sub(r'"[^"]*"', '""', line) if quotes else line
    if quotes and "," in line:
        decimal = "," if any(_QUOTED_COMMA.search(row) for row in near) else "."
        separator = next((mark for mark in ";\t," if mark in outside), None)
        if separator is not None:
            return Dialect(separator, decimal, quotes=True)
    for separator in (";", "\t"):
        # tabs may pad a table that commas part
        is_padding = separator == "\t" and "," in line and "." in line
        if separator in line.strip(separator) and not is_padding:
            return Dialect(separator, _decimal_mark(near, separator), quotes)
    if "," not in line:
        separator = "|" if "|" in line else None
        return Dialect(separator, _decimal_mark(near, separator), quotes)
    if _are_decimal_commas(line, near):
        return Dialect(None, ",", quotes)
    return Dialect(",", ".", quotes)


def _decimal_mark(near: list[str], separator: str | None) -> str:
    """Return the decimal mark between separators that are no commas; dates do not count.

    Points that part thousands in all of a column are none, and show that a comma would be.
    """
    rows = [[field.strip(' "') for field in row.split(separator)] for row in near]
    columns = list(zip_longest(*rows, fillvalue=""))
    commas = sum(bool(_COMMA_NUMBER.match(field)) for row in rows for field in row)
    fewest = 1 if commas else _FEWEST_GROUPED
    counted = [column for column in columns if not _is_grouped(column, fewest)]
    points = sum(bool(_POINT_NUMBER.match(field)) for column in counted for field in column)
    return "," if commas > points or (len(counted) < len(columns) and not points) else "."


def _is_grouped(column: Sequence[str], fewest: int) -> bool:
    """Tell a column such as 251, 2.670, 12.808: so many thousands, and what is less without."""
    thousands = {found[1] for field in column if (found := _GROUPED.fullmatch(field))}
    others = [field for field in column if field and not _GROUPED.fullmatch(field)]
    is_below = bool(others) and all(map(_BELOW_A_THOUSAND.fullmatch, others))
    return len(thousands) >= fewest and is_below


def _are_decimal_commas(line: str, near: list[str]) -> bool:
    """Tell whether the commas between blanks, or alone on each line, are decimal marks."""
    # "0,5" alone on each line: integers are not written 05 or -0, decimals are.
    are_alone = all(row.count(",") == 1 or _WHOLE.match(row) for row in near)
    if are_alone and any(_DECIMAL_COMMA.match(row) for row in near):
        return True
    parts = line.split()
    return len(parts) > 1 and "." not in line and all("," in part.strip(",") for part in parts)


def are_decimals_under(title: str, rows: list[str]) -> bool:
    """Tell whether one title stands over numbers with one digit behind a decimal comma.

    More digits show by a zero among their first, and a switch beside a channel by its few values.

    Parameters
    ----------
    title : str
        The line above the rows.
    rows : list of str
        Of data, as they are written.

    Returns
    -------
    bool

    Examples
    --------
    >>> are_decimals_under("Velocity (mm/s)", ["1,5", "2,3", "0,9", "1,2", "3,6"])
    True
    >>> are_decimals_under("left,right", ["1,5", "2,3", "0,9", "1,2", "3,6"])
    False
    """
    words = title.strip()
    is_title = any(map(str.isalpha, words)) and not any(mark in words for mark in ";,\t|:=")
    found = [_ONE_DECIMAL.match(row) for row in rows[:_LONGEST_COMMA_TEST]]
    if not is_title or words[0] in "#%/*!":
        return False
    last_digits = {each[1] for each in found if each is not None}
    return all(found) and len(last_digits) >= _FEWEST_DECIMALS


def utc_offset_s(field: str) -> float | None:
    """Return the offset from UTC behind a clock time in s, None where none stands there.

    Parameters
    ----------
    field : str
        Of a table.

    Returns
    -------
    float or None

    Examples
    --------
    >>> utc_offset_s("2024-04-16T11:02:03+02:00"), utc_offset_s("11:02Z"), utc_offset_s("11:02")
    (7200.0, 0.0, None)
    """
    found = _CLOCK.match(field) if len(field) <= _LONGEST_CLOCK else None
    offset = found[12] if found is not None else None
    if offset is None or offset in ("Z", "UTC"):
        return None if offset is None else 0.0
    size_s = 3600.0 * int(offset[1:3]) + 60.0 * int(offset[-2:])
    return -size_s if offset[0] == "-" else size_s


def clock(field: str) -> tuple[int | None, float | None, bool] | None:
    """Return day number, seconds of the day, and whether the day is beyond doubt; None for others.

    ``2024-04-16T11:02:03.5Z``, ``16.04.2024 11:02``, ``11:02:03,500 PM`` and dates alone are read.
    A day before a month with a slash between is in doubt up to the twelfth. Times are local ones:
    `utc_offset_s` reads what stands behind them.

    Parameters
    ----------
    field : str
        Of a table.

    Returns
    -------
    (int or None, float or None, bool) or None
        The day as its proleptic Gregorian ordinal; seconds of the day.

    Examples
    --------
    >>> clock("2024-04-16T11:02:03.5Z")
    (738992, 39723.5, True)
    >>> clock("pump") is None
    True
    """
    if len(field) > _LONGEST_CLOCK:
        return None
    duration = _DURATION.match(field)
    if duration is not None:
        unit_s = _DURATION_S.get(duration.group(2), 86400.0)
        return None, float(duration.group(1).replace(",", ".")) * unit_s, True
    found = _CLOCK.match(field)
    if found is None or not any(found.group(i) for i in (1, 4, 7)):
        return None
    year, month, day, first, second, late, hour, minute, sec, part, half, _ = found.groups()
    from datetime import date

    ordinal, sure = None, True
    try:
        if year:
            ordinal = date(int(year), int(month), int(day)).toordinal()
        elif late:
            a, b = int(first), int(second)
            sure = "." in field.split(maxsplit=1)[0] or a > 12 or b > 12
            is_month_first = b > 12
            ordinal = date(
                int(late), a if is_month_first else b, b if is_month_first else a
            ).toordinal()
    except ValueError:
        return None
    seconds = None
    if hour is not None:
        hours = int(hour) % 12 + (12 if half.lower() == "pm" else 0) if half else int(hour)
        fraction = float(f"0.{part}") if part else 0.0
        seconds = hours * 3600.0 + int(minute) * 60.0 + int(sec or 0) + fraction
    return ordinal, seconds, sure
