"""What the pages of a draft show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet

from common.text import counted, number, thousands
from datasets.imports.drawing import Plot, spectrum_plot, time_plot
from datasets.imports.facts import Fact, n_segments, rate_of, speed_of, unit_of
from datasets.imports.labels import class_meant
from datasets.imports.paths import PICTURE, draft_folder, name_of
from datasets.imports.pictures import picture_read
from datasets.imports.selectors import SHOWN, files_of
from datasets.models import ImportChannel, ImportDraft, ImportFile, ImportRemark
from signals.models import FaultClass

PER_PAGE: Final = 100
MOST_LABELS: Final = 40
MOST_SPECIMENS: Final = 40
_NAMES: Final = 4


@dataclass(frozen=True)
class Row:
    """One file in the table."""

    file: ImportFile
    name: str
    folder: str
    n_recordings: int
    channels: str
    rate: str
    rate_source: str
    speed: str
    unit: str
    fault: str
    asks_pulses: bool
    state: str
    problem: str


def rows_page(draft: ImportDraft, show: str, page: str) -> Page[ImportFile]:
    """Return a page of the table's files."""
    return Paginator(files_of(draft).filter(SHOWN[show]), PER_PAGE).get_page(page)


def rows_of(files: Iterable[ImportFile]) -> list[Row]:
    """Return the rows of files; their channels are read with two queries."""
    pks = [file.pk for file in files]
    found = files_of_pks(pks)
    return [_row(found[pk]) for pk in pks]


def files_of_pks(pks: Sequence[int]) -> dict[int, ImportFile]:
    files = ImportFile.objects.filter(pk__in=pks).select_related("fault_class", "severity", "draft")
    return {file.pk: file for file in files.prefetch_related("channels", "remarks")}


def _row(file: ImportFile) -> Row:
    channels = list(file.channels.all())
    kept = [channel for channel in channels if channel.is_kept]
    rates = [rate_of(file, channel) for channel in kept]
    state, problem = _state(file, kept, rates)
    return Row(
        file=file,
        name=name_of(file.path),
        folder=file.path.rpartition("/")[0],
        n_recordings=1 + max((channel.recording for channel in channels), default=0),
        channels=_names(kept, len(channels)),
        rate=_span(rates, thousands),
        rate_source=", ".join(dict.fromkeys(each.source for each in rates if each.source)),
        speed=_span([speed_of(file, each) for each in kept], _speed),
        unit=", ".join(
            dict.fromkeys(str(each.value) for c in kept if (each := unit_of(file, c)).value)
        ),
        fault=fault_words(file),
        asks_pulses=file.pulses_per_turn is None and any(each.is_tacho for each in kept),
        state=state,
        problem=problem,
    )


def fault_words(file: ImportFile) -> str:
    size = "" if file.fault_size_mm is None else f"{number(file.fault_size_mm, 4)} mm"
    return ", ".join(filter(None, (size, file.fault_location)))


def _state(file: ImportFile, kept: list[ImportChannel], rates: list[Fact]) -> tuple[str, str]:
    """Return a word for how a file stands, and what is to be said of it."""
    status = ImportFile.Status
    if file.status in (status.REFUSED, status.BESIDE):
        return file.status, file.reason
    if file.is_left_out:
        return "out", "Left out by you"
    if not kept:
        return "out", "No channel of it is kept"
    if any(rate.value is None for rate in rates):
        asked = [remark for remark in file.remarks.all() if remark.kind == "question"]
        about = next((each for each in asked if each.about in ("fs_hz", "times")), None)
        return "open", about.sentence if about else "The file does not state its sampling rate."
    return "ready", ""


def _names(kept: list[ImportChannel], n_all: int) -> str:
    names = [each.name for each in kept[:_NAMES]]
    more = len(kept) - len(names)
    text = ", ".join(names) + (f" and {more} more" if more else "")
    return f"{text} of {n_all}" if len(kept) < n_all else text


def _speed(rpm: float) -> str:
    return thousands(rpm) if rpm == round(rpm) else number(rpm, 5)


def _span(facts: Iterable[Fact], written: Any) -> str:
    values = sorted({float(fact.value) for fact in facts if isinstance(fact.value, float)})
    return (
        "–".join(dict.fromkeys(written(each) for each in (values[0], values[-1]))) if values else ""
    )


