"""What a recording does not say is asked, never guessed."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from common.errors import Invalid
from common.text import counted, thousands
from signals.uploads.receiving import printable
from vibration.formats import Channel, Recording

UNKNOWN: Final = "unknown"
UNITS: Final = ("g", "m/s²", "mm/s")
UNIT_CHARACTERS: Final = 10
HIGHEST_FS_HZ: Final = 1e8
HIGHEST_RPM: Final = 1e6
_SAME_RATE: Final = 1e-6
_SPELLINGS: Final = {"m/s2": "m/s²", "m/s^2": "m/s²", "m/s**2": "m/s²"}


class Questions(Invalid):
    """The file can be read, but its reader must be told more.

    Attributes
    ----------
    field_errors : dict of str to list of str
        What is asked, or was answered wrongly, by field: ``fs_hz``, ``rpm``, ``unit``.
    summary : str
        What the file holds, for the person who answers.
    """

    def __init__(self, asked: dict[str, str], summary: str) -> None:
        super().__init__(
            " ".join(asked.values()),
            field_errors={name: [sentence] for name, sentence in asked.items()},
        )
        self.summary = summary


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a person said; None where nothing was, `UNKNOWN` where that person does not know."""

    fs_hz: float | None = None
    rpm: float | str | None = None
    unit: str | None = None


def questions_answer(recording: Recording, answers: Answers) -> tuple[Channel, ...]:
    """Return the channels with the answers in the place of what the file does not say.

    The rate concerns every channel, speed and unit those of vibration. A speed that is given takes
    the place of the file's, which is often nominal.

    Raises
    ------
    Questions
        Where something is still to be asked, or an answer cannot be.
    """
    vibration = [channel for channel in recording.channels if channel.is_vibration]
    found = {
        "fs_hz": _about_rate(recording.channels, answers.fs_hz),
        "rpm": _about_speed(vibration, answers.rpm),
        "unit": _about_unit(vibration, answers.unit),
    }
    asked = {name: sentence for name, sentence in found.items() if sentence}
    if asked:
        raise Questions(asked, summary_of(recording))
    return tuple(_answered(channel, answers) for channel in recording.channels)


def summary_of(recording: Recording) -> str:
    """Say what a recording holds: 3 channels of 121 265 samples, 1796 rpm."""
    channels = recording.channels
    lengths = sorted({channel.samples.size for channel in channels})
    parts = [f"{counted(len(channels), 'channel')} of {_span(lengths, thousands)} samples"]
    rates = sorted({channel.fs_hz for channel in channels if channel.fs_hz is not None})
    speeds = sorted({channel.rpm for channel in channels if channel.rpm is not None})
    for unit, values in (("Hz", rates), ("rpm", speeds)):
        parts += [f"{_span(values, '{:g}'.format)} {unit}"] if values else []
    return "; ".join(parts)


def _span(values: Sequence[float], written: Callable[[float], str]) -> str:
    return " to ".join(dict.fromkeys(written(value) for value in (values[0], values[-1])))


def unit_written(text: str) -> str:
    """Return a unit as the portal writes it: m/s2 is m/s²."""
    unit = printable(text)
    lower = unit.lower()
    return _SPELLINGS.get(lower, lower if lower in (*UNITS, UNKNOWN) else unit)


def _about_rate(channels: tuple[Channel, ...], given_hz: float | None) -> str:
    stated = [channel.fs_hz for channel in channels if channel.fs_hz is not None]
    is_lacking = len(stated) < len(channels)
    if given_hz is None:
        return "The file does not state its sampling rate. Enter it in Hz." if is_lacking else ""
    if not (math.isfinite(given_hz) and 0 < given_hz <= HIGHEST_FS_HZ):
        return f"A sampling rate is above 0 and at most {HIGHEST_FS_HZ / 1e6:g} million Hz."
    other = [fs_hz for fs_hz in stated if abs(given_hz / fs_hz - 1) > _SAME_RATE]
    if other and not is_lacking:
        return (
            f"The file states {other[0]:g} Hz, which contradicts {given_hz:g} Hz. "
            "Leave the rate empty to take the file's."
        )
    return ""


def _about_speed(vibration: list[Channel], given: float | str | None) -> str:
    if given is None:
        lacking = any(channel.rpm is None for channel in vibration)
        sentence = "The file does not state the shaft speed. Enter it in rpm, or say it is unknown."
        return sentence if lacking else ""
    if given == UNKNOWN:
        return ""
    speed_rpm = math.nan if isinstance(given, str) else given
    if not (math.isfinite(speed_rpm) and 0 < speed_rpm <= HIGHEST_RPM):
        return f"A shaft speed is above 0 and at most {HIGHEST_RPM / 1e6:g} million rpm."
    return ""


def _about_unit(vibration: list[Channel], given: str | None) -> str:
    if given is None or not unit_written(given):
        lacking = any(channel.unit is None for channel in vibration)
        return "The file does not state its unit. Choose it, or say it is unknown." * lacking
    if len(unit_written(given)) > UNIT_CHARACTERS:
        return f"A unit has at most {UNIT_CHARACTERS} characters."
    return ""


def _answered(channel: Channel, answers: Answers) -> Channel:
    unit = channel.unit
    if unit is None and channel.is_vibration:
        unit = answers.unit
    rpm = channel.rpm
    if channel.is_vibration and isinstance(answers.rpm, float | int):
        rpm = float(answers.rpm)
    return replace(
        channel,
        fs_hz=channel.fs_hz if channel.fs_hz is not None else answers.fs_hz,
        rpm=rpm,
        unit=unit_written(unit or UNKNOWN)[:UNIT_CHARACTERS],
    )
