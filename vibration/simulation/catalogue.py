"""What the simulator knows by name: fault classes, severities, noise layers, transients, parts."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class FaultClassSpec:
    """One condition of the machine: its code, its name, what it looks like, who describes it."""

    code: str
    name: str
    signature: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeveritySpec:
    """One severity level: factors are drawn from the half-open interval [low, high)."""

    code: str
    name: str
    level: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class NoiseSpec:
    """One noise layer that a recipe can switch on."""

    code: str
    name: str
    model: str


_ISO_13373 = "ISO 13373-2, vibration condition monitoring: processing and presentation of data"
_ISO_20816 = "ISO 20816-1, measurement and evaluation of machine vibration"
_ISO_7902 = "ISO 7902-1, hydrodynamic plain journal bearings under steady-state conditions"
_API_684 = "API RP 684, rotordynamics: sub-synchronous instability"
_MUSZYNSKA = "Muszynska, Rotordynamics (2005): fluid whirl at 0.42-0.48 X"
_RANDALL = "Randall, Vibration-based Condition Monitoring (2011)"

FAULT_CLASSES: Final = (
    FaultClassSpec("healthy", "Healthy", "none", (_ISO_20816,)),
    FaultClassSpec(
        "misalignment",
        "Misalignment",
        "0.35·sin(2φ+α) + 0.20·sin(3φ+β): 2X > 3X > 1X",
        (_ISO_13373,),
    ),
    FaultClassSpec(
        "imbalance",
        "Imbalance",
        "0.50·load_factor·(f/f0)²·sin(φ+α): 1X, grows with speed²",
        (_ISO_13373, _ISO_20816),
    ),
    FaultClassSpec(
        "clearance",
        "Bearing clearance (looseness)",
        "0.25·temp_factor at r·f, r in 0.43-0.48; 0.18 at 1X; 0.10 at 2X",
        (_ISO_13373, _API_684),
    ),
    FaultClassSpec(
        "lubrication",
        "Lubrication deficiency",
        "stick-slip sine at 2-5 Hz, 0.30·temp_factor·(0.3/S), and 1-4 friction impacts of 0.5",
        (_ISO_7902, _RANDALL),
    ),
    FaultClassSpec(
        "cavitation",
        "Cavitation",
        "2-7 bursts of 0.6, 8 ms Hann·e^(−100t), carrier 1.5-2.5 kHz",
        (_RANDALL,),
    ),
    FaultClassSpec(
        "wear",
        "Wear",
        "(0.25·q·√(S/0.15)·N(0,1) + 0.12·(sin φ + 0.5·sin 2φ))·(1 + 0.3·sin 2πft), f 0.5-2 Hz",
        (_RANDALL, _ISO_7902),
    ),
    FaultClassSpec(
        "oil_whirl",
        "Oil whirl",
        "0.40/√S at r·f, r in 0.42-0.48, ±20 % at half the whirl frequency",
        (_MUSZYNSKA, _API_684),
    ),
    FaultClassSpec(
        "misalignment_imbalance",
        "Mixed: misalignment + imbalance",
        "0.25·sin(2φ+α) + 0.15·sin(3φ+β) + 0.35·load_factor·(f/f0)²·sin(φ+γ)",
        (_ISO_13373,),
    ),
    FaultClassSpec(
        "wear_lubrication",
        "Mixed: wear + lubrication",
        "wear with 0.18 and 0.08, stick-slip with 0.20, 2-5 contacts of 0.4",
        (_RANDALL, _ISO_7902),
    ),
    FaultClassSpec(
        "cavitation_clearance",
        "Mixed: cavitation + clearance",
        "3-7 bursts of 0.5; 0.22·temp_factor sub-synchronous; 0.15 at 1X",
        (_RANDALL, _API_684),
    ),
)

SEVERITIES: Final = (
    SeveritySpec("incipient", "Incipient", 1, 0.20, 0.45),
    SeveritySpec("mild", "Mild", 2, 0.45, 0.70),
    SeveritySpec("moderate", "Moderate", 3, 0.70, 0.90),
    SeveritySpec("severe", "Severe", 4, 0.90, 1.00),
)

NOISES: Final = (
    NoiseSpec("measurement", "Sensor electronics", "Gaussian, σ 0.03 g"),
    NoiseSpec("emi", "Mains interference", "0.01-0.015 g at the mains, its 3rd and 5th harmonic"),
    NoiseSpec("pink", "1/f environment", "pink, −10 dB/decade, σ 0.02 g"),
    NoiseSpec("drift", "Thermal drift", "0.015 g sine, period 1.5 s"),
    NoiseSpec("quantization", "ADC resolution", "step 0.001 g, applied last"),
    NoiseSpec("sensor_drift", "Calibration drift", "linear, 0.001 g per record"),
    NoiseSpec("impulse", "Sporadic impulses", "2 per second (Poisson), 0.02-0.05 g, 5 samples"),
)

CLASS_CODES: Final = tuple(spec.code for spec in FAULT_CLASSES)
SEVERITY_CODES: Final = tuple(spec.code for spec in SEVERITIES)
NOISE_CODES: Final = tuple(spec.code for spec in NOISES)
ANALOGUE_NOISE_CODES: Final = tuple(code for code in NOISE_CODES if code != "quantization")
TRANSIENT_CODES: Final = ("speed_ramp", "load_step", "thermal_growth")
HEALTHY: Final = "healthy"
CAVITATING_CODES: Final = ("cavitation", "cavitation_clearance")

_SEVERITY_BY_CODE: Final = {spec.code: spec for spec in SEVERITIES}
_NOISE_NAMES: Final = {f"noise:{spec.code}": spec.name for spec in NOISES}
_PART_TITLES: Final = {
    "floor": "Noise floor",
    "residual_1x": "Residual unbalance, 1X",
    "fault:1x": "Fault, 1X",
    "fault:2x": "Fault, 2X",
    "fault:3x": "Fault, 3X",
    "fault:subsynchronous": "Fault, sub-synchronous",
    "fault:stick_slip": "Stick-slip",
    "fault:impacts": "Friction impacts",
    "fault:bursts": "Cavitation bursts",
    "fault:roughness": "Surface roughness",
    "fault:whirl": "Oil whirl",
    "augmentation_noise": "Augmentation noise",
    **_NOISE_NAMES,
}


def severity_spec(code: str) -> SeveritySpec:
    """Return the severity level with this code.

    Parameters
    ----------
    code : str
        One of `SEVERITY_CODES`; anything else is a `KeyError`, recipes check earlier.

    Returns
    -------
    SeveritySpec
        Its name and the range of its factor.

    Examples
    --------
    >>> severity_spec("mild").high
    0.7
    """
    return _SEVERITY_BY_CODE[code]


def part_title(name: str) -> str:
    """Return the words people read for a part of a record.

    Parameters
    ----------
    name : str
        A key of the dictionary that `simulate_parts` returns.

    Returns
    -------
    str

    Examples
    --------
    >>> part_title("fault:2x")
    'Fault, 2X'
    """
    return _PART_TITLES[name]
