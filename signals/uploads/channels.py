"""The channels of an upload as they are kept: samples, features, labels, and who shares a file."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import numpy as np
import numpy.typing as npt

from common.errors import Invalid
from signals.uploads.receiving import FILE, printable
from vibration.features import FEATURE_NAMES, MIN_FEATURE_SAMPLES, extract
from vibration.formats import Channel

MOST_CHANNELS: Final = 64
NAME_CHARACTERS: Final = 60
_PART_CHARACTERS: Final = 27


@dataclass(frozen=True, eq=False)
class Kept:
    """One channel: everything that its row and its place in the file need."""

    label: str
    name: str
    samples: npt.NDArray[np.float32]
    features: npt.NDArray[np.float64]
    fs_hz: float
    unit: str
    rpm: float | None

    @property
    def shape(self) -> tuple[float, int, str]:
        """Rate, length and unit: channels that agree in these share a store."""
        return self.fs_hz, self.samples.size, self.unit


def channels_keep(channels: tuple[Channel, ...], *, file_name: str) -> list[Kept]:
    """Measure and name the channels of a file; rate and unit are known by now."""
    if len(channels) > MOST_CHANNELS:
        sentence = (
            f"{file_name} has {len(channels)} channels; at most {MOST_CHANNELS} can be kept. "
            "Keep those you want to look at."
        )
        raise Invalid(sentence, field_errors={FILE: [sentence]})
    names = [printable(channel.name) or f"channel {n}" for n, channel in enumerate(channels, 1)]
    labels = labels_of(file_name, names)
    return [
        _keep(channel, name[:NAME_CHARACTERS], label)
        for channel, name, label in zip(channels, names, labels, strict=True)
    ]


def groups_of(channels: Iterable[Kept]) -> list[list[Kept]]:
    """Return the channels by the store they share, in the file's order."""
    groups: dict[tuple[float, int, str], list[Kept]] = {}
    for channel in channels:
        groups.setdefault(channel.shape, []).append(channel)
    return list(groups.values())


def labels_of(file_name: str, names: list[str]) -> list[str]:
    """Name each channel after file and channel, each once: `pump · DE`."""
    stem = _short(PurePosixPath(file_name).stem)
    if len(names) == 1:
        return [stem]
    labels: list[str] = []
    for name in names:
        label, number = f"{stem} · {_short(name)}", 2
        while label in labels:
            label, number = f"{stem} · {_short(name)} {number}", number + 1
        labels.append(label)
    return labels


def _short(text: str) -> str:
    return text if len(text) <= _PART_CHARACTERS else f"{text[: _PART_CHARACTERS - 1]}…"


def _keep(channel: Channel, name: str, label: str) -> Kept:
    with np.errstate(over="ignore"):  # said below, in words
        samples = channel.samples.astype(np.float32, copy=False)
    if not np.isfinite(samples).all():
        sentence = f"{name} has values beyond 3.4e38, the largest that can be kept. Scale it down."
        raise Invalid(sentence, field_errors={FILE: [sentence]})
    fs_hz = channel.fs_hz or math.nan
    features = np.full(len(FEATURE_NAMES), np.nan)
    if channel.is_vibration and samples.size >= MIN_FEATURE_SAMPLES:
        features = extract(samples, fs_hz, channel.rpm / 60 if channel.rpm else None)
    return Kept(label, name, samples, features, fs_hz, channel.unit or "", channel.rpm)
