"""What stands above the samples of a text table: key lines, titles, a row of units."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from vibration.errors import FormatError
from vibration.formats.facts import number_and_unit, rate_of, speed_of, stated
from vibration.formats.recording import Statement
from vibration.formats.text.dialect import Dialect, clock
from vibration.formats.words import (
    is_interval_name,
    is_rate_name,
    is_speed_name,
    unit_in_name,
    words_of,
)
from vibration.quantities import find_unit

_COMMENT: Final = "#%'!*/ \t"
_UNIT_KEYS: Final = frozenset(
    [
        "unit",
        "units",
        "einheit",
        "einheiten",
        "unité",
        "unités",
        "unidad",
        "unidades",
        "unità",
        "eu",
        "unite",
        "unidade",
        "unidades",
        "yunit",
        "yunits",
        "signalunit",
        "amplitudeunit",
        "engineeringunits",
        "yunitlabel",
        "eenheid",
        "jednostka",
        "单位",
        "単位",
        "ednotka",
        "единица",
        "единицы",
        "einheitsymbol",
        "dimension",
    ]
)
_COUNTED: Final = frozenset({"sequence", "sample", "samples", "#", "index", "point"})
_OF_THE_AXIS: Final = frozenset({"horizontal", "x", "time", "abscissa", "axis", "zeit"})
_BRACKETED: Final = re.compile(r"^\s*[\[(<{].{0,20}[\])>}]\s*$")
_PAIRS: Final = re.compile(r"([^=:;,]+?)\s*[=:]\s*([^=;]+?)(?=[;,]\s*[^=:;,]+[=:]|$|;)")
_KEY_BLANK_VALUE: Final = re.compile(r"^([^\d=:]*[^\d\s=:,;])\s+([+-]?\d[\d.,eE+-]*\s*\S*)\s*$")
_NAME_AND_UNIT: Final = re.compile(r"[^\s\[\](][^\[\](]*?\s*[\[(][^\])]*[\])]|\S+")
_SHOWN: Final = 60


@dataclass(frozen=True)
class Line:
    """One line of a file with its number."""

    number: int
    text: str

    def quoted(self, name: str) -> str:
        """Return the start of a refusal: the line's number, the file and its own words."""
        return f"Line {self.number} of {name} ({self.text.strip()[:_SHOWN]!r})"


@dataclass
class Preamble:
    """What the lines above the samples say.

    Attributes
    ----------
    titles : list of str
        One a column; empty where there are none.
    units : list of str
        One a column where a row of units or a key line with as many values says them.
    rates : list of Statement
        For all columns.
    column_rates : dict of int to Statement
        For one column.
    speeds : list of Statement
    unit : (str, str) or None
        One unit for all columns, and where it stands.
    """

    titles: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    rates: list[Statement] = field(default_factory=list)
    column_rates: dict[int, Statement] = field(default_factory=dict)
    speeds: list[Statement] = field(default_factory=list)
    unit: tuple[str, str] | None = None
    recorded_at: datetime | None = None


def preamble_of(
    lines: Sequence[Line], dialect: Dialect, first_rows: Sequence[str], name: str
) -> Preamble:
    """Read the lines above the samples.

    Parameters
    ----------
    lines : sequence of Line
        Without blank ones.
    dialect : Dialect
        Of the rows.
    first_rows : sequence of str
        The first rows of samples.
    name : str
        The file, for refusals.

    Returns
    -------
    Preamble
        Titles, units and what the key lines state.

    Raises
    ------
    FormatError
        Where titles do not match the columns.

    Examples
    --------
    >>> lines = [Line(1, "# fs: 1000 Hz"), Line(2, "a,b")]
    >>> found = preamble_of(lines, Dialect(",", "."), ["0.1,0.2"], "rig.csv")
    >>> found.titles, found.rates[0].value
    (['a', 'b'], 1000.0)
    """
    width = len(dialect.fields(first_rows[0]))
    found = Preamble()
    rest = _without_increment(list(lines), dialect, width, found)
    if rest and _is_unit_row(rest[-1].text, dialect, width) and len(rest) > 1:
        units = _row_fields(rest[-1].text, dialect, width)
        titles = _titles(rest[-2], dialect, width)
        if titles is not None and not _is_key_line(rest[-2], width):
            found.units = [_bare(unit) for unit in units]
            found.titles = titles
            rest = rest[:-2]
    if not found.titles:
        place = _title_place(rest, width)
        if place is not None:
            is_last = place == len(rest) - 1
            _take_titles(rest.pop(place), dialect, first_rows, name if is_last else "", found)
    for line in rest:
        _read_keys(line, dialect, width, found)
    return found


