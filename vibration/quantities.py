"""Quantities and units: one registry of what is measured, how it is written and what becomes of it.

A unit is kept as its file states it; the registry says which quantity it measures, how large it is
in SI, and how it is written on an axis. What the registry does not know keeps its text and is of
an unknown quantity: never vibration for want of better, never converted, never integrated.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError

__all__ = [
    "QUANTITIES",
    "STANDARD_GRAVITY_M_S2",
    "UNITS",
    "UNKNOWN",
    "Quantity",
    "Unit",
    "axis_title",
    "conversion_factor",
    "convert",
    "density_unit",
    "find_unit",
    "powered_unit",
    "unit_of",
]

STANDARD_GRAVITY_M_S2: Final = 9.80665
_INCH_M: Final = 0.0254
_TURN_RAD: Final = 2 * np.pi
_SUPERSCRIPTS: Final = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")

Values = TypeVar("Values", float, npt.NDArray[Any])


@dataclass(frozen=True)
class Quantity:
    """What a channel measures.

    Attributes
    ----------
    name : str
        In words, in lower case: ``acceleration``, ``temperature``, ``unknown``.
    si : str
        Its unit in SI, empty where there is none.
    is_vibration : bool
        Whether a channel of it is vibration unless somebody says otherwise.
    integrations : int
        How often it may be integrated over time and still be a motion: acceleration twice,
        velocity once, anything else never.
    """

    name: str
    si: str = ""
    is_vibration: bool = False
    integrations: int = 0

    @property
    def title(self) -> str:
        """Return the name as an axis begins: ``Sound pressure``."""
        return self.name[:1].upper() + self.name[1:]


@dataclass(frozen=True)
class Unit:
    """One unit: ``value_si = scale · value + offset``.

    Attributes
    ----------
    name : str
        As it is written: ``m/s²``. A unit that the registry does not know keeps its text.
    quantity : Quantity
        What it measures.
    scale, offset : float
        To SI; NaN where the size is unknown, as for counts.
    """

    name: str
    quantity: Quantity
    scale: float = float("nan")
    offset: float = 0.0

    @property
    def is_known(self) -> bool:
        """Whether the registry knows how large it is."""
        return bool(np.isfinite(self.scale))


_ROWS: Final = (
    Quantity("acceleration", "m/s²", is_vibration=True, integrations=2),
    Quantity("velocity", "m/s", is_vibration=True, integrations=1),
    Quantity("displacement", "m", is_vibration=True),
    Quantity("enveloped acceleration", "m/s²", is_vibration=True),
    Quantity("voltage", "V"),
    Quantity("current", "A"),
    Quantity("temperature", "K"),
    Quantity("force", "N"),
    Quantity("torque", "Nm"),
    Quantity("pressure", "Pa"),
    Quantity("power", "W"),
    Quantity("angular velocity", "rad/s"),
    Quantity("rotational speed", "rad/s"),
    Quantity("angle", "rad"),
    Quantity("strain", "m/m"),
    Quantity("magnetic flux density", "T"),
    Quantity("time", "s"),
    Quantity("frequency", "Hz"),
    Quantity("ratio", "1"),
    Quantity("level"),
    Quantity("counts"),
    Quantity("full scale"),
    Quantity("unknown"),
)
QUANTITIES: Final = {quantity.name: quantity for quantity in _ROWS}

_G: Final = STANDARD_GRAVITY_M_S2
_NAN: Final = float("nan")
# name, quantity, scale to SI, other spellings (after `_plain`, which also takes m/s^2 for m/s2)
_TABLE: Final = (
    ("g", "acceleration", _G, "gn g's gs g0 gee gees gravity gravities"),
    ("mg", "acceleration", 1e-3 * _G, "mgn milli-g millig mg's"),
    ("µg", "acceleration", 1e-6 * _G, "ug micro-g microg"),
    ("m/s²", "acceleration", 1.0, "ms-2 m/s/s mps2 meter/s2 metre/s2 meters/s2 metres/s2"),
    ("mm/s²", "acceleration", 1e-3, "mms-2 mm/s/s"),
    ("cm/s²", "acceleration", 1e-2, "cms-2 cm/s/s gal"),
    ("in/s²", "acceleration", _INCH_M, "ins-2 in/s/s inch/s2 inches/s2 ips2"),
    ("ft/s²", "acceleration", 12 * _INCH_M, "fts-2 ft/s/s"),
    ("m/s", "velocity", 1.0, "ms-1 mps meter/s metre/s"),
    ("mm/s", "velocity", 1e-3, "mms-1 mmps"),
    ("cm/s", "velocity", 1e-2, "cms-1"),
    ("µm/s", "velocity", 1e-6, "um/s ums-1"),
    ("in/s", "velocity", _INCH_M, "ips inch/s inches/s ins-1"),
    ("mil/s", "velocity", 1e-3 * _INCH_M, "mils/s"),
    ("ft/s", "velocity", 12 * _INCH_M, "fps"),
    ("m", "displacement", 1.0, "meter metre meters metres"),
    ("cm", "displacement", 1e-2, ""),
    ("mm", "displacement", 1e-3, "millimeter millimetre"),
    ("µm", "displacement", 1e-6, "um micron microns mic micrometer micrometre"),
    ("nm", "displacement", 1e-9, "nanometer nanometre"),
    ("in", "displacement", _INCH_M, "inch inches"),
    ("mil", "displacement", 1e-3 * _INCH_M, "mils thou"),
    ("gE", "enveloped acceleration", _G, "ge"),
    ("V", "voltage", 1.0, "volt volts v(dc) vdc vac"),
    ("mV", "voltage", 1e-3, "millivolt millivolts"),
    ("µV", "voltage", 1e-6, "uv microvolt microvolts"),
    ("kV", "voltage", 1e3, ""),
    ("A", "current", 1.0, "amp amps ampere amperes"),
    ("mA", "current", 1e-3, "milliamp milliamps"),
    ("µA", "current", 1e-6, "ua"),
    ("°C", "temperature", 1.0, "degc deg.c celsius degcelsius c degreec degreesc"),
    ("°F", "temperature", 5 / 9, "degf deg.f fahrenheit degreef degreesf"),
    ("K", "temperature", 1.0, "kelvin degk °k"),
    ("N", "force", 1.0, "newton newtons"),
    ("kN", "force", 1e3, "kilonewton"),
    ("lbf", "force", 4.4482216152605, "lb lbs"),
    ("Nm", "torque", 1.0, "n-m newtonmeter newtonmetre"),
    ("mNm", "torque", 1e-3, ""),
    ("kNm", "torque", 1e3, ""),
    ("Pa", "pressure", 1.0, "pascal pascals n/m2"),
    ("mPa", "pressure", 1e-3, ""),
    ("hPa", "pressure", 1e2, ""),
    ("kPa", "pressure", 1e3, ""),
    ("MPa", "pressure", 1e6, ""),
    ("bar", "pressure", 1e5, "bars"),
    ("mbar", "pressure", 1e2, ""),
    ("psi", "pressure", 6894.757293168, ""),
    ("W", "power", 1.0, "watt watts"),
    ("kW", "power", 1e3, ""),
    ("rad/s", "angular velocity", 1.0, "rads-1 rps2pi radian/s radians/s"),
    ("deg/s", "angular velocity", _TURN_RAD / 360, "°/s dps degs-1 degree/s degrees/s"),
    ("mdeg/s", "angular velocity", _TURN_RAD / 360e3, "mdps"),
    ("rpm", "rotational speed", _TURN_RAD / 60, "r/min rev/min 1/min min-1 u/min upm tr/min"),
    ("rev/s", "rotational speed", _TURN_RAD, "rps r/s"),
    ("rad", "angle", 1.0, "radian radians"),
    ("deg", "angle", _TURN_RAD / 360, "° degree degrees"),
    ("rev", "angle", _TURN_RAD, "revs revolution revolutions"),
    ("m/m", "strain", 1.0, "strain"),
    ("µm/m", "strain", 1e-6, "um/m ustrain microstrain µe ue µstrain"),
    ("T", "magnetic flux density", 1.0, "tesla"),
    ("mT", "magnetic flux density", 1e-3, ""),
    ("µT", "magnetic flux density", 1e-6, "ut"),
    ("s", "time", 1.0, "sec second seconds secs sek sekunden"),
    ("ms", "time", 1e-3, "msec msecs millisecond milliseconds millis"),
    ("µs", "time", 1e-6, "us usec usecs microsecond microseconds micros"),
    ("ns", "time", 1e-9, "nsec nanosecond nanoseconds nanos"),
    ("min", "time", 60.0, "minute minutes mins"),
    ("h", "time", 3600.0, "hr hrs hour hours"),
    ("d", "time", 86400.0, "day days"),
    ("Hz", "frequency", 1.0, "hertz cps s-1 1/s"),
    ("kHz", "frequency", 1e3, "kilohertz"),
    ("MHz", "frequency", 1e6, "megahertz"),
    ("cpm", "frequency", 1 / 60, ""),
    ("%", "ratio", 1e-2, "percent pct"),
    ("dB", "level", _NAN, "decibel decibels db(a) dba dbv dbg dbfs"),
    ("counts", "counts", _NAN, "count lsb adc adccounts digits raw rawcounts bits"),
    ("full scale", "full scale", _NAN, "fs fullscale fraction"),
)
_OFFSETS: Final = {"°C": 273.15, "°F": 459.67 * 5 / 9}

UNKNOWN: Final = Unit("unknown", QUANTITIES["unknown"])
UNITS: Final = {
    name: Unit(name, QUANTITIES[quantity], scale, _OFFSETS.get(name, 0.0))
    for name, quantity, scale, _ in _TABLE
}

_DETECTOR: Final = re.compile(r"[\s,_(]*\b(rms|peak|pk|pk-pk|pkpk|p-p|0-p|zero-peak)\)?$", re.I)
_BRACKETS: Final = re.compile(r"^\s*[\[(<{]\s*(.*?)\s*[\])>}]\s*$")
_SECONDS: Final = re.compile(r"\bsec(onds?|s)?(?=\b|\d|[-²^]|$)|(?<=/)sec(onds?)?", re.I)


def _plain(text: str) -> str:
    """Return a unit without what its writers differ in: m/s², m/s^2, m/s**2 and m·s⁻² agree."""
    spread = unicodedata.normalize("NFKC", text.replace("Â", "")).replace("μ", "µ")
    spread = spread.replace("−", "-").replace("–", "-")
    if "/" in spread:
        spread = _SECONDS.sub("s", spread)
    return re.sub(r"[\s^*·⋅∙]", "", spread)


def _spellings() -> tuple[dict[str, Unit], dict[str, set[Unit]]]:
    exact: dict[str, Unit] = {}
    folded: dict[str, set[Unit]] = {}
    for name, _, _, others in _TABLE:
        for spelling in (_plain(name), *others.split()):
            exact.setdefault(spelling, UNITS[name])
            folded.setdefault(spelling.lower(), set()).add(UNITS[name])
    return exact, folded


_EXACT, _FOLDED = _spellings()


def find_unit(text: str) -> Unit | None:
    """Return the unit that a text spells, None where the registry knows none.

    Spelling is forgiven (``m/s^2``, ``M/S2``, ``(m s-2)``, ``um``), a detector after it is left
    out (``mm/s rms``). Capitals decide only where two units differ by nothing else: ``mPa``,
    ``MPa``.

    Parameters
    ----------
    text : str
        As in a title, an attribute or an answer; brackets around it are taken off.

    Returns
    -------
    Unit or None

    Examples
    --------
    >>> find_unit("m/s^2").name, find_unit("[IPS]").name, find_unit("furlongs")
    ('m/s²', 'in/s', None)
    """
    if len(text) > 60:
        return None
    for attempt in (text, _DETECTOR.sub("", text)):
        bare = _BRACKETS.sub(r"\1", attempt)
        plain = _plain(bare)
        folded = _FOLDED.get(plain.lower(), set())
        found = _EXACT.get(plain) or (next(iter(folded)) if len(folded) == 1 else None)
        if found is not None:
            return found
    return None


def unit_of(text: str | None) -> Unit:
    """Return the unit of a record: known, or of an unknown quantity under its own text.

    Parameters
    ----------
    text : str or None
        The unit as it is stored; empty or None where nobody stated one.

    Returns
    -------
    Unit

    Examples
    --------
    >>> unit_of("mg").quantity.name, unit_of("furlongs").name, unit_of(None).name
    ('acceleration', 'furlongs', 'unknown')
    """
    if not text or not text.strip():
        return UNKNOWN
    return find_unit(text) or Unit(text.strip(), UNKNOWN.quantity)


def _unit(unit: Unit | str | None) -> Unit:
    return unit if isinstance(unit, Unit) else unit_of(unit)


def conversion_factor(given: Unit | str, wanted: Unit | str) -> float:
    """Return what amplitudes in one unit are multiplied by to be in another.

    For amplitudes and differences alone: a temperature's zero is moved by `convert`.

    Parameters
    ----------
    given, wanted : Unit or str
        Two units of one quantity.

    Returns
    -------
    float

    Raises
    ------
    VibrationError
        Where they measure different things, or one is of unknown size.

    Examples
    --------
    >>> round(conversion_factor("g", "m/s²"), 5), conversion_factor("in/s", "mm/s")
    (9.80665, 25.4)
    """
    first, second = _unit(given), _unit(wanted)
    if first.name == second.name:
        return 1.0
    if first.quantity is not second.quantity:
        raise VibrationError(
            f"{first.name} ({first.quantity.name}) cannot be shown in {second.name} "
            f"({second.quantity.name}): they measure different things."
        )
    if not (first.is_known and second.is_known):
        raise VibrationError(
            f"{first.name} cannot be converted to {second.name}: nobody stated how large it is."
        )
    # Rounded: the quotient of two exact definitions should not read 25.400000000000002.
    return float(f"{first.scale / second.scale:.15g}")


def convert(values: Values, given: Unit | str, wanted: Unit | str) -> Values:
    """Return values of one unit in another of the same quantity.

    v₂ = (s₁·v₁ + o₁ − o₂)/s₂, with scale s and offset o of each to SI.

    Parameters
    ----------
    values : float or ndarray
        In `given`.
    given, wanted : Unit or str
        Two units of one quantity.

    Returns
    -------
    float or ndarray
        In `wanted`; the array itself where nothing changes.

    Raises
    ------
    VibrationError
        Where they measure different things, or one is of unknown size.

    Examples
    --------
    >>> round(convert(20.0, "°C", "°F"), 6), convert(2.0, "g", "mg")
    (68.0, 2000.0)
    """
    first, second = _unit(given), _unit(wanted)
    factor = conversion_factor(first, second)
    shift = (first.offset - second.offset) / second.scale if first.offset != second.offset else 0.0
    if factor == 1.0 and shift == 0.0:
        return values
    return values * factor + shift if shift else values * factor


def axis_title(unit: Unit | str | None) -> str:
    """Return how an axis of a unit is titled.

    Parameters
    ----------
    unit : Unit, str or None

    Returns
    -------
    str

    Examples
    --------
    >>> axis_title("m/s2"), axis_title("degC"), axis_title(None)
    ('Acceleration (m/s²)', 'Temperature (°C)', 'Amplitude')
    """
    found = _unit(unit)
    if found.name in (UNKNOWN.name, ""):
        return "Amplitude"
    if found.quantity is UNKNOWN.quantity:
        return f"Amplitude ({found.name})"
    if found.name == found.quantity.name:
        return found.quantity.title
    return f"{found.quantity.title} ({found.name})"


def powered_unit(unit: Unit | str | None, power: int) -> str:
    """Return how a power of a unit is written: ``g²``, ``(m/s²)²``.

    Parameters
    ----------
    unit : Unit, str or None
    power : int
        1 writes the unit as it is.

    Returns
    -------
    str

    Examples
    --------
    >>> powered_unit("g", 3), powered_unit("mm/s", 2), powered_unit(None, 2)
    ('g³', '(mm/s)²', 'unit²')
    """
    found = _unit(unit)
    name = "unit" if found.name in (UNKNOWN.name, "") else found.name
    if power == 1:
        return name
    is_single = all(character.isalpha() or character in "°µ%" for character in name)
    base = name if is_single else f"({name})"
    return f"{base}{str(power).translate(_SUPERSCRIPTS)}"


def density_unit(unit: Unit | str | None) -> str:
    """Return how the power spectral density of a record is written.

    Parameters
    ----------
    unit : Unit, str or None

    Returns
    -------
    str

    Examples
    --------
    >>> density_unit("g"), density_unit("m/s²")
    ('g²/Hz', '(m/s²)²/Hz')
    """
    return f"{powered_unit(unit, 2)}/Hz"
