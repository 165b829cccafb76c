"""The bearings every portal starts with.

Those of published test rigs carry the geometry their authors give. Of common types only those are
here whose number and diameter of elements are well known; where the pitch diameter is the mean of
bore and outside diameter, the source says so.
"""

from dataclasses import dataclass
from typing import Final

from signals.models import Bearing

MM_PER_INCH: Final = 25.4


@dataclass(frozen=True)
class BearingSpec:
    name: str
    manufacturer: str
    n_elements: int
    element_diameter_mm: float
    pitch_diameter_mm: float
    source: str
    contact_angle_deg: float = 0.0

    def row(self) -> Bearing:
        return Bearing(**vars(self))


def _inches(inches: float) -> float:
    return round(inches * MM_PER_INCH, 5)


def _common(
    name: str, n_elements: int, ball_mm: float, bore_mm: float, outside_mm: float
) -> BearingSpec:
    pitch_mm = (bore_mm + outside_mm) / 2
    return BearingSpec(
        name,
        "",
        n_elements,
        ball_mm,
        pitch_mm,
        "Approximation: the usual ball complement of this type, which may differ between makers; "
        f"pitch diameter from the boundary dimensions, ({bore_mm:g} + {outside_mm:g})/2 mm.",
    )


_CWRU = (
    "Case Western Reserve University Bearing Data Center, bearing information of the {} bearing."
)
_HARRIS = (
    "T. A. Harris, M. N. Kotzalas, Rolling Bearing Analysis (5th ed. 2006): the {} bearing of the "
    "worked examples. Other makers' complement may differ."
)

BEARINGS: Final = (
    BearingSpec(
        "SKF 6205-2RS", "SKF", 9, _inches(0.3126), _inches(1.537), _CWRU.format("drive end")
    ),
    BearingSpec("SKF 6203-2RS", "SKF", 8, _inches(0.2656), _inches(1.122), _CWRU.format("fan end")),
    BearingSpec(
        "NICE (MFPT)",
        "NICE",
        8,
        _inches(0.235),
        _inches(1.245),
        "E. Bechhoefer, Society for Machinery Failure Prevention Technology: description of the "
        "MFPT bearing fault data sets.",
    ),
    BearingSpec(
        "Rexnord ZA-2115",
        "Rexnord",
        16,
        _inches(0.331),
        _inches(2.815),
        "H. Qiu, J. Lee, J. Lin, G. Yu, J. Sound Vib. 289 (2006): IMS bearing data. Double row; "
        "elements of one row.",
        15.17,
    ),
    BearingSpec(
        "NSK (PRONOSTIA)",
        "NSK",
        13,
        3.5,
        25.6,
        "P. Nectoux et al., PRONOSTIA: an experimental platform for bearings accelerated "
        "degradation tests, IEEE PHM (2012).",
    ),
    BearingSpec(
        "LDK UER204",
        "LDK",
        8,
        7.92,
        34.55,
        "B. Wang, Y. Lei, N. Li, N. Li, IEEE Trans. Reliability 69 (2020): XJTU-SY bearing data.",
    ),
    BearingSpec(
        "6203 (Paderborn)",
        "",
        8,
        6.75,
        28.55,
        "C. Lessmeier et al., PHM Society European Conference (2016): Paderborn University "
        "bearing data; bearings of several makers.",
    ),
    BearingSpec(
        "MB ER-16K",
        "MB Manufacturing",
        9,
        7.94,
        38.52,
        "H. Huang, N. Baddour, Data in Brief 21 (2018): bearing data under time-varying speed, "
        "University of Ottawa.",
    ),
    BearingSpec("6209 (Harris)", "", 9, 12.7, 65.0, _HARRIS.format("209 deep-groove ball")),
    BearingSpec(
        "7218 (Harris)", "", 16, 22.23, 125.3, _HARRIS.format("218 angular-contact ball"), 40.0
    ),
    BearingSpec("NU209 (Harris)", "", 14, 10.0, 65.0, _HARRIS.format("209 cylindrical roller")),
    BearingSpec(
        "22317 (Harris)",
        "",
        14,
        25.0,
        135.1,
        _HARRIS.format("22317 spherical roller") + " Double row; elements of one row.",
        12.0,
    ),
    _common("6204", 8, 7.938, 20, 47),
    _common("6206", 9, 9.525, 30, 62),
    _common("6207", 9, 11.112, 35, 72),
    _common("6208", 9, 11.906, 40, 80),
    _common("6304", 7, 9.525, 20, 52),
    _common("6308", 8, 15.081, 40, 90),
)
BEARING_NAMES: Final = frozenset(spec.name for spec in BEARINGS)