def _without_increment(
    lines: list[Line], dialect: Dialect, width: int, found: Preamble
) -> list[Line]:
    """Read a step that stands beside the titles: ``X,CH1,Start,Increment`` over their values."""
    if len(lines) < 2 or width < 2:
        return lines
    titles, values = (dialect.fields(line.text) for line in lines[-2:])
    beside = list(zip(titles[width:], values[width:], strict=False))
    numbers = [
        (key, number) for key, text in beside if (number := dialect.number(text)) is not None
    ]
    if not numbers or any(_is_number(title) for title in titles):
        return lines
    where = f"line {lines[-1].number}: {lines[-1].text.strip()[:_SHOWN]}"
    for key, number in numbers:
        fs_hz = rate_of(key, number)
        found.rates += [] if fs_hz is None else [stated(fs_hz, where)]
    separator = dialect.separator or " "
    return [
        *lines[:-2],
        Line(lines[-2].number, separator.join(titles[:width])),
        Line(lines[-1].number, separator.join(values[:width])),
    ]


def _title_place(lines: Sequence[Line], width: int) -> int | None:
    """Return where the titles would stand: last, or above nothing but key lines."""
    for place in range(len(lines) - 1, -1, -1):
        if not _is_key_line(lines[place], width):
            return place
    return None


def _take_titles(
    line: Line, dialect: Dialect, first_rows: Sequence[str], name: str, found: Preamble
) -> None:
    width = len(dialect.fields(first_rows[0]))
    titles = _titles(line, dialect, width) or _shifted_titles(line, dialect, first_rows, width)
    if titles is None:
        if name:  # further up, such a line is one of many about the whole
            _prove_titles(line, dialect, width, name)
        _read_keys(line, dialect, width, found)
    else:
        found.titles = titles


def _row_fields(text: str, dialect: Dialect, width: int) -> list[str]:
    if width == 1:
        return [text.strip().strip('"')]
    fields = dialect.fields(text)
    return fields


def _titles(line: Line, dialect: Dialect, width: int) -> list[str] | None:
    """Return the titles of a line that has one for each column."""
    text = line.text.strip().lstrip("#%").strip() if line.text.lstrip()[:1] in "#%" else line.text
    if width == 1:  # blanks are part of the only title, and part no columns
        bare = text.strip().strip('"').strip()
        is_one = not any(mark in bare for mark in ";\t,")
        is_text = not all(_is_number(each) for each in bare.split())
        return [bare] if is_one and bare and is_text else None
    candidates = [dialect.fields(_padded(text, dialect))]
    candidates += [
        Dialect(mark, ".", quotes=True).fields(text)
        for mark in (";", "\t", ",", "|")
        if mark != dialect.separator and mark in text
    ]
    if dialect.separator in (None, "\t"):
        candidates.append([part.strip() for part in re.split(r"\t|\s{2,}", text.strip())])
        candidates.append([part.strip() for part in _NAME_AND_UNIT.findall(text.strip())])
    for fields in candidates:
        if len(fields) == width and any(fields) and any(not _is_number(f) for f in fields if f):
            return fields
    return None


def _padded(text: str, dialect: Dialect) -> str:
    # A separator at the end closes a row; before it stands the last title.
    return text.rstrip("\r\n") if dialect.separator is None else text


def _is_number(field: str) -> bool:
    return Dialect(None, ",").number(field) is not None


def _shifted_titles(
    line: Line, dialect: Dialect, first_rows: Sequence[str], width: int
) -> list[str] | None:
    """Return titles over all columns but the first, which numbers the rows, as R writes them."""
    if width < 2:
        return None
    titles = _titles(line, dialect, width - 1)
    numbers = [dialect.number(dialect.fields(row)[0]) for row in first_rows[:5]]
    counts = len(numbers) > 1 and all(
        a is not None and b is not None and b - a == 1 for a, b in pairwise(numbers)
    )
    return ["", *titles] if titles is not None and counts else None


def _prove_titles(line: Line, dialect: Dialect, width: int, name: str) -> None:
    """Refuse titles that are more or fewer than the columns: the separator was misjudged."""
    text = line.text.strip()
    if text[:1] in ("#", "%", "/", "*", "!"):
        return
    marks = [mark for mark in (dialect.separator, ";", "\t", ",") if mark and mark in text]
    if not marks:
        return
    fields = Dialect(marks[0], ".", quotes=True).fields(text)
    words = [each for each in fields if each and not _is_number(each)]
    if len(fields) < 2 or len(words) < len(fields) - 1 or len(fields) == width:
        return
    shown = ", ".join(each for each in fields[:6])
    numbers = f"{width} number{'s' if width > 1 else ''}"
    if width == 2 * len(fields) and dialect.separator == ",":
        why = (
            "the decimal commas are not quoted, so they cannot be told from separators. "
            "Export with semicolons between the columns, or with decimal points"
        )
    elif width < len(fields):
        why = "values are missing beside them. Export the table again, with all of its columns"
    else:
        why = "the separator cannot be told. Export the table again, with one title a column"
    raise FormatError(
        f"Line {line.number} of {name} holds {len(fields)} titles ({shown}) over rows of "
        f"{numbers}: {why}."
    )


