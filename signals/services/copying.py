"""Signals of several stores copied into a new one, with all that people know of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import Model

from common.database import among
from common.errors import Invalid
from signals.models import Annotation, Recording, Run, Signal, SignalStore, Specimen
from signals.services.ranks import ranks_deal

_LONGEST: Final = Signal._meta.get_field("label").max_length or 0
_LONGEST_NAME: Final = Run._meta.get_field("name").max_length or 0
_MAPPED: Final = """
    unnest(%(ids)s::bigint[], %(rows)s::bigint[], %(labels)s::text[], %(sources)s::bigint[],
        %(recordings)s::bigint[]) AS mapped (id, row, label, source_row, recording_id)
"""


@dataclass(frozen=True)
class Copied:
    """Signals of one store, and the rows they have in the new one's files.

    Attributes
    ----------
    store : SignalStore
        They are from.
    name : str
        What people call it.
    rows : dict of int to int
        New row by the signal's id.
    """

    store: SignalStore
    name: str
    rows: dict[int, int]


def signals_copy(*, store: SignalStore, sources: Sequence[Copied]) -> int:
    """Write the rows of copied signals with labels, features, tags, notes, specimens, recordings.

    Call it inside a transaction. Labels are those of now; their past stays with the source. A
    specimen that two sources name alike is one, so that no group lies on two sides of a split.

    Returns
    -------
    int
        How many signals were copied.

    Raises
    ------
    Invalid
        Where two sources hold the same recording.
    """
    taken: set[str] = set()
    for number, source in enumerate(sources, start=1):
        recordings = _recordings_copy(store, source)
        values = _mapped(source, number, recordings, taken) | {
            "store": store.pk,
            "bearing": None if store.bearing_id else source.store.bearing_id,
            "mains_hz": source.store.mains_hz,
        }
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            for statement in (_signals(), _tags(), _notes()):
                cursor.execute(statement, values)
    ranks_deal(store)
    return sum(len(source.rows) for source in sources)


def _mapped(
    source: Copied, number: int, recordings: dict[int, int], taken: set[str]
) -> dict[str, Any]:
    found = Signal.objects.filter(pk__in=among(source.rows)).order_by("row")
    rows = list(found.values_list("pk", "row", "label", "source_row", "recording_id"))
    if len(rows) < len(source.rows):
        raise Invalid(f"{source.name} lost signals meanwhile; try again.")
    new_row = {row: source.rows[pk] for pk, row, *_ in rows}
    labels = [_free(label, number, taken) for _, _, label, *_ in rows]
    return {
        "ids": [row[0] for row in rows],
        "rows": [source.rows[row[0]] for row in rows],
        "labels": labels,
        "sources": [None if row[3] is None else new_row.get(row[3]) for row in rows],
        "recordings": [None if row[4] is None else recordings[row[4]] for row in rows],
    }


def _free(label: str, number: int, taken: set[str]) -> str:
    found, tried = label, number
    while found in taken:
        ending = f"-{tried}"
        found, tried = label[: _LONGEST - len(ending)] + ending, tried + 1
    taken.add(found)
    return found


def _recordings_copy(store: SignalStore, source: Copied) -> dict[int, int]:
    """Return the new recording's id by the old one's."""
    used = Signal.objects.filter(pk__in=among(source.rows), recording__isnull=False)
    wanted = set(used.values_list("recording_id", flat=True))
    if not wanted:
        return {}
    known = set(store.recordings.values_list("sha256", "part_number"))
    specimens, runs = _Specimens(store, source), _Runs(source)
    rows = []
    for row in Recording.objects.filter(pk__in=among(wanted)).select_related("specimen", "run"):
        if (row.sha256, row.part_number) in known:
            raise Invalid(
                f"{row} is in {source.name} and in a dataset before it; its signals would be there "
                "twice. Remove them from one of the two first."
            )
        specimen = specimens.copy_of(row.specimen) if row.specimen else None
        of_run = runs.copy_of(row.run, specimen) if row.run and specimen else None
        old, row.pk, row._state.adding = row.pk, None, True
        row.store, row.specimen, row.run = store, specimen, of_run
        rows.append((old, row))
    made = Recording.objects.bulk_create([row for _, row in rows], batch_size=2_000)
    return {old: new.pk for (old, _), new in zip(rows, made, strict=True)}


class _Specimens:
    """The specimens of a store that another one's become: those of one name are one."""

    def __init__(self, store: SignalStore, source: Copied) -> None:
        self._store, self._source = store, source
        self._known = {row.name: row for row in store.specimens.all()}

    def copy_of(self, specimen: Specimen) -> Specimen:
        there = self._known.get(specimen.name)
        if there is not None:
            return there
        bearing = specimen.bearing_id or self._source.store.bearing_id
        row = Specimen(
            store=self._store, name=specimen.name, bearing_id=bearing, note=specimen.note
        )
        row.full_clean()
        row.save()
        self._known[row.name] = row
        return row


