"""What stands above the samples of a text table: key lines, titles, a row of units."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from vibration.formats.facts import both_readings, number_and_unit, rate_of, speed_of, stated
from vibration.formats.recording import Statement
from vibration.formats.text.column_titles import (
    bare_unit,
    prove_titles,
    shifted_titles,
    titles_of,
    units_of,
)
from vibration.formats.text.dialect import Dialect, clock, is_number
from vibration.formats.text.lines import Line
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
_OF_THE_AXIS: Final = frozenset({"horizontal", "x", "time", "abscissa", "axis", "zeit"})
# A key begins at the line's own beginning or after a mark, so that each is looked at once.
_PAIRS: Final = re.compile(r"(?<![^=:;,])([^=:;,]+)[=:]([^=;]+?)(?=[;,][^=:;,]+[=:]|$|;)")
_KEY_BLANK_VALUE: Final = re.compile(r"^([^\d=:]*[^\d\s=:,;])\s+([+-]?\d[\d.,eE+-]*\s*\S*)\s*$")
_LONGEST_PAIRS: Final = 2000
_SHOWN: Final = 60


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
    units = units_of(rest[-1], dialect, width) if len(rest) > 1 else None
    if units is not None:
        titles = titles_of(rest[-2], dialect, width)
        if titles is not None and not _is_key_line(rest[-2], width):
            found.units, found.titles = units, titles
            rest = rest[:-2]
    if not found.titles:
        place = _title_place(rest, width)
        if place is not None:
            is_last = place == len(rest) - 1
            _take_titles(rest.pop(place), dialect, first_rows, name if is_last else "", found)
    for line in rest:
        _read_keys(line, dialect, first_rows, found)
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
    if not numbers or any(is_number(title) for title in titles):
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
    titles = titles_of(line, dialect, width) or shifted_titles(line, dialect, first_rows, width)
    if titles is None:
        if name:  # further up, such a line is one of many about the whole
            prove_titles(line, dialect, width, name)
        _read_keys(line, dialect, first_rows, found)
    else:
        found.titles = titles


def _is_key_line(line: Line, width: int) -> bool:
    """Tell whether a line says `key, value`, so that it titles nothing."""
    for key, values in _pairs(line.text):
        value = values[0] if values else ""
        has_number = bool(both_readings(value))
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
    pairs = _PAIRS.findall(bare[:_LONGEST_PAIRS])
    if len(bare) > _LONGEST_PAIRS:  # the last value may be cut
        pairs = pairs[:-1]
    explicit = [
        (key.strip().strip('"'), [value.strip().strip('"').strip()])
        for key, value in pairs
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
                if with_unit and is_number(values[0]):
                    return [(key, [f"{values[0]} {values[1]}"])]
                return [(key, values)]
    blank = _KEY_BLANK_VALUE.match(bare) if len(bare) <= _LONGEST_PAIRS else None
    return [(blank.group(1).strip(), [blank.group(2)])] if blank else explicit


def _is_rate_unit(text: str) -> bool:
    return text.replace(" ", "").lower() in {"hz", "khz", "mhz", "s/s", "sps", "samples/s", "sa/s"}


def _decimal_shown(dialect: Dialect, first_rows: Sequence[str]) -> str | None:
    """Return the decimal mark of the rows; None where whole numbers show none."""
    is_shown = dialect.decimal == "," or dialect.separator == ","
    return dialect.decimal if is_shown or any("." in row for row in first_rows) else None


def _read_keys(line: Line, dialect: Dialect, first_rows: Sequence[str], found: Preamble) -> None:
    width, decimal = len(dialect.fields(first_rows[0])), _decimal_shown(dialect, first_rows)
    where = f"line {line.number}: {line.text.strip()[:_SHOWN]}"
    for key, values in _pairs(line.text):
        if _is_unit_key(key):
            if {*words_of(key)} & _OF_THE_AXIS:
                continue
            if len(values) in (width, width - 1) and len(values) > 1:
                # The key may stand over a first column of its own.
                units = [""] * (width - len(values)) + [bare_unit(value) for value in values]
                found.units = found.units or units
            elif values and len(values[0]) <= 20 and find_unit(bare_unit(values[0])):
                found.unit = (bare_unit(values[0]), where)
            continue
        unit = unit_in_name(key) or ""
        numbers = [number_and_unit(value, decimal or ".", unit) for value in values]
        # Of one value that can be read in two ways both are stated, so that it is asked about.
        rivals = both_readings(values[0], unit) if decimal is None and len(values) == 1 else []
        rates = [rate_of(key, *n) if n is not None else None for n in (rivals or numbers)]
        if rates and all(rate is not None for rate in rates):
            known = [rate for rate in rates if rate is not None]
            _keep_rates(known, 1 if rivals else width, where, found)
            continue
        speeds = [speed_of(key, *n) for n in (rivals or numbers[:1]) if n is not None]
        if speeds and all(rpm is not None for rpm in speeds):
            found.speeds += [stated(rpm, where) for rpm in speeds if rpm is not None]
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
