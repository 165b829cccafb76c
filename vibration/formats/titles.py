"""How the column of a fact may be called, with the unit in its title."""

import re
from typing import Final

from vibration.formats.said_values import RATE_UNITS, SIZE_UNITS
from vibration.formats.words import words_of

COLUMNS_OFFERED: Final = (
    "label, class, severity, specimen, bearing type, run, rate, speed, load, unit, channel, "
    "recorded at, pulses per turn, fault size, fault location"
)
# How a column may be called, without blanks, signs and the unit behind it.
_TITLES: Final = {
    "path": "file filename filepath path",
    "folder": "folder directory",
    "label": "label labels condition state fault faulttype target",
    "fault_class": "class faultclass",
    "severity": "severity",
    "specimen": "specimen machine",
    "bearing": "bearingtype type",
    "run": "run",
    "fs_hz": "rate samplingrate samplerate samplingfrequency fs",
    "rpm": "speed shaftspeed rotationalspeed rotatingspeed rpm",
    "load": "load motorload",
    "unit": "unit",
    "channel": "channel channels sensor sensors",
    "recorded_at": "recordedat recorded timestamp datetime",
    "pulses_per_turn": "pulses pulsesperturn pulsesaturn pulsesperrevolution ppr",
    "fault_size_mm": "faultsize size",
    "fault_location": "faultlocation location",
}
_COLUMNS: Final = {title: name for name, titles in _TITLES.items() for title in titles.split()}
_UNITS: Final = {
    "fs_hz": RATE_UNITS,
    "rpm": {"rpm", "hz", "rps"},
    "load": {"hp", "n", "kn", "nm", "w", "kw", "percent"},
    "fault_size_mm": frozenset(SIZE_UNITS),
}


def column_of(title: str) -> tuple[str | None, str]:
    """Return the fact that a title names and the unit in it; None where it names none.

    Parameters
    ----------
    title : str
        As it is written, such as ``Speed (Hz)``, ``fs_khz`` or ``faultsizemm``.

    Returns
    -------
    (str or None, str)

    Examples
    --------
    >>> column_of("Speed (Hz)"), column_of("fs_khz"), column_of("weather")
    (('rpm', 'hz'), ('fs_hz', 'khz'), (None, ''))
    """
    bare, _, unit = title.partition("(") if "(" in title else title.partition("[")
    unit = unit.strip(" )]").casefold()
    word = re.sub(r"[\W_]+", "", bare.casefold())
    if word in _COLUMNS:
        return _COLUMNS[word], unit or ("rpm" if word.endswith("rpm") else "")
    words = words_of(bare.strip())
    fact = _COLUMNS.get("".join(words[:-1])) if len(words) > 1 else None
    if fact is not None and words[-1] in _UNITS.get(fact, ()):
        return fact, words[-1]
    for known, units in _UNITS.items():  # such as faultsizemm and fskhz, in one word
        for each in sorted(units, key=len, reverse=True):
            if word.endswith(each) and _COLUMNS.get(word.removesuffix(each)) == known:
                return known, each
    return None, ""


def rank_of(title: str) -> int:
    """Return how far behind the plainest word for its fact a title stands.

    Parameters
    ----------
    title : str
        One that `column_of` knows.

    Returns
    -------
    int
        0 for the plainest.

    Examples
    --------
    >>> rank_of("label"), rank_of("condition")
    (0, 2)
    """
    word = re.sub(r"[\W_]+", "", re.split(r"[(\[]", title)[0].casefold())
    names = _TITLES[_COLUMNS[word]].split() if word in _COLUMNS else []
    return names.index(word) if word in names else len(names)
