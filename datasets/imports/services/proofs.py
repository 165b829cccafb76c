"""Single facts that a person states of a file, as they are kept; refused where they cannot be."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from common.errors import Invalid
from common.text import thousands
from common.text.names import name_clean
from datasets.imports.facts import contradiction_of
from datasets.imports.paths import name_of
from datasets.models import ImportFile
from datasets.models.imports import LONGEST_WORD, MOST_PULSES
from signals.errors import told_as
from signals.uploads.questions import HIGHEST_RPM, UNIT_CHARACTERS, unit_written
from vibration.formats.facts import HIGHEST_FS_HZ, LOWEST_FS_HZ
from vibration.formats.said_values import size_said


def rate_proven(fs_hz: float) -> float:
    if not (math.isfinite(fs_hz) and LOWEST_FS_HZ <= fs_hz <= HIGHEST_FS_HZ):
        raise Invalid(
            f"A sampling rate is {LOWEST_FS_HZ:g} Hz to {HIGHEST_FS_HZ / 1e6:g} million Hz."
        )
    return fs_hz


def speed_proven(rpm: float) -> float:
    if not (math.isfinite(rpm) and 0 < rpm <= HIGHEST_RPM):
        raise Invalid(f"A shaft speed is above 0 and at most {HIGHEST_RPM / 1e6:g} million rpm.")
    return rpm


def unit_proven(text: str) -> str:
    unit = unit_written(text)
    if not 1 <= len(unit) <= UNIT_CHARACTERS:
        raise Invalid(f"A unit has 1 to {UNIT_CHARACTERS} characters.")
    return unit


def pulses_proven(pulses: int) -> int:
    if not 1 <= pulses <= MOST_PULSES:
        raise Invalid(f"A tacho gives 1 to {thousands(MOST_PULSES)} pulses per turn.")
    return pulses


def size_proven(text: str) -> float:
    """Return a fault size in mm, of such as 0.178, 0,178 mm, 0.007 in or 7 mil."""
    with told_as(Invalid):
        return size_said(text)


def _named(what: str) -> Callable[[str], str]:
    return lambda text: name_clean(text, what=what, longest=LONGEST_WORD)


PROOFS: Final[dict[str, Callable[[Any], Any]]] = {
    "fs_hz": rate_proven,
    "rpm": speed_proven,
    "unit": unit_proven,
    "specimen": _named("A specimen"),
    "run": _named("A run"),
    "label": _named("A label"),
    "pulses_per_turn": pulses_proven,
    "fault_size_mm": size_proven,
    "fault_location": _named("A fault's location"),
}


def rates_prove(given: Sequence[tuple[ImportFile, float]]) -> None:
    """Refuse rates where a file says another one by more than 1 %."""
    against = [(row, hz, said) for row, hz in given if (said := contradiction_of(row, hz))]
    if not against:
        return
    first, fs_hz, words = against[0]
    more = f" So do {len(against) - 1} other chosen files." if len(against) > 1 else ""
    raise at(
        "fs_hz",
        f"{name_of(first.path)}: {words}, which contradicts {fs_hz:g} Hz by more than 1 %.{more} "
        "Nothing was changed; choose other files or another rate.",
    )


def at(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, field_errors={field: [sentence]})
