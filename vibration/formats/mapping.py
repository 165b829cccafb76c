"""What a table says of files, a row a file and a column a fact; or what their paths say themselves.

Nothing here knows what a class, a severity or a bearing type is: words stay words.
"""

import csv
import io
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Final

from vibration.errors import FormatError
from vibration.formats.facts import HIGHEST_FS_HZ, LOWEST_FS_HZ, rate_of, speed_of
from vibration.formats.words import words_of
from vibration.quantities import find_unit

TABLE_BYTES: Final = 2 << 20
MOST_ROWS: Final = 50_000
LONGEST_WORD: Final = 100
HIGHEST_RPM: Final = 1e6
MOST_PULSES: Final = 10_000
LARGEST_FAULT_MM: Final = 1000.0
# What a size may be written in, and what one of it is in mm.
SIZE_UNITS: Final = {
    "mm": 1.0, "µm": 1e-3, "um": 1e-3, "μm": 1e-3, "in": 25.4, "inch": 25.4, '"': 25.4,
    "mil": 0.0254, "mils": 0.0254, "thou": 0.0254,
}  # fmt: skip
COLUMNS_OFFERED: Final = (
    "label, class, severity, specimen, bearing type, run, rate, speed, load, unit, channel, "
    "recorded at, pulses per turn, fault size, fault location"
)
# How a column may be called, without blanks, signs and the unit behind it.
_TITLES: Final = {
    "path": "file filename filepath path",
    "folder": "folder directory",
    "label": "label labels condition state fault faulttype target",
    "fault_class": "class faultclass",
    "severity": "severity",
    "specimen": "specimen machine",
    "bearing": "bearingtype type",
    "run": "run",
    "fs_hz": "rate samplingrate samplerate samplingfrequency fs",
    "rpm": "speed shaftspeed rotationalspeed rotatingspeed rpm",
    "load": "load motorload",
    "unit": "unit",
    "channel": "channel channels sensor sensors",
    "recorded_at": "recordedat recorded timestamp datetime",
    "pulses_per_turn": "pulses pulsesperturn pulsesaturn pulsesperrevolution ppr",
    "fault_size_mm": "faultsize size",
    "fault_location": "faultlocation location",
}
_COLUMNS: Final = {title: name for name, titles in _TITLES.items() for title in titles.split()}
_UNITS: Final = {
    "fs_hz": {"hz", "khz", "mhz"},
    "rpm": {"rpm", "hz", "rps"},
    "load": {"hp", "n", "kn", "nm", "w", "kw", "percent"},
    "fault_size_mm": {*SIZE_UNITS},
}
_WHOLE: Final = re.compile(r"\s*([0-9]{1,9})(?:[.,]0+)?\s*", re.ASCII)
_NUMBER: Final = re.compile(
    r"\s*([-+]?[0-9]*[.,]?[0-9]+(?:[eE][-+]?[0-9]{1,3})?)\s*([^\W\d_][\w/]*)?\s*"
)
_SIZE: Final = re.compile(r"\s*([0-9]*[.,]?[0-9]+(?:[eE][-+]?[0-9]{1,2})?)\s*(\S*)\s*", re.ASCII)
_HOLE: Final = re.compile(r"\{([^{}]*)\}")
_MOST_HOLES: Final = 12
_MOST_STARS: Final = 6  # each multiplies the ways to hold a pattern against a name


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
        fact, unit = _column_of(title)
        if fact is None:
            continue
        other = next((at for at, (known, _) in columns.items() if known == fact), None)
        if other is not None:
            if _rank(titles[other]) == _rank(title):
                raise FormatError(f"{name} has two columns for what “{title.strip()[:40]}” says.")
            if _rank(titles[other]) < _rank(title):
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


def _rank(title: str) -> int:
    """Return how far behind the plainest word for its fact a title stands."""
    word = re.sub(r"[\W_]+", "", re.split(r"[(\[]", title)[0].casefold())
    names = _TITLES[_COLUMNS[word]].split() if word in _COLUMNS else []
    return names.index(word) if word in names else len(names)


def _column_of(title: str) -> tuple[str | None, str]:
    bare, _, unit = title.partition("(") if "(" in title else title.partition("[")
    unit = unit.strip(" )]").casefold()
    word = re.sub(r"[\W_]+", "", bare.casefold())
    if word in _COLUMNS:
        return _COLUMNS[word], unit or ("rpm" if word.endswith("rpm") else "")
    words = words_of(bare.strip())
    fact = _COLUMNS.get("".join(words[:-1])) if len(words) > 1 else None
    if fact is not None and words[-1] in _UNITS.get(fact, ()):
        return fact, words[-1]
    for known, units in _UNITS.items():  # such as faultsizemm and fskhz, in one word
        for each in sorted(units, key=len, reverse=True):
            if word.endswith(each) and _COLUMNS.get(word.removesuffix(each)) == known:
                return known, each
    return None, ""


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


