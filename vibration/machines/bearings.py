"""Rolling bearings: at which orders of the shaft a damaged part shows itself."""

import math
from dataclasses import dataclass, fields
from typing import Final

from vibration.errors import VibrationError

MINUS: Final = "−"
_FEWEST_ELEMENTS: Final = 3


@dataclass(frozen=True, slots=True)
class BearingOrders:
    """Orders of a bearing's four frequencies, per turn of the shaft.

    Parameters
    ----------
    bpfo, bpfi : float
        Passes of the elements over a place on the outer and on the inner race.
    bsf : float
        Spins of an element about its own axis. A damage on it meets a race twice a spin.
    ftf : float
        Turns of the cage.

    Raises
    ------
    VibrationError
        Where an order is not positive and finite.

    Examples
    --------
    >>> BearingOrders(bpfo=3.5848, bpfi=5.4152, bsf=2.3567, ftf=0.3983).bpfo
    3.5848
    """

    bpfo: float
    bpfi: float
    bsf: float
    ftf: float

    def __post_init__(self) -> None:
        """Refuse orders at which nothing can stand."""
        for field in fields(self):
            _check_positive(
                f"The order {field.name.upper()}", getattr(self, field.name), field.name
            )


@dataclass(frozen=True, slots=True)
class BearingGeometry:
    """What decides a bearing's frequencies: its elements, their size, pitch and contact angle.

    With r = d/D·cos α the orders per shaft turn, inner race turning and outer race at rest, are
    BPFO = n/2·(1 − r), BPFI = n/2·(1 + r), BSF = D/2d·(1 − r²), FTF = ½·(1 − r). They assume that
    the elements roll without slip; real lines stand up to 1.5 % off.

    References
    ----------
    R. B. Randall and J. Antoni, "Rolling element bearing diagnostics: a tutorial", Mechanical
    Systems and Signal Processing 25 (2011).

    Parameters
    ----------
    n_elements : int
        Balls or rollers in one row, 3 at least.
    element_diameter_mm : float
        Diameter d of an element in mm.
    pitch_diameter_mm : float
        Diameter D of the circle through the elements' centres in mm, larger than d.
    contact_angle_deg : float
        Contact angle α in degrees, 0 to below 90.

    Raises
    ------
    VibrationError
        For a bearing that cannot be built.

    Examples
    --------
    >>> orders = BearingGeometry(9, 7.940, 39.040).orders
    >>> round(orders.bpfo, 3), round(orders.bpfi, 3), round(orders.bsf, 3), round(orders.ftf, 4)
    (3.585, 5.415, 2.357, 0.3983)
    """

    n_elements: int
    element_diameter_mm: float
    pitch_diameter_mm: float
    contact_angle_deg: float = 0.0

    def __post_init__(self) -> None:
        """Check that the parts fit together."""
        n = self.n_elements
        if isinstance(n, bool) or not isinstance(n, int) or n < _FEWEST_ELEMENTS:
            raise VibrationError(
                f"A bearing has {_FEWEST_ELEMENTS} elements or more, not {n!r}.", field="n_elements"
            )
        _check_positive(
            "The element diameter in mm", self.element_diameter_mm, "element_diameter_mm"
        )
        _check_positive("The pitch diameter in mm", self.pitch_diameter_mm, "pitch_diameter_mm")
        if self.element_diameter_mm >= self.pitch_diameter_mm:
            raise VibrationError(
                f"An element of {self.element_diameter_mm:g} mm does not fit on a pitch circle of "
                f"{self.pitch_diameter_mm:g} mm: the pitch diameter is the larger one.",
                field="pitch_diameter_mm",
            )
        if not 0.0 <= self.contact_angle_deg < 90.0:
            raise VibrationError(
                f"The contact angle is {self.contact_angle_deg}°: pass 0 to below 90 degrees.",
                field="contact_angle_deg",
            )

    @property
    def orders(self) -> BearingOrders:
        """The bearing's four orders per turn of the shaft."""
        ratio = self.element_diameter_mm / self.pitch_diameter_mm
        r = ratio * math.cos(math.radians(self.contact_angle_deg))
        return BearingOrders(
            bpfo=self.n_elements / 2.0 * (1.0 - r),
            bpfi=self.n_elements / 2.0 * (1.0 + r),
            bsf=(1.0 - r * r) / (2.0 * ratio),
            ftf=0.5 * (1.0 - r),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A place in a spectrum where a bearing's damage would show: its name, order and frequency.

    `sideband` is empty for the line itself, else the distance from it: "−1X", "+1X", "−FTF" or
    "+FTF".
    """

    name: str
    harmonic: int
    order: float
    f_hz: float
    sideband: str = ""


def bearing_lines(
    orders: BearingOrders, shaft_hz: float, *, harmonics: int = 3, sidebands: bool = False
) -> list[Line]:
    """List the lines of a bearing: BPFO, BPFI, BSF, FTF and their harmonics.

    A damage of the inner race turns through the load zone once a shaft turn, one of an element
    once a turn of the cage: hence sidebands of ±1X around BPFI and of ±FTF around BSF.

    References
    ----------
    R. B. Randall, *Vibration-based Condition Monitoring*, 2nd ed., Wiley 2021, ch. 2.

    Parameters
    ----------
    orders : BearingOrders
        Orders per turn of the shaft.
    shaft_hz : float
        Speed of the shaft in Hz.
    harmonics : int
        How many of each, 1 at least: the first is the line itself.
    sidebands : bool
        Add the first pair of sidebands of the inner race and of the elements.

    Returns
    -------
    list of Line
        By name, then harmonic; the sidebands follow their line. Frequencies in Hz.

    Raises
    ------
    VibrationError
        For a speed that is not positive and finite, or no harmonic at all.

    Examples
    --------
    >>> orders = BearingGeometry(8, 5.969, 31.623).orders
    >>> [(line.name, round(line.f_hz, 1)) for line in bearing_lines(orders, 25.0, harmonics=1)]
    [('BPFO', 81.1), ('BPFI', 118.9), ('BSF', 63.9), ('FTF', 10.1)]
    """
    _check_positive("The shaft speed in Hz", shaft_hz, "shaft_hz")
    if isinstance(harmonics, bool) or not isinstance(harmonics, int) or harmonics < 1:
        raise VibrationError(
            f"The number of harmonics is 1 or more, not {harmonics!r}.", field="harmonics"
        )
    distances = {"BPFI": ("1X", 1.0), "BSF": ("FTF", orders.ftf)} if sidebands else {}
    lines: list[Line] = []
    for field in fields(orders):
        name, base = field.name.upper(), float(getattr(orders, field.name))
        for harmonic in range(1, harmonics + 1):
            places = {"": harmonic * base}
            if name in distances:
                step, distance = distances[name]
                places[f"{MINUS}{step}"] = harmonic * base - distance
                places[f"+{step}"] = harmonic * base + distance
            lines += [
                Line(name, harmonic, order, order * shaft_hz, sideband)
                for sideband, order in places.items()
                if order > 0.0
            ]
    return lines


def _check_positive(meaning: str, value: float, field: str) -> None:
    if not (math.isfinite(value) and value > 0):
        raise VibrationError(f"{meaning} is {value}: pass a positive, finite number.", field=field)
