"""Values as people write them into a cell or a name: a number with its unit, a word, a time."""

import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from vibration.errors import FormatError
from vibration.formats.facts import (
    HIGHEST_FS_HZ,
    HIGHEST_RPM,
    LOWEST_FS_HZ,
    SPEED_UNITS,
    rate_of,
    speed_of,
)
from vibration.quantities import find_unit

LONGEST_WORD: Final = 100
MOST_PULSES: Final = 10_000
LARGEST_FAULT_MM: Final = 1000.0
# What a size may be written in, and what one of it is in mm.
SIZE_UNITS: Final = {
    "mm": 1.0, "µm": 1e-3, "um": 1e-3, "μm": 1e-3, "in": 25.4, "inch": 25.4, '"': 25.4,
    "mil": 0.0254, "mils": 0.0254, "thou": 0.0254,
}  # fmt: skip
RATE_UNITS: Final = frozenset({"hz", "khz", "mhz"})
_WHOLE: Final = re.compile(r"\s*([0-9]{1,9})(?:[.,]0+)?\s*", re.ASCII)
# Each digit has one place, so that a text of nothing but digits is gone through once.
_DIGITS: Final = r"(?:[0-9]+(?:[.,][0-9]+)?|[.,][0-9]+)"
_NUMBER: Final = re.compile(
    rf"\s*([-+]?{_DIGITS}(?:[eE][-+]?[0-9]{{1,3}})?)\s*([^\W\d_][\w/]*)?\s*"
)
_SIZE: Final = re.compile(rf"\s*({_DIGITS}(?:[eE][-+]?[0-9]{{1,2}})?)\s*(\S*)\s*", re.ASCII)


def _found(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Return what a whole text is; one longer than any number is not looked through."""
    return None if len(text) > LONGEST_WORD else pattern.fullmatch(text)


def number_of(text: str, unit: str = "") -> tuple[float, str]:
    """Return a number and its unit, the one behind it before that of its column.

    Parameters
    ----------
    text : str
        As it is written; a unit may stand behind the number.
    unit : str
        Where the cell has none.

    Returns
    -------
    (float, str)

    Raises
    ------
    FormatError
        In one sentence.

    Examples
    --------
    >>> number_of("1,5 kHz"), number_of("3", "hp")
    ((1.5, 'kHz'), (3.0, 'hp'))
    """
    if len(text) > LONGEST_WORD:
        raise FormatError(f"“{text[:20]}…” is too long for a number.")
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise FormatError(f"“{text[:40]}” is no number.")
    value = float(found[1].replace(",", "."))
    if not math.isfinite(value):
        raise FormatError(f"“{text[:20]}…” is too large a number.")
    return value, found[2] or unit


def rate_said(text: str, unit: str = "") -> float:
    """Return a sampling rate in Hz.

    Parameters
    ----------
    text : str
        As it is written; a unit may stand behind the number.
    unit : str
        Where the cell has none.

    Returns
    -------
    float
        10 Hz to 10 MHz.

    Raises
    ------
    FormatError
        In one sentence.

    Examples
    --------
    >>> rate_said("25.6 kHz"), rate_said("12000")
    (25600.0, 12000.0)
    """
    value, unit = number_of(text, unit)
    known = unit == "" or unit.casefold() in RATE_UNITS
    fs_hz = rate_of("sampling rate", value, unit or "Hz") if known else None
    if not known:
        raise FormatError(f"A sampling rate is in Hz or kHz, not in {unit[:20]}.")
    if fs_hz is None or not LOWEST_FS_HZ <= fs_hz <= HIGHEST_FS_HZ:
        raise FormatError(
            f"A sampling rate is {LOWEST_FS_HZ:g} Hz to {HIGHEST_FS_HZ / 1e6:g} million Hz."
        )
    return fs_hz


def speed_said(text: str, unit: str = "") -> float:
    """Return a shaft speed in rpm.

    Parameters
    ----------
    text : str
        As it is written; a unit may stand behind the number.
    unit : str
        Where the cell has none.

    Returns
    -------
    float
        Above 0.

    Raises
    ------
    FormatError
        In one sentence.

    Examples
    --------
    >>> speed_said("1797"), speed_said("25 Hz")
    (1797.0, 1500.0)
    """
    value, unit = number_of(text, unit)
    known = find_unit(unit or "rpm")
    if known is None or known.name not in SPEED_UNITS:
        raise FormatError(f"A shaft speed is in rpm or Hz, not in {unit[:20]}.")
    rpm = speed_of("shaft speed", value, unit or "rpm")
    if rpm is None:
        raise FormatError(
            f"A shaft speed is above 0 and at most {HIGHEST_RPM / 1e6:g} million rpm."
        )
    return rpm


def size_said(text: str, unit: str = "mm") -> float:
    """Return a fault size in mm, of such as 0.178, 0,178 mm, 0.007 in or 7 mil.

    Parameters
    ----------
    text : str
        As it is written; a unit may stand behind the number.
    unit : str
        Where the cell has none.

    Returns
    -------
    float

    Raises
    ------
    FormatError
        In one sentence.

    Examples
    --------
    >>> size_said("7 mil"), size_said("0,007", "in")
    (0.1778, 0.1778)
    """
    found = _found(_SIZE, text)
    scale = SIZE_UNITS.get(found[2].lower() or unit or "mm") if found else None
    if found is None or scale is None:
        raise FormatError(
            "Write the fault size as a number with its unit, such as 0.18 mm or 7 mil."
        )
    size_mm = float(f"{float(found[1].replace(',', '.')) * scale:.9g}")
    if not 0 < size_mm <= LARGEST_FAULT_MM:
        raise FormatError(f"A fault is above 0 and at most {LARGEST_FAULT_MM:g} mm large.")
    return size_mm


def _pulses(text: str, _unit: str) -> int:
    found = _WHOLE.fullmatch(text)
    if found is None:
        raise FormatError(f"“{text[:40]}” is no whole number.")
    if not 1 <= int(found[1]) <= MOST_PULSES:
        raise FormatError(f"A tacho gives 1 to {MOST_PULSES} pulses per turn.")
    return int(found[1])


def _word(text: str, _unit: str = "") -> str:
    word = " ".join(text.split())
    if len(word) > LONGEST_WORD:
        raise FormatError(f"“{word[:40]}…” is longer than {LONGEST_WORD} letters; shorten it.")
    if not word.isprintable():
        raise FormatError(f"{word[:40]!a} holds a letter that cannot be seen; take it out.")
    return word


def _load(text: str, unit: str) -> str:
    is_bare = _found(_NUMBER, text) is not None and text.strip()[-1:].isdigit()
    return _word(f"{text} {unit}" if unit and is_bare else text)[:60]


def _channels(text: str, _unit: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in re.split(r"[;|]", text))))


def _moment(text: str, _unit: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise FormatError(f"“{text[:40]}” is no time; write it as 2024-02-12 10:32:39.") from error


FACTS: Final[dict[str, Callable[[str, str], Any]]] = {
    "label": _word,
    "fault_class": _word,
    "severity": _word,
    "specimen": _word,
    "bearing": _word,
    "run": _word,
    "fs_hz": rate_said,
    "rpm": speed_said,
    "load": _load,
    "unit": _word,
    "channel": _channels,
    "recorded_at": _moment,
    "pulses_per_turn": _pulses,
    "fault_size_mm": size_said,
    "fault_location": _word,
}
