"""What holds for a file of a draft: what it says itself, then what its owner answered."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from datasets.imports.paths import draft_folder
from datasets.imports.plan import PlannedChannel, PlannedFile
from datasets.models import ImportChannel, ImportFile
from vibration.formats.answers import contradicts
from vibration.formats.recording import Channel, Origin, Source, Statement


@dataclass(frozen=True)
class Fact:
    """A value and where it was had from; None and an empty source where it is unknown."""

    value: float | str | None
    source: str = ""


def rate_of(file: ImportFile, channel: ImportChannel) -> Fact:
    """Return the rate in Hz of a channel: its own, else the one given for what waits for it."""
    if channel.fs_hz is not None:
        return Fact(channel.fs_hz, channel.fs_source)
    if channel.waits_for_rate and file.fs_hz is not None:
        return Fact(file.fs_hz, Source.PERSON.value)
    return Fact(None)


def speed_of(file: ImportFile, channel: ImportChannel) -> Fact:
    """Return the shaft speed in rpm; what a person gives takes the place of what is nominal."""
    if file.rpm is not None and channel.is_measurable:
        return Fact(file.rpm, Source.PERSON.value)
    return Fact(channel.rpm, channel.rpm_source)


def unit_of(file: ImportFile, channel: ImportChannel) -> Fact:
    """Return the unit: as stated, else as given for channels of vibration."""
    if channel.unit:
        return Fact(channel.unit, channel.unit_source)
    if file.unit and channel.is_vibration:
        return Fact(file.unit, Source.PERSON.value)
    return Fact(None)


def contradiction_of(file: ImportFile, fs_hz: float) -> str:
    """Say with what a file contradicts a given rate by more than 1 %; empty where it does not."""
    channels = list(file.channels.all())
    waiting = [each for each in channels if each.fs_hz is None and each.waits_for_rate]
    measurable = [each for each in channels if each.is_measurable]
    for channel in waiting or measurable or channels:
        against = contradicts(_as_read(channel), fs_hz)
        if against:
            return against
    return ""


def n_segments(n_samples: int, segment_samples: int | None, overlap: float) -> int:
    """Return how many signals a record becomes."""
    if segment_samples is None or n_samples < segment_samples:
        return 1 if segment_samples is None else 0
    step = max(1, round(segment_samples * (1 - overlap)))
    return 1 + (n_samples - segment_samples) // step


def file_planned(file: ImportFile) -> PlannedFile:
    """Return what is to be kept of a file that waits for nothing."""
    folder = draft_folder(file.draft.owner_id, file.draft_id)
    return PlannedFile(
        path=folder / file.stored,
        name=file.path,
        sha256=file.sha256,
        format=file.format,
        label=file.fault_class.code if file.fault_class else "",
        severity=file.severity.code if file.severity else "",
        specimen=file.specimen,
        run=file.run,
        recorded_at=file.recorded_at,
        load=file.load,
        fault_size_mm=file.fault_size_mm,
        fault_location=file.fault_location,
        fault_source=_by_person(file.fault_size_mm is not None or file.fault_location),
        pulses_per_turn=file.pulses_per_turn,
        pulses_source=_by_person(file.pulses_per_turn),
        channels=tuple(_channels_planned(file)),
    )


def _by_person(is_said: object) -> str:
    return Source.PERSON.value if is_said else ""


def _channels_planned(file: ImportFile) -> Iterable[PlannedChannel]:
    for channel in file.channels.all():
        rate = rate_of(file, channel)
        if not channel.is_kept or not isinstance(rate.value, float):
            continue
        speed, unit = speed_of(file, channel), unit_of(file, channel)
        yield PlannedChannel(
            recording=channel.recording,
            channel=channel.position,
            name=channel.name,
            fs_hz=rate.value,
            fs_source=rate.source,
            rpm=speed.value if isinstance(speed.value, float) else None,
            rpm_source=speed.source,
            unit=str(unit.value or ""),
            unit_source=unit.source,
            is_vibration=channel.is_measurable,  # a voltage may be a sensor's
            n_samples=channel.n_samples,
            is_tacho=channel.is_tacho,
        )


def _as_read(channel: ImportChannel) -> Channel:
    rates = tuple(
        Statement(each.fs_hz, Origin(Source(each.source), each.words))
        for each in channel.rates.all()
    )
    fs_hz = channel.fs_hz if channel.fs_hz and math.isfinite(channel.fs_hz) else None
    return Channel(channel.name, np.empty(0, np.float32), fs_hz=fs_hz, rates=rates)
