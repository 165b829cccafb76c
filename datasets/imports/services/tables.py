"""Answers from a CSV file: a row a file, a column a fact."""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from django.db import transaction

from common.errors import Invalid
from common.text import counted
from datasets.imports.paths import name_of
from datasets.imports.services.answering import answerable
from datasets.imports.services.proofs import PROOFS, SIZE_UNITS, at, rates_prove, size_proven
from datasets.models import ImportDraft, ImportFile, ImportSpecimen
from signals.models import Bearing, FaultClass, Severity
from signals.services.bearings import bearings_offered

TABLE_BYTES: Final = 2 << 20
MOST_ROWS: Final = 50_000
_NAMED: Final = 3
# How a column may be called, without blanks, signs and the unit in brackets.
_TITLES: Final = {
    "path": "file filename path",
    "label": "label",
    "fault_class": "class faultclass",
    "severity": "severity",
    "specimen": "specimen",
    "bearing": "bearingtype type",
    "run": "run",
    "fs_hz": "rate ratehz samplingrate samplingratehz samplerate fs fshz",
    "rpm": "speed speedrpm shaftspeed shaftspeedrpm rpm",
    "unit": "unit",
    "pulses_per_turn": "pulses pulsesperturn pulsesaturn pulsesperrevolution ppr",
    "fault_size_mm": "faultsize faultsizemm faultsizein faultsizeum faultsizemil size",
    "fault_location": "faultlocation location",
}
_COLUMNS: Final = {title: name for name, titles in _TITLES.items() for title in titles.split()}
COLUMNS_OFFERED: Final = (
    "label, class, severity, specimen, bearing type, run, rate, speed, unit, pulses per turn, "
    "fault size, fault location"
)
_WHOLE: Final = re.compile(r"\s*([0-9]{1,9})(?:[.,]0+)?\s*", re.ASCII)
_NUMBER: Final = re.compile(r"\s*[-+]?[0-9]*[.,]?[0-9]+(?:[eE][-+]?[0-9]{1,3})?\s*", re.ASCII)


@dataclass(frozen=True)
class TableOutcome:
    """What came of a table.

    Attributes
    ----------
    n_files : int
        Of how many files of the draft it speaks.
    strangers : tuple of str
        Files that it names and the draft does not have.
    """

    n_files: int
    strangers: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        said = f"The table answered for {counted(self.n_files, 'file')}."
        if not self.strangers:
            return said
        named = ", ".join(self.strangers[:_NAMED])
        more = f" and {len(self.strangers) - _NAMED} more" if len(self.strangers) > _NAMED else ""
        return f"{said} {named}{more} of it {'is' if len(self.strangers) == 1 else 'are'} not here."


def table_apply(*, user: Any, draft: ImportDraft, content: bytes) -> TableOutcome:
    """Take answers from a CSV file with the column file and any of `COLUMNS_OFFERED`.

    Files are found by their path, their name, or their name without its suffix. Empty cells say
    nothing. All of it holds, or nothing.

    Raises
    ------
    Invalid
        At ``table``, with the line and the column, where something cannot be.
    """
    rows = _table_read(content)
    wanted = _Wanted(user)
    said = {path: wanted.facts_of(path, cells) for path, cells in rows.items()}
    with transaction.atomic():
        answerable(user, draft)
        files = draft.files.filter(status=ImportFile.Status.READ)
        changed: list[ImportFile] = []
        found: set[str] = set()
        types: dict[str, Bearing] = {}
        for file in files.prefetch_related("channels__rates"):
            keys = (file.path, name_of(file.path), PurePosixPath(file.path).stem)
            key = next((each for each in keys if each in said), None)
            if key is None:
                continue
            found.add(key)
            facts = dict(said[key])
            bearing = facts.pop("bearing", None)
            for name, value in facts.items():
                setattr(file, name, value)
            if bearing is not None:
                _type_note(types, file, bearing)
            changed.append(file)
        if not changed:
            raise at("table", "No file of this import stands in the column file of the table.")
        try:
            given = [(file, file.fs_hz) for file in changed if file.fs_hz is not None]
            rates_prove([(file, fs_hz) for file, fs_hz in given if fs_hz is not None])
        except Invalid as error:
            raise at("table", error.sentence) from error
        names = {name for facts in said.values() for name in facts} - {"bearing"}
        if names:
            ImportFile.objects.bulk_update(changed, sorted(names), 500)
        for name, bearing in types.items():
            ImportSpecimen.objects.update_or_create(
                draft=draft, name=name, defaults={"bearing": bearing}
            )
    return TableOutcome(len(changed), tuple(path for path in said if path not in found))


def _type_note(types: dict[str, Bearing], file: ImportFile, bearing: Bearing) -> None:
    if not file.specimen:
        raise at("table", f"{name_of(file.path)} has a bearing type but no specimen to be of it.")
    other = types.setdefault(file.specimen, bearing)
    if other != bearing:
        raise at(
            "table",
            f"The table says of {file.specimen} that it is a {other} and a {bearing}; "
            "one specimen has one type.",
        )


