"""Zones of casing vibration by ISO 20816-3, from the RMS velocity of 10 Hz to 1000 Hz.

ISO 20816-3:2022, *Mechanical vibration – Measurement and evaluation of machine vibration – Part 3:
Industrial machinery with a power rating above 15 kW and operating speeds between 120 r/min and
30 000 r/min*. The limits hold for vibration measured on bearing housings and pedestals.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from vibration.errors import VibrationError

ZONES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "A": "As a newly commissioned machine",
        "B": "Acceptable for unrestricted long-term operation",
        "C": "Not suitable for long-term operation; plan a remedy",
        "D": "Severe enough to cause damage",
    }
)


@dataclass(frozen=True)
class MachineGroup:
    """Machines that are judged alike.

    Attributes
    ----------
    code, title : str
        For programs and for people.
    limits : (float, float, float)
        Highest RMS velocity of zones A, B and C in mm/s.
    """

    code: str
    title: str
    limits: tuple[float, float, float]


MACHINE_GROUPS: Final[Mapping[str, MachineGroup]] = MappingProxyType(
    {
        group.code: group
        for group in (
            MachineGroup("group1_rigid", "Group 1, above 300 kW, rigid support", (2.3, 4.5, 7.1)),
            MachineGroup(
                "group1_flexible", "Group 1, above 300 kW, flexible support", (3.5, 7.1, 11.0)
            ),
            MachineGroup("group2_rigid", "Group 2, 15–300 kW, rigid support", (1.4, 2.8, 4.5)),
            MachineGroup(
                "group2_flexible", "Group 2, 15–300 kW, flexible support", (2.3, 4.5, 7.1)
            ),
        )
    }
)


def zone_of(velocity_rms_mm_s: float, group: str) -> str:
    """Evaluation zone of a machine by its RMS velocity.

    A velocity exactly on a limit belongs to the better zone: the standard names each limit as the
    highest value of the zone below it.

    References
    ----------
    ISO 20816-3:2022, annex A.

    Parameters
    ----------
    velocity_rms_mm_s : float
        Broad-band RMS velocity of 10 Hz to 1000 Hz in mm/s, as `integration.velocity_rms` gives.
    group : str
        A code of `MACHINE_GROUPS`.

    Returns
    -------
    str
        "A", "B", "C" or "D"; `ZONES` says what each means.

    Raises
    ------
    VibrationError
        For an unknown group and a velocity that is no RMS value.

    Examples
    --------
    >>> zone_of(1.4, "group2_rigid"), zone_of(1.5, "group2_rigid"), zone_of(12, "group1_flexible")
    ('A', 'B', 'D')
    """
    if group not in MACHINE_GROUPS:
        raise VibrationError(
            f"There is no machine group {group!r}: take {', '.join(MACHINE_GROUPS)}.", field="group"
        )
    if not (math.isfinite(velocity_rms_mm_s) and velocity_rms_mm_s >= 0):
        raise VibrationError(
            f"{velocity_rms_mm_s} mm/s is no RMS velocity: pass 0 or more.",
            field="velocity_rms_mm_s",
        )
    limits = MACHINE_GROUPS[group].limits
    return "ABCD"[sum(velocity_rms_mm_s > limit for limit in limits)]
