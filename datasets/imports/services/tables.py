"""Answers from a CSV file: a row a file, a column a fact."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from common.errors import Invalid
from common.text import counted
from datasets.imports.paths import name_of
from datasets.imports.services.answering import answerable
from datasets.imports.services.file_reading import with_zone
from datasets.imports.services.proofs import PROOFS, at, rates_prove
from datasets.models import ImportDraft, ImportFile, ImportSpecimen
from datasets.models.imports import LONGEST_WORD
from signals.models import Bearing, FaultClass, Severity
from signals.services.bearings import bearings_offered
from vibration.errors import FormatError
from vibration.formats.mapping import Row, table_read
from vibration.formats.said_values import FACTS
from vibration.formats.titles import COLUMNS_OFFERED

__all__ = ["COLUMNS_OFFERED", "TableOutcome", "table_apply"]

_NAMED: Final = 3


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
    try:
        table = table_read(content, "The table")
        wanted = _Wanted(user)
        said = {path: wanted.facts_of(row) for path, row in table.rows.items()}
    except FormatError as error:
        raise at("table", str(error)) from error
    with transaction.atomic():
        answerable(user, draft)
        files = draft.files.filter(status=ImportFile.Status.READ)
        changed: list[ImportFile] = []
        found: set[str] = set()
        types: dict[str, Bearing] = {}
        for file in files.prefetch_related("channels__rates"):
            key = table.key_of(file.path)
            if key is None:
                continue
            found.add(key)
            facts = dict(said[key])
            bearing = facts.pop("bearing", None)
            _channels_named(file, facts.pop("channel", ()))
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
        names = {name for facts in said.values() for name in facts} - {"bearing", "channel"}
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
            "recorded_at": lambda text, unit: with_zone(FACTS["recorded_at"](text, unit)),
            "unit": lambda text, _: PROOFS["unit"](text),
        }

    def facts_of(self, row: Row) -> dict[str, Any]:
        facts = {}
        for name, cell in row.cells.items():
            make = self._made.get(name)
            try:
                if make is not None:
                    facts[name] = make(cell.text, cell.unit)
                else:
                    facts[name] = FACTS[name](cell.text, cell.unit)
            except (Invalid, FormatError) as error:
                raise FormatError(
                    f"Line {row.line}, {cell.title}: {error} Nothing was changed."
                ) from error
        return facts


def _channels_named(file: ImportFile, names: Sequence[str]) -> None:
    """Keep the channels of these names alone; the only one of a file is called so."""
    channels = list(file.channels.all())
    if not names:
        return
    if len(channels) == len(names) == 1:
        channels[0].name = names[0][:LONGEST_WORD]
        channels[0].save(update_fields=["name"])
        return
    known = {each.name for each in channels}
    if strange := [name for name in names if name not in known]:
        raise at(
            "table",
            f"{name_of(file.path)} has no channel {strange[0][:40]}; it has "
            f"{', '.join(sorted(known))[:200]}.",
        )
    for each in channels:
        is_kept = each.name in names and (each.fs_hz is not None or each.waits_for_rate)
        if each.is_kept != is_kept:
            each.is_kept = is_kept
            each.save(update_fields=["is_kept"])


def _by_words(rows: Any, *names: str) -> dict[str, Any]:
    return {str(getattr(row, name)).casefold(): row for row in rows for name in names}


def _one_of(known: Mapping[str, Any], text: str, what: str) -> Any:
    found = known.get(text.casefold())
    if found is None:
        raise Invalid(f"There is no {what} “{text[:40]}”.")
    return found
