"""The rows of brought-in recordings: specimens, runs, recordings, shards and their signals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import Max

from signals.models import Recording, Run, Shard, SignalStore, Specimen
from signals.services.ranks import ranks_deal
from signals.services.recorded_signals import Kept, signals_copy
from vibration.importing import KeptFile, PlannedFile, ShardFacts

_SOURCE: Final = 80
_AT_ONCE: Final = 2_000


@dataclass(frozen=True)
class Described:
    """What a person said of a specimen."""

    bearing_id: int | None = None
    note: str = ""


def recordings_insert(
    *,
    store: SignalStore,
    files: Sequence[Kept],
    shards: Sequence[ShardFacts],
    specimens: Mapping[str, Described],
) -> int:
    """Write all rows of files that were kept; call it inside a transaction.

    Signals come by COPY, a file at a time, in the order of the files: so do their ids.

    Returns
    -------
    int
        Number of signals.
    """
    Shard.objects.bulk_create(
        Shard(
            store=store,
            number=each.number,
            first_row=each.first_row,
            n_rows=each.n_rows,
            fs_hz=each.fs_hz,
            n_samples=each.n_samples,
            unit=each.unit,
            size_bytes=each.size_bytes,
            sha256=each.sha256,
        )
        for each in shards
    )
    recordings = _write_recordings(store, files, specimens)
    n_signals = signals_copy(store, files, shards, recordings)
    ranks_deal(store)
    return n_signals


def specimens_write(
    *, store: SignalStore, names: Sequence[str], described: Mapping[str, Described]
) -> dict[str, Specimen]:
    """Return the specimens of these names, written where the store has none of that name."""
    known = {row.name: row for row in store.specimens.filter(name__in=names)}
    for name in dict.fromkeys(names):
        said = described.get(name, Described())
        if name not in known:
            row = Specimen(store=store, name=name, bearing_id=said.bearing_id, note=said.note)
            row.full_clean()
            row.save()
            known[name] = row
        elif said.bearing_id and known[name].bearing_id is None:
            known[name].bearing_id = said.bearing_id
            known[name].save(update_fields=["bearing"])
    return known


def _write_recordings(
    store: SignalStore, files: Sequence[Kept], described: Mapping[str, Described]
) -> dict[tuple[int, int], Recording]:
    """Return the recordings by the file's place and the recording's number in its file."""
    names = [kept.planned.specimen for kept in files if kept.planned.specimen]
    specimens = specimens_write(store=store, names=names, described=described)
    runs = _write_runs(files, specimens)
    rows: dict[tuple[int, int], Recording] = {}
    for place, kept in enumerate(files):
        read = KeptFile(kept.path)
        for part in read.parts:
            rows[place, part.number] = _recording(store, kept, read, part, specimens, runs)
    _number(store, files, rows)
    for row in rows.values():
        row.clean_fields(exclude=["store", "specimen", "run"])
    Recording.objects.bulk_create(rows.values(), batch_size=_AT_ONCE)
    return rows


def _write_runs(
    files: Sequence[Kept], specimens: Mapping[str, Specimen]
) -> dict[tuple[str, str], Run]:
    wanted = dict.fromkeys(
        (kept.planned.specimen, kept.planned.run)
        for kept in files
        if kept.planned.specimen and kept.planned.run
    )
    runs = {}
    for specimen, name in wanted:
        row = Run.objects.filter(specimen=specimens[specimen], name=name).first()
        if row is None:
            row = Run(specimen=specimens[specimen], name=name)
            row.full_clean()
            row.save()
        runs[specimen, name] = row
    return runs


def _recording(
    store: SignalStore,
    kept: Kept,
    read: KeptFile,
    part: Any,
    specimens: Mapping[str, Specimen],
    runs: Mapping[tuple[str, str], Run],
) -> Recording:
    planned = kept.planned
    channels = [each for each in planned.channels if each.recording == part.number]
    began = datetime.fromisoformat(part.recorded_at) if part.recorded_at else None
    began = planned.recorded_at or began
    if began is not None and began.tzinfo is None:
        began = began.replace(tzinfo=UTC)

    def sources(fact: str) -> str:
        said = dict.fromkeys(getattr(each, f"{fact}_source") for each in channels)
        return ", ".join(word for word in said if word)[:_SOURCE]

    return Recording(
        store=store,
        name=planned.name[-250:],
        part=part.name[:100],
        part_number=part.number,
        sha256=planned.sha256,
        size_bytes=read.size_bytes,
        format=planned.format[:40],
        recorded_at=began,
        fs_source=sources("fs"),
        rpm_source=sources("rpm") or _tacho_source(planned, read, part.number),
        unit_source=sources("unit"),
        load=planned.load[:60],
        fault_size_mm=planned.fault_size_mm,
        fault_location=planned.fault_location[:100],
        fault_source=planned.fault_source[:_SOURCE],
        pulses_per_turn=planned.pulses_per_turn,
        pulses_source=planned.pulses_source[:_SOURCE],
        specimen=specimens.get(planned.specimen),
        run=runs.get((planned.specimen, planned.run)),
        has_original=kept.has_original,
    )


def _tacho_source(planned: PlannedFile, read: KeptFile, part: int) -> str:
    measured = {block.channel for block in read.blocks if block.rpm is not None}
    tacho = next((c for c in planned.channels if c.is_tacho and c.recording == part), None)
    if tacho is None or not any(planned.channels[n].recording == part for n in measured):
        return ""
    return f"the tacho {tacho.name}"[:_SOURCE]


def _number(
    store: SignalStore, files: Sequence[Kept], rows: Mapping[tuple[int, int], Recording]
) -> None:
    """Give the recordings of each run their numbers: as planned, else by time, else by name."""
    of_run: dict[int, list[tuple[Any, Recording]]] = {}
    for (place, part), row in rows.items():
        if row.run is not None:
            planned = files[place].planned
            at = row.recorded_at.timestamp() if row.recorded_at else float("inf")
            stated = planned.position if planned.position is not None else float("inf")
            of_run.setdefault(row.run.pk, []).append(((stated, at, planned.name, part), row))
    last = dict(
        Recording.objects.filter(store=store, run__in=of_run)
        .order_by()
        .values_list("run")
        .annotate(last=Max("position"))
    )
    for run, found in of_run.items():
        found.sort(key=lambda each: each[0])
        places = [key[0] for key, _ in found]
        keeps = run not in last and len(set(places)) == len(places) and places[-1] != float("inf")
        for number, (key, row) in enumerate(found, start=(last.get(run) or 0) + 1):
            row.position = int(key[0]) if keeps else number