class _Wanted:
    """Makes facts of cells; codes and names are looked up once."""

    def __init__(self, user: Any) -> None:
        self._classes = _by_words(FaultClass.objects.all(), "code", "name", "short_name")
        self._severities = _by_words(Severity.objects.all(), "code", "name")
        self._bearings = _by_words(bearings_offered(user), "name")
        self._made: dict[str, Callable[[str, str], Any]] = {
            "fault_class": lambda text, _: _one_of(self._classes, text, "fault class"),
            "severity": lambda text, _: _one_of(self._severities, text, "severity"),
            "bearing": lambda text, _: _one_of(self._bearings, text, "bearing type"),
            "fs_hz": lambda text, _: PROOFS["fs_hz"](_number(text)),
            "rpm": lambda text, _: PROOFS["rpm"](_number(text)),
            "pulses_per_turn": lambda text, _: PROOFS["pulses_per_turn"](_whole(text)),
            "fault_size_mm": size_proven,
        }

    def facts_of(self, path: str, cells: "_Cells") -> dict[str, Any]:
        facts = {}
        for name, (title, unit, text) in cells.by_name.items():
            make = self._made.get(name)
            try:
                facts[name] = make(text, unit) if make else PROOFS[name](text)
            except Invalid as error:
                raise at(
                    "table", f"Line {cells.line}, {title}: {error.sentence} Nothing was changed."
                ) from error
        return facts


@dataclass(frozen=True)
class _Cells:
    """The cells of a line that say something: title, unit in the title, and text, by fact."""

    line: int
    by_name: Mapping[str, tuple[str, str, str]]


def _table_read(content: bytes) -> dict[str, _Cells]:
    """Return what a CSV file says, by file."""
    if len(content) > TABLE_BYTES:
        raise at("table", "The table is larger than 2 MB; keep only the columns that are read.")
    try:
        text = content.decode(
            "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        )
        first = text.split("\n", 1)[0]
        separator = max(",;\t", key=first.count)
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        titles = next(lines, [])
        columns = _columns_of(titles)
        rows: dict[str, _Cells] = {}
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) >= MOST_ROWS:
                raise at("table", f"The table has more than {MOST_ROWS} rows; divide it.")
            path, said = _row_read(columns, titles, cells, lines.line_num)
            if path in rows:
                raise at(
                    "table",
                    f"Line {lines.line_num}: {path[:100]} stands in line {rows[path].line} too; "
                    "one file has one row.",
                )
            rows[path] = said
    except (UnicodeDecodeError, csv.Error) as error:
        raise at("table", "The table cannot be read as CSV in UTF-8; save it as such.") from error
    return rows


def _columns_of(titles: Sequence[str]) -> dict[int, tuple[str, str]]:
    """Return fact and unit by the number of the column; what has another title is not read."""
    if not any(title.strip() for title in titles):
        raise at("table", "The table cannot be read: it has no line of titles.")
    columns: dict[int, tuple[str, str]] = {}
    for number, title in enumerate(titles):
        bare, _, unit = title.partition("(") if "(" in title else title.partition("[")
        word = re.sub(r"[\W_]+", "", bare.casefold())
        name = _COLUMNS.get(word)
        if name is None:
            continue
        if name in [known for known, _ in columns.values()]:
            raise at("table", f"The table has two columns for what “{title.strip()[:40]}” says.")
        unit = unit.strip(" )]").casefold()
        if name == "fault_size_mm":
            unit = unit or word.removeprefix("fault").removeprefix("size")
            if unit not in SIZE_UNITS and unit:
                raise at("table", f"A fault size is in mm, in or mil, not in {unit[:20]}.")
        columns[number] = (name, unit)
    if "path" not in [name for name, _ in columns.values()] or len(columns) == 1:
        found = ", ".join(title.strip() for title in titles[:8] if title.strip())[:150]
        raise at(
            "table",
            f"The table needs the column file and at least one of {COLUMNS_OFFERED}. "
            f"It has: {found}.",
        )
    return columns


def _row_read(
    columns: Mapping[int, tuple[str, str]], titles: Sequence[str], cells: Sequence[str], line: int
) -> tuple[str, _Cells]:
    if len(cells) > len(titles):
        raise at(
            "table",
            f"Line {line} has {len(cells)} cells under {len(titles)} titles; put quotes around a "
            "cell that holds the separator.",
        )
    said: dict[str, tuple[str, str, str]] = {}
    path = ""
    for number, (name, unit) in columns.items():
        text = cells[number].strip() if number < len(cells) else ""
        if name == "path":
            path = text.replace("\\", "/")
        elif text:
            said[name] = (titles[number].strip()[:40], unit, text)
    if not path:
        raise at("table", f"Line {line} names no file.")
    return path, _Cells(line, said)


def _by_words(rows: Any, *names: str) -> dict[str, Any]:
    return {str(getattr(row, name)).casefold(): row for row in rows for name in names}


def _one_of(known: Mapping[str, Any], text: str, what: str) -> Any:
    found = known.get(text.casefold())
    if found is None:
        raise Invalid(f"There is no {what} “{text[:40]}”.")
    return found


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise Invalid(f"“{text[:40]}” is no number.")
    return float(text.strip().replace(",", "."))


def _whole(text: str) -> int:
    found = _WHOLE.fullmatch(text)
    if found is None:
        raise Invalid(f"“{text[:40]}” is no whole number.")
    return int(found[1])