@dataclass(frozen=True)
class Shown:
    """One channel of the chosen file, with its facts."""

    channel: ImportChannel
    rate: Fact
    speed: Fact
    unit: Fact

    @property
    def speed_words(self) -> str:
        return _speed(self.speed.value) if isinstance(self.speed.value, float) else "–"

    @property
    def may_be_kept(self) -> bool:
        return self.channel.fs_hz is not None or self.channel.waits_for_rate


def channels_shown(file: ImportFile) -> list[Shown]:
    return [
        Shown(channel, rate_of(file, channel), speed_of(file, channel), unit_of(file, channel))
        for channel in file.channels.all()
    ]


def plots_of(file: ImportFile, number_shown: int) -> list[Plot]:
    """Return the pictures of one channel of a file, drawn at what holds for it now."""
    channels = list(file.channels.all())
    if not 0 <= number_shown < len(channels):
        return []
    folder = draft_folder(file.draft.owner_id, file.draft_id)
    picture = picture_read(folder / f"{file.stored}{PICTURE}", number_shown)
    if picture is None:
        return []
    channel = channels[number_shown]
    rate, unit = rate_of(file, channel).value, unit_of(file, channel).value
    fs_hz = rate if isinstance(rate, float) else None
    drawn = (time_plot(picture, fs_hz, str(unit or "")),
             spectrum_plot(picture, fs_hz, str(unit or "")))  # fmt: skip
    return [plot for plot in drawn if plot is not None]


def labels_of(draft: ImportDraft) -> list[dict[str, Any]]:
    """Return the labels that files have, how many each, and the class they were given."""
    read = draft.files.filter(status=ImportFile.Status.READ, is_left_out=False).exclude(label="")
    rows = read.order_by().values("label").annotate(n=Count("pk")).order_by("label")
    labels = list(rows[:MOST_LABELS])
    known = list(FaultClass.objects.all()) if labels else []
    for each in labels:
        classes = set(read.filter(label=each["label"]).values_list("fault_class__code", flat=True))
        each["code"] = classes.pop() if len(classes) == 1 else None
        if each["code"] is None:
            each["proposal"] = class_meant(each["label"], known)
    return labels


def specimens_of(draft: ImportDraft) -> list[dict[str, Any]]:
    """Return the specimens that files name, how many each, and their type."""
    read = draft.files.filter(status=ImportFile.Status.READ, is_left_out=False).exclude(specimen="")
    rows = read.order_by().values("specimen").annotate(n=Count("pk")).order_by("specimen")
    types = dict(draft.specimens.values_list("name", "bearing_id"))
    return [row | {"bearing": types.get(row["specimen"])} for row in rows[:MOST_SPECIMENS]]


def outcome_of(draft: ImportDraft) -> tuple[int, int]:
    """Return of how many files a dataset would come, and how many signals it would have."""
    ready = files_of(draft).filter(SHOWN["ready"])
    channels = ImportChannel.objects.filter(file__in=ready.order_by().values("pk"), is_kept=True)
    overlap = draft.overlap_percent / 100
    n_signals = sum(
        n_segments(n_samples, draft.segment_samples, overlap)
        for n_samples in channels.values_list("n_samples", flat=True)
    )
    return ready.count(), n_signals


def unfinished_of(draft: ImportDraft) -> QuerySet[ImportFile]:
    return draft.files.filter(status=ImportFile.Status.COMING)


def questions_of(file: ImportFile) -> list[ImportRemark]:
    """Return what a file still asks: what was answered is asked for no more."""
    answered = {"fs_hz", "times"} if file.fs_hz is not None else set()
    answered |= {"pulses_per_turn"} if file.pulses_per_turn is not None else set()
    return [each for each in remarks_of(file, "question") if each.about not in answered]


def remarks_of(file: ImportFile, kind: str) -> list[ImportRemark]:
    return [remark for remark in file.remarks.all() if remark.kind == kind]


def summary_of(counts: dict[str, int]) -> str:
    """Say how the files stand: 12 files: 9 ready, 2 open, 1 left out."""
    words = (("ready", "ready"), ("open", "open"), ("out", "left out"))
    parts = [f"{counts[name]} {word}" for name, word in words if counts[name]]
    return f"{counted(counts['all'], 'file')}: {', '.join(parts)}" if parts else "0 files"