def number_of(text: str, unit: str = "") -> tuple[float, str]:
    """Return a number and its unit, the one behind it before that of its column.

    Parameters
    ----------
    text : str
        As it is written; a unit may stand behind the number.
    unit : str
        Where the cell has none.

    Returns
    -------
    (float, str)

    Raises
    ------
    FormatError
        In one sentence.

    Examples
    --------
    >>> number_of("1,5 kHz"), number_of("3", "hp")
    ((1.5, 'kHz'), (3.0, 'hp'))
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise FormatError(f"“{text[:40]}” is no number.")
    value = float(found[1].replace(",", "."))
    if not math.isfinite(value):
        raise FormatError(f"“{text[:20]}…” is too large a number.")
    return value, found[2] or unit


def rate_said(text: str, unit: str = "") -> float:
    """Return a sampling rate in Hz.

    Parameters
    ----------
    text : str
        As it is written; a unit may stand behind the number.
    unit : str
        Where the cell has none.

    Returns
    -------
    float
        10 Hz to 10 MHz.

    Raises
    ------
    FormatError
        In one sentence.

    Examples
    --------
    >>> rate_said("25.6 kHz"), rate_said("12000")
    (25600.0, 12000.0)
    """
    value, unit = number_of(text, unit)
    known = unit == "" or unit.casefold() in _UNITS["fs_hz"]
    fs_hz = rate_of("sampling rate", value, unit or "Hz") if known else None
    if not known:
        raise FormatError(f"A sampling rate is in Hz or kHz, not in {unit[:20]}.")
    if fs_hz is None or not LOWEST_FS_HZ <= fs_hz <= HIGHEST_FS_HZ:
        raise FormatError(
            f"A sampling rate is {LOWEST_FS_HZ:g} Hz to {HIGHEST_FS_HZ / 1e6:g} million Hz."
        )
    return fs_hz


def speed_said(text: str, unit: str = "") -> float:
    """Return a shaft speed in rpm.

    Parameters
    ----------
    text : str
        As it is written; a unit may stand behind the number.
    unit : str
        Where the cell has none.

    Returns
    -------
    float
        Above 0.

    Raises
    ------
    FormatError
        In one sentence.

    Examples
    --------
    >>> speed_said("1797"), speed_said("25 Hz")
    (1797.0, 1500.0)
    """
    value, unit = number_of(text, unit)
    rpm = speed_of("shaft speed", value, unit or "rpm")
    if value > 0 and (rpm is None or find_unit(unit or "rpm") is None):
        raise FormatError(f"A shaft speed is in rpm or Hz, not in {unit[:20]}.")
    if rpm is None or not (math.isfinite(rpm) and rpm <= HIGHEST_RPM):
        raise FormatError(
            f"A shaft speed is above 0 and at most {HIGHEST_RPM / 1e6:g} million rpm."
        )
    return rpm


def size_said(text: str, unit: str = "mm") -> float:
    """Return a fault size in mm, of such as 0.178, 0,178 mm, 0.007 in or 7 mil.

    Parameters
    ----------
    text : str
        As it is written; a unit may stand behind the number.
    unit : str
        Where the cell has none.

    Returns
    -------
    float

    Raises
    ------
    FormatError
        In one sentence.

    Examples
    --------
    >>> size_said("7 mil"), size_said("0,007", "in")
    (0.1778, 0.1778)
    """
    found = _SIZE.fullmatch(text)
    scale = SIZE_UNITS.get(found[2].lower() or unit or "mm") if found else None
    if found is None or scale is None:
        raise FormatError(
            "Write the fault size as a number with its unit, such as 0.18 mm or 7 mil."
        )
    size_mm = float(f"{float(found[1].replace(',', '.')) * scale:.9g}")
    if not 0 < size_mm <= LARGEST_FAULT_MM:
        raise FormatError(f"A fault is above 0 and at most {LARGEST_FAULT_MM:g} mm large.")
    return size_mm


def _pulses(text: str, _unit: str) -> int:
    found = _WHOLE.fullmatch(text)
    if found is None:
        raise FormatError(f"“{text[:40]}” is no whole number.")
    if not 1 <= int(found[1]) <= MOST_PULSES:
        raise FormatError(f"A tacho gives 1 to {MOST_PULSES} pulses per turn.")
    return int(found[1])


def _word(text: str, _unit: str = "") -> str:
    word = " ".join(text.split())
    if len(word) > LONGEST_WORD:
        raise FormatError(f"“{word[:40]}…” is longer than {LONGEST_WORD} letters; shorten it.")
    if not word.isprintable():
        raise FormatError(f"{word[:40]!a} holds a letter that cannot be seen; take it out.")
    return word


def _load(text: str, unit: str) -> str:
    is_bare = _NUMBER.fullmatch(text) is not None and text.strip()[-1:].isdigit()
    return _word(f"{text} {unit}" if unit and is_bare else text)[:60]


def _channels(text: str, _unit: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in re.split(r"[;|]", text))))


def _moment(text: str, _unit: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise FormatError(f"“{text[:40]}” is no time; write it as 2024-02-12 10:32:39.") from error


FACTS: Final[dict[str, Callable[[str, str], Any]]] = {
    "label": _word,
    "fault_class": _word,
    "severity": _word,
    "specimen": _word,
    "bearing": _word,
    "run": _word,
    "fs_hz": rate_said,
    "rpm": speed_said,
    "load": _load,
    "unit": _word,
    "channel": _channels,
    "recorded_at": _moment,
    "pulses_per_turn": _pulses,
    "fault_size_mm": size_said,
    "fault_location": _word,
}


@dataclass(frozen=True)
class PathPattern:
    """What the folders and names of files say, such as ``{label}/{specimen}_{speed}rpm``.

    Attributes
    ----------
    text : str
        As it was written.
    """

    text: str
    _whole: re.Pattern[str]
    _holes: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, text: str) -> "PathPattern":
        """Read a pattern: a fact's name in braces is what stands there, ``*`` is anything.

        It is held against the end of each path, without the suffix; a hole reaches from the text
        before it to the text after it, within one folder or name.

        Raises
        ------
        FormatError
            Where it names no fact, an unknown one or one twice, or has too many stars.

        Examples
        --------
        >>> pattern = PathPattern.of("{label}/{specimen}_{speed}rpm_*")
        >>> pattern.facts_of("rig/inner race/B1_1500rpm_03.csv")
        {'label': 'inner race', 'specimen': 'B1', 'rpm': 1500.0}
        >>> pattern.facts_of("rig/readme.csv") is None
        True
        """
        holes: dict[str, tuple[str, str]] = {}
        parts: list[str] = []
        last = 0
        plain = text.replace("\\", "/").strip("/")
        for found in _HOLE.finditer(plain):
            fact, unit = _column_of(found[1])
            if fact not in FACTS:
                raise FormatError(
                    f"The pattern names “{found[1][:40]}”; it can name {COLUMNS_OFFERED}."
                )
            if fact in holes:
                raise FormatError(f"The pattern names {found[1][:40]} twice.")
            if parts and last == found.start():
                raise FormatError(
                    f"Nothing stands before {found[0][:40]} to tell where it begins; put a sign "
                    "or a / there."
                )
            holes[fact] = (found[1], unit)
            parts += [_literal(plain[last : found.start()]), f"(?P<{fact}>[^/]+?)"]
            last = found.end()
        if not holes or len(holes) > _MOST_HOLES:
            raise FormatError(
                "A pattern names what stands in the path in braces, such as {label}/{specimen}; "
                f"at most {_MOST_HOLES}."
            )
        rest = _literal(plain[last:])
        if re.sub(r"\*+", "*", plain).count("*") > _MOST_STARS:
            raise FormatError(f"A pattern has at most {_MOST_STARS} stars.")
        return cls(text, re.compile(rf"(?:.*/)?{''.join(parts)}{rest}(?:\.[^./]+)*"), holes)

    def facts_of(self, path: str) -> dict[str, Any] | None:
        """Return what a path says; None where it is not of this pattern.

        Raises
        ------
        FormatError
            Where what stands in a hole cannot be.
        """
        found = self._whole.fullmatch(path.replace("\\", "/"))
        if found is None:
            return None
        facts = {}
        for fact, (title, unit) in self._holes.items():
            try:
                facts[fact] = FACTS[fact](found[fact], unit)
            except FormatError as error:
                raise FormatError(f"{title} in {path[-60:]}: {error}") from error
        return facts


def _literal(text: str) -> str:
    return "[^/]*?".join(map(re.escape, re.split(r"\*+", text)))
