"""The signals of recordings: their rows, which come by COPY, and what they are called."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np
from django.db.models import Q

from common.database import copied_into
from common.errors import Unavailable
from signals.models import FaultClass, Recording, Severity, Signal, SignalStore
from vibration.features import FEATURE_NAMES
from vibration.importing import KeptFile, PlannedFile, Shape, ShardFacts, shape_of

_STEM: Final = 30
_CHANNEL: Final = 15
_NAME: Final = 60
_AT_ONCE: Final = 2_000
BATCH_ROWS: Final = 10_000
_SEGMENT: Final = re.compile(r" #\d+$")


@dataclass(frozen=True)
class Kept:
    """One file that was kept: its plan, where it was kept, whether the file itself is."""

    planned: PlannedFile
    path: Path
    has_original: bool


def signals_copy(
    store: SignalStore,
    files: Sequence[Kept],
    shards: Sequence[ShardFacts],
    recordings: Mapping[tuple[int, int], Recording],
) -> int:
    """Write the signals of recordings that are written; return how many there are."""
    classes = dict(FaultClass.objects.values_list("code", "pk"))
    severities = dict(Severity.objects.values_list("code", "pk"))
    next_row = {each.shape: each.first_row for each in shards}
    earlier = store.recordings.filter(pk__lt=min(row.pk for row in recordings.values()))
    stems = _stems(
        store,
        [kept.planned.name for kept in files],
        before=earlier.values_list("name", flat=True),
    )
    n_signals = 0
    with copied_into(Signal, _COLUMNS) as copy:
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
