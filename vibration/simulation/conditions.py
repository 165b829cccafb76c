"""Operating conditions and film physics of a record, and how they change while it lasts."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from vibration.simulation.arrays import Float32Array
from vibration.simulation.catalogue import TRANSIENT_CODES, severity_spec
from vibration.simulation.recipe import Recipe, RecordAddress
from vibration.simulation.streams import Stream

SPEED_SPREAD: Final = 0.10
TRANSIENT_SHARE: Final = 0.25
PROGRESSING_SHARE: Final = 0.30
PROGRESS: Final = 0.3
SOMMERFELD_REFERENCE: Final = 0.15
SOMMERFELD_RANGE: Final = (0.05, 0.50)
LOAD_STEP_AT: Final = 0.40
_N_DRAWS: Final = 16
"""More than are used: a draw added later leaves the others where they are."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What was drawn for one record, and the factors that follow from it."""

    shaft_hz: float
    speed_ratio: float
    load: float
    temperature_c: float
    reynolds: float
    clearance_ratio: float
    floor_level: float
    initial_phase_rad: float
    transient: str | None
    severity_factor: float | None
    progresses: bool

    @property
    def load_factor(self) -> float:
        """0.3 + 0.7·load."""
        return 0.3 + 0.7 * self.load

    @property
    def temp_factor(self) -> float:
        """0.9 + 0.2·(T − 40)/40."""
        return 0.9 + 0.2 * (self.temperature_c - 40.0) / 40.0

    @property
    def operating_factor(self) -> float:
        """q = load_factor·temp_factor."""
        return self.load_factor * self.temp_factor

    @property
    def base_amplitude_g(self) -> float:
        """a = (0.2 + 0.1·U)·q."""
        return (0.2 + 0.1 * self.floor_level) * self.operating_factor

    @property
    def sommerfeld(self) -> float:
        """S = 0.15·(μ/μref)·(f/f0)/load_factor in [0.05, 0.50]; ISO 7902, ISO VG 32-68 oils."""
        viscosity = math.exp(-0.03 * (self.temperature_c - 60.0))
        number = SOMMERFELD_REFERENCE * viscosity * self.speed_ratio / self.load_factor
        return min(max(number, SOMMERFELD_RANGE[0]), SOMMERFELD_RANGE[1])

    @property
    def physics_factor(self) -> float:
        """√(S/0.15)."""
        return math.sqrt(self.sommerfeld / SOMMERFELD_REFERENCE)


def draw_conditions(recipe: Recipe, address: RecordAddress) -> Conditions:
    """Draw a record's operating conditions from their own stream.

    Speed f = f0·(1 + δ), δ in ±0.10; load 30-100 %; 40-80 °C; Reynolds 500-5000; clearance ratio
    0.001-0.003; one transient in 25 % of the records; 30 % of the faulty ones progress.

    Parameters
    ----------
    recipe : Recipe
        Gives the nominal shaft speed.
    address : RecordAddress
        Gives the stream key and the severity level.

    Returns
    -------
    Conditions
        Speeds in Hz, temperature in °C, load as a fraction.

    References
    ----------
    ISO 7902-1 (Sommerfeld number), ISO 13373-2 (operating conditions as part of a measurement).

    Examples
    --------
    >>> recipe = Recipe()
    >>> drawn = draw_conditions(recipe, recipe.address(0))
    >>> 54 <= drawn.shaft_hz <= 66 and drawn.severity_factor is None
    True
    """
    u = address.key.generator(Stream.CONDITIONS).random(_N_DRAWS).tolist()
    factor = None
    if address.severity is not None:
        level = severity_spec(address.severity)
        factor = level.low + (level.high - level.low) * u[7]
    speed_ratio = 1.0 + SPEED_SPREAD * (2.0 * u[0] - 1.0)
    kind = TRANSIENT_CODES[int(u[6] * len(TRANSIENT_CODES))]
    return Conditions(
        shaft_hz=recipe.shaft_hz * speed_ratio,
        speed_ratio=speed_ratio,
        load=0.3 + 0.7 * u[1],
        temperature_c=40.0 + 40.0 * u[2],
        reynolds=500.0 + 4500.0 * u[3],
        clearance_ratio=0.001 + 0.002 * u[4],
        transient=kind if u[5] < TRANSIENT_SHARE else None,
        severity_factor=factor,
        progresses=factor is not None and u[8] < PROGRESSING_SHARE,
        floor_level=u[9],
        initial_phase_rad=2.0 * math.pi * u[10],
    )


def fault_gain(conditions: Conditions, n_samples: int) -> float | Float32Array:
    """Return what multiplies a fault's signature, once: severity × progression × transient.

    s grows linearly to min(1, s + 0.3) where the record progresses; a load step takes the
    amplitude from 0.7 to 1.0 at 40 % of the record; thermal growth is
    0.9 + 0.2·(1 − e^(−t/0.3T)). A speed ramp acts on the shaft's phase, not here.

    Parameters
    ----------
    conditions : Conditions
        Of a faulty record.
    n_samples : int
        Length of the record.

    Returns
    -------
    float or ndarray, shape (n_samples,)
        Dimensionless; a plain number where nothing changes during the record.

    Examples
    --------
    >>> recipe = Recipe(classes=("wear",), severities=("severe",))
    >>> bool(np.all(fault_gain(draw_conditions(recipe, recipe.address(0)), 100) > 0.6))
    True
    """
    factor = conditions.severity_factor
    if factor is None:
        return 0.0
    varies = conditions.progresses or conditions.transient in ("load_step", "thermal_growth")
    if not varies:
        return factor
    elapsed = np.arange(n_samples, dtype=np.float32) / np.float32(n_samples)
    gain = np.full(n_samples, factor, dtype=np.float32)
    if conditions.progresses:
        gain += elapsed * (min(1.0, factor + PROGRESS) - factor)
    if conditions.transient == "load_step":
        gain[: round(LOAD_STEP_AT * n_samples)] *= 0.7
    elif conditions.transient == "thermal_growth":
        gain *= 1.1 - 0.2 * np.exp(elapsed / -0.3)
    return gain