class _Runs:
    """The runs that a source's become: another source's run of the same name stays another."""

    def __init__(self, source: Copied) -> None:
        self._source = source
        self._made: dict[int, Run] = {}

    def copy_of(self, run: Run, specimen: Specimen) -> Run:
        if run.pk not in self._made:
            name = run.name
            if specimen.runs.filter(name=name).exists():
                name = f"{run.name} ({self._source.name})"[:_LONGEST_NAME]
            row = Run(specimen=specimen, name=name)
            row.full_clean()
            row.save()
            self._made[run.pk] = row
        return self._made[run.pk]


def _columns(model: type[Model]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields]


def _signals() -> str:
    quoted = connection.ops.quote_name
    table = quoted(Signal._meta.db_table)
    names = [name for name in _columns(Signal) if name != "id"]
    specimens, recordings = (quoted(model._meta.db_table) for model in (Specimen, Recording))
    given = {
        "store_id": "%(store)s",
        "row": "mapped.row",
        "label": "mapped.label",
        "source_row": "mapped.source_row",
        "recording_id": "mapped.recording_id",
        "rank_in_class": "0",
        "mains_hz": "coalesce(old.mains_hz, %(mains_hz)s)",
        # A specimen's own bearing comes before that of the store.
        "bearing_id": f"""coalesce(old.bearing_id, CASE WHEN NOT EXISTS (
            SELECT 1 FROM {recordings} AS recording JOIN {specimens} AS specimen
                ON specimen.id = recording.specimen_id
            WHERE recording.id = mapped.recording_id AND specimen.bearing_id IS NOT NULL
        ) THEN %(bearing)s::bigint END)""",  # noqa: S608 - the names come from the models
    }
    columns = ", ".join(quoted(name) for name in names)
    values = ", ".join(given.get(name, f"old.{quoted(name)}") for name in names)
    return f"""
        INSERT INTO {table} ({columns})
        SELECT {values} FROM {_MAPPED} JOIN {table} AS old ON old.id = mapped.id
        ORDER BY mapped.row
    """  # noqa: S608 - the names come from the models


def _hanging(table: str, columns: str, ours: str) -> str:
    signals = connection.ops.quote_name(Signal._meta.db_table)
    return f"""
        INSERT INTO {connection.ops.quote_name(table)} (signal_id, {columns})
        SELECT new.id, {ours} FROM {_MAPPED}
        JOIN {connection.ops.quote_name(table)} AS old ON old.signal_id = mapped.id
        JOIN {signals} AS new ON new.store_id = %(store)s AND new.row = mapped.row
    """  # noqa: S608 - the names come from the models


def _tags() -> str:
    return _hanging(Signal.tags.through._meta.db_table, "tag_id", "old.tag_id")


def _notes() -> str:
    names = [
        connection.ops.quote_name(name)
        for name in _columns(Annotation)
        if name not in ("id", "signal_id")
    ]
    return _hanging(
        Annotation._meta.db_table, ", ".join(names), ", ".join(f"old.{name}" for name in names)
    )
