"""Statements of rate, speed and unit: read from keys and values, weighed against each other."""

import math
import re
from collections.abc import Iterable, Sequence
from typing import Final

from vibration.formats.recording import Origin, Source, Statement
from vibration.formats.words import (
    is_interval_name,
    is_rate_name,
    is_speed_name,
    unit_in_name,
    words_of,
)
from vibration.quantities import find_unit

AGREEMENT: Final = 0.01
LOWEST_FS_HZ: Final = 10.0
HIGHEST_FS_HZ: Final = 1e7
_HZ: Final = {
    "hz": 1.0, "khz": 1e3, "mhz": 1e6, "s/s": 1.0, "sa/s": 1.0, "sps": 1.0, "ks/s": 1e3,
    "ksps": 1e3, "ksa/s": 1e3, "ms/s": 1e6, "msps": 1e6, "samples/s": 1.0, "samples/sec": 1.0,
    "samples/second": 1.0, "sample/s": 1.0, "samplespersecond": 1.0, "1/s": 1.0, "hertz": 1.0,
    "kilohertz": 1e3, "samplespersec": 1.0, "pts/s": 1.0, "points/s": 1.0, "ksamples/s": 1e3,
    "msa/s": 1e6, "kilosamples/s": 1e3, "s-1": 1.0, "werte/s": 1.0, "c/s": 1.0, "cps": 1.0,
}  # fmt: skip
_SECONDS: Final = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}
HIGHEST_RPM: Final = 1e6
_RPM: Final = {"rpm": 1.0, "rev/s": 60.0}
SPEED_UNITS: Final = frozenset({*_RPM, "Hz"})
_NUMBER: Final = re.compile(
    r"^\s*[=:]?\s*([+-]?(?:\d{1,3}(?:[ '’]\d{3})+|\d+)?(?:[.,]\d+)*(?:[eE][+-]?\d+)?)\s*(.*?)\s*$"
)
_THOUSANDS: Final = re.compile(r"^[+-]?[1-9]\d{0,2}(,\d{3})+$|^[+-]?[1-9]\d{0,2}(\.\d{3}){2,}$")
_POINT_THOUSANDS: Final = re.compile(r"^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?$")
_RATIO: Final = re.compile(
    r"^\s*1(?:\.0*)?\s*/\s*(?:((?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(?:s|sec|Hz)?\s*$|[\d.])"
)
_LONGEST_VALUE: Final = 80
# A bare speed this large counts turns a minute; a smaller one might count turns a second.
_SURELY_RPM: Final = 200.0


def number_and_unit(text: str, decimal: str = ".", unit: str = "") -> tuple[float, str] | None:
    """Return the number that a text begins with and the unit after it; None where there is none.

    ``25.6 kHz``, ``1,5 ms``, ``25,600`` (a thousand between commas) and ``25 600 Hz`` are read;
    where the decimal mark is known to be a comma, ``25.600`` is the thousand and ``25,600`` is not.

    Parameters
    ----------
    text : str
        What stands beside a key.
    decimal : str
        The decimal mark of the file, where it is known to be a comma.
    unit : str
        Of the key, where none stands behind the number.

    Returns
    -------
    (float, str) or None
        The unit is empty where none stands there.

    Examples
    --------
    >>> number_and_unit("25.6 kHz"), number_and_unit("25,600")
    ((25.6, 'kHz'), (25600.0, ''))
    >>> number_and_unit("25.600 Hz", decimal=",")
    (25600.0, 'Hz')
    >>> number_and_unit("fast") is None
    True
    """
    text = text[:_LONGEST_VALUE]
    ratio = _RATIO.match(text)
    if ratio is not None:
        below = float(ratio.group(1) or 0.0)
        return (1.0 / below, "s") if below else None
    found = _NUMBER.match(text)
    if found is None or not any(character.isdigit() for character in found.group(1)):
        return None
    digits = re.sub(r"[ '’]", "", found.group(1))
    unit = found.group(2).strip("()[] ") or unit
    if decimal == ",":
        if _POINT_THOUSANDS.match(digits) and not _is_scaled(unit, "µ", "μ", "us", "ns"):
            digits = digits.replace(".", "")
        digits = digits.replace(",", ".")
    elif _THOUSANDS.match(digits) and not _is_scaled(unit):
        digits = digits.replace(",", "").replace(".", "")
    elif digits.count(",") == 1:
        digits = digits.replace(",", ".")
    try:
        return float(digits), unit
    except ValueError:
        return None


def both_readings(text: str, unit: str = "") -> list[tuple[float, str]]:
    """Return what a value is with either decimal mark: two numbers for ``25.600 Hz``, else one.

    Parameters
    ----------
    text : str
        What stands beside a key, in a file that does not show its decimal mark.
    unit : str
        Of the key, where none stands behind the number.

    Returns
    -------
    list of (float, str)
        Empty where no number stands there.

    Examples
    --------
    >>> both_readings("25,600 Hz"), both_readings("25600 Hz"), both_readings("25,600 kHz")
    ([(25600.0, 'Hz'), (25.6, 'Hz')], [(25600.0, 'Hz')], [(25.6, 'kHz')])
    """
    readings = [number_and_unit(text, decimal, unit) for decimal in ".,"]
    return list(dict.fromkeys(each for each in readings if each is not None))


def _is_scaled(unit: str, *others: str) -> bool:
    """Tell whether thousands of a unit are improbable: kHz, ms, but not the m of min-1."""
    plain = unit.lower()
    return plain.startswith(("k", "m", *others)) and not plain.startswith("min")


