"""Rolling bearings: the orders at which their parts pass, from the bearing's geometry."""

import math
from dataclasses import dataclass

from vibration.errors import VibrationError

MIN_ELEMENTS = 3


@dataclass(frozen=True)
class BearingOrders:
    """Passing frequencies in orders of the shaft, outer ring at rest.

    Attributes
    ----------
    bpfo, bpfi : float
        Elements passing a point of the outer and of the inner race.
    bsf : float
        Spin of an element about its own axis.
    ftf : float
        Turn of the cage.
    """

    bpfo: float
    bpfi: float
    bsf: float
    ftf: float


@dataclass(frozen=True)
class BearingGeometry:
    """What decides the passing frequencies of a rolling bearing without slip.

    With r = d/D·cos a: BPFO = n/2·(1 − r), BPFI = n/2·(1 + r), BSF = D/2d·(1 − r²) and
    FTF = ½·(1 − r).

    References
    ----------
    T. A. Harris, M. N. Kotzalas, "Rolling Bearing Analysis", 5th ed. (2006), chapter on motion.

    Parameters
    ----------
    n_elements : int
        Number of balls or rollers in one row, at least 3.
    element_diameter_mm : float
        Diameter d of one of them in mm.
    pitch_diameter_mm : float
        Diameter D of the circle through their centres in mm.
    contact_angle_deg : float
        Contact angle a in degrees, 0 to below 90.

    Raises
    ------
    VibrationError
        Where no such bearing can be built.

    Examples
    --------
    >>> orders = BearingGeometry(9, 7.94, 39.04, 0.0).orders
    >>> round(orders.bpfo, 3), round(orders.bpfi, 3), round(orders.bsf, 3), round(orders.ftf, 3)
    (3.585, 5.415, 2.357, 0.398)
    """

    n_elements: int
    element_diameter_mm: float
    pitch_diameter_mm: float
    contact_angle_deg: float = 0.0

    def __post_init__(self) -> None:
        if self.n_elements < MIN_ELEMENTS:
            raise VibrationError(
                f"A bearing with {self.n_elements} rolling elements cannot run: "
                f"it has at least {MIN_ELEMENTS}."
            )
        for name, value in (
            ("element", self.element_diameter_mm),
            ("pitch", self.pitch_diameter_mm),
        ):
            if not (math.isfinite(value) and value > 0):
                raise VibrationError(f"The {name} diameter is {value} mm: pass a positive number.")
        if self.element_diameter_mm >= self.pitch_diameter_mm:
            raise VibrationError(
                f"Elements of {self.element_diameter_mm} mm do not fit on a pitch circle of "
                f"{self.pitch_diameter_mm} mm: the pitch diameter is the larger one."
            )
        if not 0 <= self.contact_angle_deg < 90:
            raise VibrationError(
                f"The contact angle is {self.contact_angle_deg}°: pass 0 to below 90."
            )

    @property
    def orders(self) -> BearingOrders:
        """The four passing frequencies in orders of the shaft."""
        d, D, n = self.element_diameter_mm, self.pitch_diameter_mm, self.n_elements
        r = d / D * math.cos(math.radians(self.contact_angle_deg))
        return BearingOrders(
            bpfo=n / 2 * (1 - r),
            bpfi=n / 2 * (1 + r),
            bsf=D / (2 * d) * (1 - r * r),
            ftf=(1 - r) / 2,
        )
