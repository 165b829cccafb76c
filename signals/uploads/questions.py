"""What a recording does not say is asked, never guessed."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from common.errors import Invalid
from common.text import counted, thousands
from signals.uploads.receiving import printable
from vibration.errors import VibrationError
from vibration.formats import Channel, Question, Reading
from vibration.formats.answers import contradicts, waits_with, with_rate
from vibration.quantities import find_unit

UNKNOWN: Final = "unknown"
UNIT_CHARACTERS: Final = 10
HIGHEST_FS_HZ: Final = 1e8
HIGHEST_RPM: Final = 1e6


class Questions(Invalid):
    """The file can be read, but its reader must be told more.

    Attributes
    ----------
    field_errors : dict of str to list of str
        What is asked, or was answered wrongly, by field: ``fs_hz``, ``rpm``, ``unit``.
    summary : str
        What the file holds, for the person who answers.
    proposals : dict of str to float
        The answers that suit the file best, by field.
    """

    def __init__(
        self, asked: dict[str, str], summary: str, proposals: dict[str, float] | None = None
    ) -> None:
        super().__init__(
            " ".join(asked.values()),
            field_errors={name: [sentence] for name, sentence in asked.items()},
        )
        self.summary = summary
        self.proposals = proposals or {}


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a person said; None where nothing was, `UNKNOWN` where that person does not know."""

    fs_hz: float | None = None
    rpm: float | str | None = None
    unit: str | None = None


def questions_answer(reading: Reading, answers: Answers) -> tuple[Channel, ...]:
    """Return the channels with the answers in the place of what the file does not say.

    The rate concerns the channels that wait for it, speed and unit those of vibration. A speed that
    is given takes the place of the file's, which is often nominal. What is no vibration and has no
    rate beside samples that have one cannot be drawn over time, and is not kept.

    Raises
    ------
    Questions
        Where something is still to be asked, or an answer is out of range.
    """
    vibration = [channel for channel in reading.channels if channel.is_vibration]
    found = {
        "fs_hz": _about_rate(reading, answers.fs_hz),
        "rpm": _about_speed(vibration, answers.rpm),
        "unit": _about_unit(vibration, answers.unit),
    }
    asked = {name: sentence for name, sentence in found.items() if sentence}
    if asked:
        question = _rate_question(reading)
        proposal = question.proposal if question is not None else None
        proposals = {"fs_hz": proposal} if isinstance(proposal, float) else {}
        raise Questions(asked, summary_of(reading), proposals)
    try:
        answered = [_answered(channel, answers, reading) for channel in reading.channels]
    except VibrationError as error:
        raise Questions({"fs_hz": str(error)}, summary_of(reading)) from error
    return tuple(channel for channel in answered if channel.fs_hz is not None)


def summary_of(reading: Reading) -> str:
    """Say what a file holds: 3 channels of 121 265 samples, 1796 rpm."""
    channels = reading.channels
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
    known = find_unit(unit)
    if known is not None:
        return known.name
    return UNKNOWN if unit.lower() == UNKNOWN else unit


def _lacking(reading: Reading) -> list[Channel]:
    """Return the channels that nothing can be drawn of without a rate."""
    lacking = [channel for channel in reading.channels if channel.fs_hz is None]
    measurable = [channel for channel in lacking if channel.is_measurable]
    return measurable if any(c.is_measurable for c in reading.channels) else lacking


def _rate_question(reading: Reading) -> Question | None:
    lacking = _lacking(reading)
    about = [q for q in reading.questions if q.about in ("times", "fs_hz")]
    return next((q for q in about if any(c.name in q.channels for c in lacking)), None)


def _about_rate(reading: Reading, given_hz: float | None) -> str:
    lacking = _lacking(reading)
    if given_hz is None:
        question = _rate_question(reading)
        if question is not None:
            is_offered = question.about == "times" and question.proposal is not None
            return question.sentence + " Enter it to have them resampled." * is_offered
        return "The file does not state its sampling rate. Enter it in Hz." if lacking else ""
    if not (math.isfinite(given_hz) and 0 < given_hz <= HIGHEST_FS_HZ):
        return f"A sampling rate is above 0 and at most {HIGHEST_FS_HZ / 1e6:g} million Hz."
    concerned = lacking or [c for c in reading.channels if c.is_measurable] or reading.channels
    against = next((words for c in concerned if (words := contradicts(c, given_hz))), "")
    if against and lacking:
        return f"{against}, which contradicts {given_hz:g} Hz. Enter one of them."
    if against:
        return (
            f"{against}, which contradicts {given_hz:g} Hz. "
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


def _answered(channel: Channel, answers: Answers, reading: Reading) -> Channel:
    unit = channel.unit
    if unit is None and channel.is_vibration:
        unit = answers.unit
    rpm = channel.rpm
    if channel.is_vibration and isinstance(answers.rpm, float | int):
        rpm = float(answers.rpm)
    if answers.fs_hz is not None and waits_with(channel, reading):
        channel = with_rate(channel, answers.fs_hz)
    return replace(channel, rpm=rpm, unit=unit_written(unit or UNKNOWN)[:UNIT_CHARACTERS])
