"""What a file becomes: recordings of channels, each fact with its source, and what is open."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.quantities import UNKNOWN, unit_of

Samples = npt.NDArray[np.float32] | npt.NDArray[np.float64]

# What the unit leaves open: a channel in it is vibration unless its name says otherwise.
_OPEN_QUANTITIES: Final = frozenset({"unknown", "counts", "full scale"})
_NAMES_LISTED: Final = 12


class Source(StrEnum):
    """Where a fact was had from."""

    IN_FILE = "in the file"
    WORKED_OUT = "worked out"
    KNOWN_LAYOUT = "known layout"
    SIDE_CAR = "side-car"
    PERSON = "given by the person"


@dataclass(frozen=True)
class Origin:
    """The source of a fact, and the words that prove it: ``line 1: Sample Rate,25600``."""

    source: Source
    words: str = ""


@dataclass(frozen=True)
class Statement:
    """One statement of a number, such as a sampling rate in Hz, with where it stands."""

    value: float
    origin: Origin


@dataclass(frozen=True)
class Question:
    """What only the person can answer.

    Attributes
    ----------
    about : str
        ``fs_hz``, ``times``, ``pulses_per_turn`` or ``not_finite``.
    sentence : str
        The question in words.
    proposal : float, str or None
        The answer that suits the file best, where one does.
    channels : tuple of str
        The channels that wait for the answer.
    """

    about: str
    sentence: str
    proposal: float | str | None = None
    channels: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """What stands in a file and is not read as a channel, with the reason."""

    name: str
    reason: str


@dataclass(frozen=True, eq=False)
class Channel:
    """One measured quantity over time.

    Attributes
    ----------
    name : str
        As in the file where it names its channels.
    samples : ndarray, (N,), float32 or float64
        Finite values, as stored.
    fs_hz, unit, rpm
        Sampling rate, unit and shaft speed where they are known, else None.
    is_vibration : bool
        False for a temperature, a tachometer and the like.
    kind : str
        The quantity that the channel's name speaks of, where its unit does not say it.
    origins : mapping
        ``fs_hz``, ``unit`` and ``rpm`` to where they were had from.
    rates : tuple of Statement
        Every statement of the sampling rate, agreeing or not.
    times_s : ndarray or None
        The times of the samples in s where their steps are uneven.
    """

    name: str
    samples: Samples
    fs_hz: float | None = None
    unit: str | None = None
    rpm: float | None = None
    is_vibration: bool = True
    kind: str = ""
    origins: Mapping[str, Origin] = field(default_factory=dict)
    rates: tuple[Statement, ...] = ()
    times_s: npt.NDArray[np.float64] | None = None

    @property
    def quantity(self) -> str:
        """What is measured: by its name for a tacho, else by its unit, else by its name."""
        stated = unit_of(self.unit).quantity.name
        if self.kind == "tacho" or (self.kind and stated in _OPEN_QUANTITIES):
            return self.kind
        return stated

    @property
    def is_measurable(self) -> bool:
        """Whether it may be a vibration sensor's voltage, of unknown sensitivity."""
        return self.is_vibration or self.quantity == "voltage"

    def source_of(self, fact: str) -> str | None:
        """Return the words for where `fs_hz`, `unit` or `rpm` was had from."""
        origin = self.origins.get(fact)
        return None if origin is None else origin.source.value


@dataclass(frozen=True, eq=False)
class Recording:
    """One continuous measurement.

    Attributes
    ----------
    channels : tuple of Channel
        In the file's order.
    name : str
        Which one of its file it is; empty where the file holds one.
    label : str or None
        Its condition as the file or its layout states it.
    recorded_at : datetime or None
        When it began; without a zone where none is stated.
    facts : mapping
        What else is stated, such as ``load``; kept for the reader, never needed to compute.
    origins : mapping
        ``label`` and ``recorded_at`` to where they were had from.
    """

    channels: tuple[Channel, ...]
    name: str = ""
    label: str | None = None
    recorded_at: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Reading:
    """All that was read from one file.

    Attributes
    ----------
    format : str
        The layout it was recognised by, for example ``mat/cwru``.
    recordings : tuple of Recording
        At least one, with at least one channel each.
    questions : tuple of Question
        What the file leaves open.
    left_out : tuple of LeftOut
        What stands in the file beside the channels.
    """

    format: str
    recordings: tuple[Recording, ...]
    questions: tuple[Question, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @classmethod
    def of_channels(cls, form: str, channels: Iterable[Channel]) -> "Reading":
        """Return a reading of one recording that leaves nothing open."""
        return cls(form, (Recording(tuple(channels)),))

    @property
    def channels(self) -> tuple[Channel, ...]:
        """All channels of all recordings, in the file's order."""
        return tuple(channel for each in self.recordings for channel in each.channels)

    def channel(self, name: str | None = None) -> Channel:
        """Return the channel of that name, or the first vibration channel when none is given.

        Where no channel is vibration by its unit, the first voltage serves: it may be a sensor's.
        """
        if name is None:
            return self._first_vibration()
        for channel in self.channels:
            if channel.name == name:
                return channel
        raise VibrationError(f"There is no channel {name!r} in this file; it has {self._names()}.")

    def question_about(self, about: str, channel: Channel) -> Question | None:
        """Return the open question about one fact of a channel."""
        asked = (q for q in self.questions if q.about == about)
        return next((q for q in asked if not q.channels or channel.name in q.channels), None)

    def _first_vibration(self) -> Channel:
        for wanted in ("is_vibration", "is_measurable"):
            for channel in self.channels:
                if getattr(channel, wanted) and channel.kind != "tacho":
                    return channel
        raise VibrationError(
            f"This file has no vibration channel, only {self._names()}; "
            "name the one to use with --channel if that is meant."
        )

    def _names(self) -> str:
        names = [channel.name for channel in self.channels]
        more = f" and {len(names) - _NAMES_LISTED} more" if len(names) > _NAMES_LISTED else ""
        return ", ".join(names[:_NAMES_LISTED]) + more


def is_vibration(unit: str | None, kind: str) -> bool:
    """Tell whether a channel is vibration by its unit, or by its name where the unit is open.

    Parameters
    ----------
    unit : str or None
        As stated.
    kind : str
        The quantity that its name speaks of, else empty.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_vibration("g", ""), is_vibration("°C", ""), is_vibration(None, "temperature")
    (True, False, False)
    """
    quantity = (unit_of(unit) if unit else UNKNOWN).quantity
    if quantity.name in _OPEN_QUANTITIES:
        return not kind or kind in ("acceleration", "velocity", "displacement")
    return quantity.is_vibration and kind != "tacho"


def positive(value: float, meaning: str) -> float:
    """Return a rate or speed read from a file, or refuse one that is not positive.

    Parameters
    ----------
    value : float
    meaning : str
        In words, for the refusal.

    Returns
    -------
    float
        The same.

    Raises
    ------
    VibrationError
        For what is not finite, or not above 0.

    Examples
    --------
    >>> positive(12000.0, "sampling rate")
    12000.0
    """
    if not math.isfinite(value) or value <= 0:
        raise VibrationError(f"The file gives {value} as its {meaning}; it must be positive.")
    return value
