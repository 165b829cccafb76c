"""The rows of brought-in recordings: specimens, runs, recordings, shards and their signals."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np
from django.db import connection
from django.db.models import Max, Q

from common.errors import Unavailable
from signals.models import (
    FaultClass,
    Recording,
    Run,
    Severity,
    Shard,
    Signal,
    SignalStore,
    Specimen,
)
from signals.services.ranks import ranks_deal
from vibration.features import FEATURE_NAMES
from vibration.importing import KeptFile, PlannedFile, Shape, ShardFacts, shape_of

_STEM: Final = 30
_CHANNEL: Final = 15
_NAME: Final = 60
_SOURCE: Final = 80
_AT_ONCE: Final = 2_000
BATCH_ROWS: Final = 10_000
_SEGMENT: Final = re.compile(r" #\d+$")


@dataclass(frozen=True)
class Kept:
    """One file that was kept: its plan, where it was kept, whether the file itself is."""

    planned: PlannedFile
    path: Path
    has_original: bool


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
    n_signals = _copy_signals(store, files, shards, recordings)
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


def _copy_signals(
    store: SignalStore,
    files: Sequence[Kept],
    shards: Sequence[ShardFacts],
    recordings: Mapping[tuple[int, int], Recording],
) -> int:
    classes = dict(FaultClass.objects.values_list("code", "pk"))
    severities = dict(Severity.objects.values_list("code", "pk"))
    next_row = {each.shape: each.first_row for each in shards}
    earlier = store.recordings.filter(pk__lt=min(row.pk for row in recordings.values()))
    stems = _stems(
        store,
        [kept.planned.name for kept in files],
        before=earlier.values_list("name", flat=True),
    )
    table = connection.ops.quote_name(Signal._meta.db_table)
    names = ", ".join(connection.ops.quote_name(name) for name in _COLUMNS)
    n_signals = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,  # names come from the model
    ):
        for place, kept in enumerate(files):
            labelled = {
                "fault_class_id": _id(classes, kept.planned.label, "fault class"),
                "severity_id": _id(severities, kept.planned.severity, "severity"),
            }
            numbers = _numbers_of(recordings, place, kept)
            for row in _rows(kept, stems[place], next_row, numbers):
                values = {"store_id": store.pk} | labelled | row
                copy.write_row([values[name] for name in _COLUMNS])
                n_signals += 1
    return n_signals


_COLUMNS: Final = (
    "store_id", "row", "label", "channel", "fs_hz", "n_samples", "unit", "fault_class_id",
    "severity_id", "progresses", "rpm", "transient", "augmented", "seed_key", "rank_in_class",
    "recording_id", "segment", *FEATURE_NAMES,
)  # fmt: skip


def _numbers_of(
    recordings: Mapping[tuple[int, int], Recording], place: int, kept: Kept
) -> dict[int, int]:
    parts = {each.recording for each in kept.planned.channels}
    return {part: recordings[place, part].pk for part in parts if (place, part) in recordings}


def _rows(
    kept: Kept, stem: str, next_row: dict[Shape, int], numbers: Mapping[int, int]
) -> Iterator[dict[str, object]]:
    read, channels = KeptFile(kept.path), kept.planned.channels
    shown = _channel_names([each.name for each in channels])
    with np.errstate(over="ignore"):  # beyond single precision it is as undefined as NaN
        features = np.where(np.isfinite(read.features), read.features, np.nan).astype(np.float32)
    for number, block in enumerate(read.blocks):
        channel = channels[block.channel]
        shape = shape_of(channel, block)
        name = f" · {shown[block.channel]}" if len(channels) > 1 else ""
        row = next_row[shape]
        next_row[shape] += 1
        yield {
            "row": row,
            "label": f"{stem}{name}{f' #{block.segment}' if block.segment else ''}",
            "channel": channel.name[:_NAME],
            "fs_hz": shape[0],
            "n_samples": shape[1],
            "unit": shape[2],
            "progresses": False,
            "rpm": channel.rpm or block.rpm,
            "transient": Signal.Transient.NONE.value,
            "augmented": False,
            "seed_key": "",
            "rank_in_class": 0,
            "recording_id": numbers[channel.recording],
            "segment": block.segment,
            **{
                feature: value if np.isfinite(value) else None
                for feature, value in zip(FEATURE_NAMES, features[number].tolist(), strict=True)
            },
        }


def _stems(store: SignalStore, names: Sequence[str], *, before: Iterable[str]) -> list[str]:
    """Return for each file what its signals' labels begin with, each once in the store."""
    plain = [PurePosixPath(name).name.removesuffix(".gz") for name in names]
    shown = [_without_suffix(name) for name in plain]
    counts = Counter(shown)
    taken = {_without_suffix(PurePosixPath(name).name.removesuffix(".gz")) for name in before}
    found: list[str] = []
    used = _stems_used(store) if taken else set()
    for name, stem in zip(names, shown, strict=True):
        folder = PurePosixPath(name).parent.name
        wanted = f"{folder}/{stem}" if folder and (counts[stem] > 1 or stem in taken) else stem
        wanted = _short(wanted, _STEM)
        label, number = wanted, 2
        while label in used:
            label, number = f"{wanted} ({number})", number + 1
        used.add(label)
        found.append(label)
    return found


def _stems_used(store: SignalStore) -> set[str]:
    """Return what the labels of a store's signals begin with, without channel and segment."""
    used: set[str] = set()
    own = Signal.objects.filter(Q(store=store) | Q(store__attic_of=store)).order_by()
    for label in own.values_list("label", flat=True).iterator(BATCH_ROWS):
        whole = _SEGMENT.sub("", label)
        used |= {whole, whole.rpartition(" · ")[0] or whole}
    return used


def _without_suffix(name: str) -> str:
    """Return a file's name without its suffix; digits after a point are a time, not a suffix."""
    stem, _, suffix = name.rpartition(".")
    return stem if stem and not suffix.isdigit() else name


def _channel_names(names: Sequence[str]) -> list[str]:
    shown: list[str] = []
    for name in names:
        label, number = _short(name, _CHANNEL), 2
        while label in shown:
            label, number = f"{_short(name, _CHANNEL - 3)} {number}", number + 1
        shown.append(label)
    return shown


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _id(known: Mapping[str, int], code: str, what: str) -> int | None:
    if not code:
        return None
    if code not in known:
        raise Unavailable(f"The portal does not know the {what} “{code}” any more; choose again.")
    return known[code]