def _is_unit_row(text: str, dialect: Dialect, width: int) -> bool:
    fields = _row_fields(text, dialect, width)
    if len(fields) != width:
        return False
    filled = [each for each in fields if each and each not in ("-", "–")]
    if not filled:
        return False
    bracketed = all(_BRACKETED.match(each) for each in filled)
    known = [each for each in filled if find_unit(_bare(each)) is not None]
    filled = [each for each in filled if each in known or each.lower() not in _COUNTED]
    return (bool(known) and (bracketed or len(known) == len(filled))) or (
        bracketed and len(filled) == width
    )


def _bare(unit: str) -> str:
    return unit.strip().strip("[](){}<>").strip()


def _is_key_line(line: Line, width: int) -> bool:
    """Tell whether a line says `key, value`, so that it titles nothing."""
    for key, values in _pairs(line.text):
        value = values[0] if values else ""
        has_number = number_and_unit(value) is not None
        if has_number and (is_rate_name(key) or is_interval_name(key) or is_speed_name(key)):
            return True
        if _is_unit_key(key) and find_unit(value) is not None:
            return True
        is_explicit = any(mark in line.text for mark in ":=;,\t")
        if has_number and len(values) == 1 and width == 1 and is_explicit:
            return True
    return False


def _is_unit_key(key: str) -> bool:
    return "".join(words_of(key)) in _UNIT_KEYS or words_of(key)[-1:] == ("units",)


def _pairs(text: str) -> list[tuple[str, list[str]]]:
    """Return the keys of a line, each with its values."""
    bare = text.strip().strip(_COMMENT).strip()
    explicit = [
        (key.strip().strip('"'), [value.strip().strip('"').strip()])
        for key, value in _PAIRS.findall(bare)
        if any(c.isalpha() for c in key)
    ]
    if explicit:
        first_key = explicit[0][0]
        if not re.search(r"\d{1,2}$", first_key) or len(explicit) > 1:
            return explicit
    for mark in (";", "\t", ","):
        if mark in bare:
            key, *values = [part.strip().strip('"').strip(" :=") for part in bare.split(mark)]
            values = [value for value in values if value]
            if key and values:
                with_unit = len(values) == 2 and (find_unit(values[1]) or _is_rate_unit(values[1]))
                if with_unit and _is_number(values[0]):
                    return [(key, [f"{values[0]} {values[1]}"])]
                return [(key, values)]
    blank = _KEY_BLANK_VALUE.match(bare)
    return [(blank.group(1).strip(), [blank.group(2)])] if blank else explicit


def _is_rate_unit(text: str) -> bool:
    return text.replace(" ", "").lower() in {"hz", "khz", "mhz", "s/s", "sps", "samples/s", "sa/s"}


def _read_keys(line: Line, dialect: Dialect, width: int, found: Preamble) -> None:
    where = f"line {line.number}: {line.text.strip()[:_SHOWN]}"
    for key, values in _pairs(line.text):
        if _is_unit_key(key):
            if {*words_of(key)} & _OF_THE_AXIS:
                continue
            if len(values) in (width, width - 1) and len(values) > 1:
                # The key may stand over a first column of its own.
                units = [""] * (width - len(values)) + [_bare(value) for value in values]
                found.units = found.units or units
            elif values and len(values[0]) <= 20 and find_unit(_bare(values[0])):
                found.unit = (_bare(values[0]), where)
            continue
        numbers = [number_and_unit(value) for value in values]
        rates = [
            rate_of(key, n[0], n[1] or unit_in_name(key)) if n is not None else None
            for n in numbers
        ]
        if rates and all(rate is not None for rate in rates):
            _keep_rates([rate for rate in rates if rate is not None], width, where, found)
            continue
        if numbers and numbers[0] is not None:
            rpm = speed_of(key, *numbers[0])
            if rpm is not None:
                found.speeds.append(stated(rpm, where))
                continue
        _read_time(key, values, found)


def _keep_rates(rates: list[float], width: int, where: str, found: Preamble) -> None:
    if len(set(rates)) == 1 or len(rates) not in (width, width - 1):
        found.rates += [stated(rate, where) for rate in dict.fromkeys(rates)]
    else:
        first = width - len(rates)
        found.column_rates = {i: stated(rate, where) for i, rate in enumerate(rates, first)}


def _read_time(key: str, values: list[str], found: Preamble) -> None:
    words = words_of(key)
    is_date = bool({*words} & {"date", "datum", "fecha", "recorded", "start", "time", "zeit"})
    parsed = clock(values[0]) if is_date and values and len(values[0]) < 40 else None
    if parsed is None:
        return
    day, seconds, is_sure = parsed
    if day is not None and is_sure and day > 700000:
        found.recorded_at = datetime.fromordinal(day) + timedelta(seconds=seconds or 0.0)
    elif (
        seconds is not None
        and found.recorded_at is not None
        and (found.recorded_at.time() == datetime.min.time())
    ):
        found.recorded_at += timedelta(seconds=seconds)