def rate_of(name: str, value: float, unit: str | None = None) -> float | None:
    """Return the sampling rate in Hz that a named number states, None where it states none.

    Parameters
    ----------
    name : str
        Key, variable, field or attribute.
    value : float
    unit : str, optional
        As it stands beside the value; else the one in the name counts.

    Returns
    -------
    float or None
        In Hz.

    Examples
    --------
    >>> rate_of("Sample rate", 25.6, "kHz"), rate_of("dt", 0.5, "ms")
    (25600.0, 2000.0)
    >>> rate_of("rms", 3.0) is None
    True
    """
    if not math.isfinite(value) or value <= 0:
        return None
    text = unit or unit_in_name(name) or _last_word(name)
    plain = re.sub(r"\s", "", text or "").lower()
    if is_rate_name(name) and _seconds(plain) is None:
        return _finite(value * _HZ.get(plain, 1.0))
    is_interval = is_interval_name(name) or (is_rate_name(name) and _seconds(plain) is not None)
    if is_interval and plain not in _HZ:
        step_s = value * (_seconds(plain) or 1.0)
        return _finite(rate_of_step(step_s)) if step_s else None
    return None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def speed_of(name: str, value: float, unit: str | None = None) -> float | None:
    """Return the shaft speed in rpm that a named number states; None where its unit is open.

    Parameters
    ----------
    name : str
        Key, variable, field or attribute.
    value : float
    unit : str, optional
        As it stands beside the value; else the one in the name counts.

    Returns
    -------
    float or None
        In rpm.

    Examples
    --------
    >>> speed_of("rpm", 1797.0), speed_of("shaft speed", 25.0, "Hz")
    (1797.0, 1500.0)
    >>> speed_of("speed", 25.0) is None
    True
    """
    is_speed = is_speed_name(name)
    known = find_unit(unit or unit_in_name(name) or _last_word(name) or "")
    words = words_of(name)
    is_turning = known is not None and known.name in _RPM
    if not (math.isfinite(value) and value > 0 and (is_speed or (is_turning and "speed" in words))):
        return None
    rpm = None
    if known is not None and known.name in _RPM:
        rpm = value * _RPM[known.name]
    elif known is not None and known.name == "Hz":
        rpm = 60.0 * value
    elif any(word.endswith("rpm") for word in words) or value >= _SURELY_RPM:
        rpm = value
    return rpm if rpm is not None and rpm <= HIGHEST_RPM else None


def _seconds(plain_unit: str) -> float | None:
    found = find_unit(plain_unit) if plain_unit else None
    return _SECONDS.get(found.name) if found is not None else None


def _last_word(name: str) -> str | None:
    words = words_of(name)
    last = words[-1] if len(words) > 1 else ""
    return last if last in _HZ or _seconds(last) is not None or last in ("rpm",) else None


def agreed(statements: Iterable[Statement]) -> Statement | None:
    """Return what all statements of one number agree on within 1 %; None where they differ.

    What the file says in words comes before what was worked out from an axis.

    Parameters
    ----------
    statements : iterable of Statement
        Of one number.

    Returns
    -------
    Statement or None

    Examples
    --------
    >>> agreed([stated(12000.0, "line 1"), stated(12001.0, "line 2")]).value
    12000.0
    >>> agreed([stated(12000.0, "line 1"), stated(48000.0, "line 2")]) is None
    True
    """
    ordered = sorted(statements, key=lambda each: _TRUST.index(each.origin.source))
    if not ordered or not all(agree(ordered[0].value, other.value) for other in ordered):
        return None
    return ordered[0]


_TRUST: Final = (
    Source.IN_FILE,
    Source.SIDE_CAR,
    Source.WORKED_OUT,
    Source.KNOWN_LAYOUT,
    Source.PERSON,
)


def agree(first: float, second: float) -> bool:
    """Tell whether two numbers differ by no more than 1 %.

    Parameters
    ----------
    first, second : float
        In one unit.

    Returns
    -------
    bool

    Examples
    --------
    >>> agree(1797.0, 1800.0), agree(12000.0, 48000.0)
    (True, False)
    """
    return abs(first - second) <= AGREEMENT * max(abs(first), abs(second))


def is_usual_rate(fs_hz: float) -> bool:
    """Tell whether a rate needs no second question: 10 Hz to 10 MHz.

    Parameters
    ----------
    fs_hz : float
        In Hz.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_usual_rate(25600.0), is_usual_rate(2.0)
    (True, False)
    """
    return LOWEST_FS_HZ <= fs_hz <= HIGHEST_FS_HZ


def rate_of_step(step_s: float) -> float:
    """Return the rate of a step in s, free of the rounding of its reciprocal: 50 000, not …01.

    Parameters
    ----------
    step_s : float
        In s, above 0.

    Returns
    -------
    float
        In Hz.

    Examples
    --------
    >>> rate_of_step(2e-5)
    50000.0
    """
    return float(f"{1.0 / step_s:.12g}")


def stated(value: float, words: str, source: Source = Source.IN_FILE) -> Statement:
    """Return a statement with its source in one call.

    Parameters
    ----------
    value : float
    words : str
        Where it stands.
    source : Source
        In the file, unless told otherwise.

    Returns
    -------
    Statement

    Examples
    --------
    >>> stated(12000.0, "line 1").origin.source.value
    'in the file'
    """
    return Statement(value, Origin(source, words))


def contradiction(statements: Sequence[Statement]) -> str:
    """Write statements that differ, each with where it stands.

    Parameters
    ----------
    statements : sequence of Statement
        Of one rate in Hz.

    Returns
    -------
    str

    Examples
    --------
    >>> contradiction([stated(12000.0, "line 1"), stated(48000.0, "the name")])
    '12000 Hz (line 1) and 48000 Hz (the name)'
    """
    parts = list(dict.fromkeys(f"{each.value:.6g} Hz ({each.origin.words})" for each in statements))
    return " and ".join(parts)
