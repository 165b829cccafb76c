"""The signature of each fault class, as named components before severity and transients."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from vibration.simulation.arrays import Float32Array
from vibration.simulation.conditions import Conditions
from vibration.simulation.shaft import ShaftTrack
from vibration.simulation.streams import gaussian

Components = dict[str, Float32Array]
_BURST_S: Final = 0.008
_CARRIER_HZ: Final = (1500.0, 2500.0)
_CLEARANCE_ORDERS: Final = (0.43, 0.48)
_WHIRL_ORDERS: Final = (0.42, 0.48)


@dataclass(frozen=True, slots=True)
class Machine:
    """What a signature is computed from: nominal speed, conditions, shaft and fault stream."""

    nominal_hz: float
    conditions: Conditions
    shaft: ShaftTrack
    rng: np.random.Generator

    def phase(self) -> float:
        """Draw a phase in rad."""
        return self.rng.uniform(0.0, 2.0 * math.pi)

    def harmonic(self, order: float, amplitude: float) -> Float32Array:
        """Return a shaft-synchronous sine of random phase."""
        return self.shaft.sine(order, self.phase(), amplitude)


def fault_components(class_code: str, machine: Machine) -> Components:
    """Return a class's signature by component, before severity and transients.

    Parameters
    ----------
    class_code : str
        One of the catalogue's codes.
    machine : Machine
        Conditions, shaft and the fault stream, at its beginning.

    Returns
    -------
    dict of str to ndarray, shape (n_samples,)
        Casing acceleration in g; empty for a healthy machine.

    References
    ----------
    Per class in `FAULT_CLASSES`.
    """
    return _SIGNATURES[class_code](machine)


def _healthy(_machine: Machine) -> Components:
    return {}


def _misaligned(machine: Machine, twice_g: float, thrice_g: float) -> Components:
    """Coupling misalignment bends the shaft twice a turn; ISO 13373-2."""
    return {"2x": machine.harmonic(2, twice_g), "3x": machine.harmonic(3, thrice_g)}


def _unbalanced(machine: Machine, amplitude_g: float) -> Components:
    """Centrifugal force grows with the square of the instantaneous speed; ISO 20816."""
    wave = machine.harmonic(1, amplitude_g * machine.conditions.load_factor)
    wave *= machine.shaft.speed_ratio_squared(machine.nominal_hz)
    return {"1x": wave}


def _loose(machine: Machine, sub_g: float, once_g: float) -> Components:
    """Excess clearance lets the journal precess below half the speed; ISO 13373-2, API 684."""
    order = machine.rng.uniform(*_CLEARANCE_ORDERS)
    sub = machine.harmonic(order, sub_g * machine.conditions.temp_factor)
    return {"subsynchronous": sub, "1x": machine.harmonic(1, once_g)}


def _stick_slip(machine: Machine, amplitude_g: float) -> Components:
    """A starved film (small S) sticks and slips a few times a second; ISO 7902."""
    frequency_hz = machine.rng.uniform(2.0, 5.0)
    amplitude_g *= machine.conditions.temp_factor * 0.3 / machine.conditions.sommerfeld
    return {"stick_slip": machine.shaft.grid.sine(frequency_hz, machine.phase(), amplitude_g)}


def _impacts(
    machine: Machine, counts: tuple[int, int], decay_s: float, peak_g: float
) -> Components:
    """Asperities touch at random instants, each contact decaying exponentially; Randall."""
    grid = machine.shaft.grid
    n_pulse = math.ceil(8.0 * decay_s * grid.fs_hz)
    shape = np.exp(np.arange(n_pulse) / (-decay_s * grid.fs_hz)) * peak_g
    wave = np.zeros(grid.n_samples, dtype=np.float32)
    n_impacts = machine.rng.integers(*counts, endpoint=True)
    for start in machine.rng.integers(0, grid.n_samples, n_impacts).tolist():
        end = min(start + n_pulse, grid.n_samples)
        wave[start:end] += shape[: end - start].astype(np.float32)
    return {"impacts": wave}


def _bursts(machine: Machine, fewest: int, amplitude_g: float) -> Components:
    """Collapsing vapour bubbles ring the casing at 1.5-2.5 kHz; Randall, on envelope analysis."""
    grid, rng = machine.shaft.grid, machine.rng
    n_burst = round(_BURST_S * grid.fs_hz)
    t_s = np.arange(n_burst) / grid.fs_hz
    shape = amplitude_g * np.sin(math.pi * t_s / _BURST_S) ** 2 * np.exp(-100.0 * t_s)
    wave = np.zeros(grid.n_samples, dtype=np.float32)
    for _ in range(int(rng.integers(fewest, 7, endpoint=True))):
        start = int(rng.integers(0, grid.n_samples - n_burst, endpoint=True))
        carrier = np.sin(2.0 * math.pi * rng.uniform(*_CARRIER_HZ) * t_s + machine.phase())
        wave[start : start + n_burst] += (shape * carrier).astype(np.float32)
    return {"bursts": wave}


def _worn(machine: Machine, rough_g: float, harmonic_g: float) -> Components:
    """Roughened surfaces: broadband noise and two harmonics, slowly modulated; Randall."""
    conditions, grid = machine.conditions, machine.shaft.grid
    modulation = grid.sine(machine.rng.uniform(0.5, 2.0), machine.phase(), 0.3)
    modulation += 1.0
    roughness = gaussian(machine.rng, grid.n_samples)
    roughness *= rough_g * conditions.operating_factor * conditions.physics_factor
    components = {
        "roughness": roughness,
        "1x": machine.shaft.sine(1, 0.0, harmonic_g),
        "2x": machine.shaft.sine(2, 0.0, 0.5 * harmonic_g),
    }
    for wave in components.values():
        np.multiply(wave, modulation, out=wave)
    return components


def _clearance(machine: Machine) -> Components:
    return {**_loose(machine, 0.25, 0.18), "2x": machine.harmonic(2, 0.10)}


def _lubrication(machine: Machine) -> Components:
    return {**_stick_slip(machine, 0.30), **_impacts(machine, (1, 4), 1e-3, 0.5)}


def _oil_whirl(machine: Machine) -> Components:
    """The film drags the journal round at its mean circumferential speed; Muszynska, API 684."""
    order = machine.rng.uniform(*_WHIRL_ORDERS)
    wave = machine.harmonic(order, 0.40 / math.sqrt(machine.conditions.sommerfeld))
    modulation = machine.harmonic(0.5 * order, 0.2)
    modulation += 1.0
    wave *= modulation
    return {"whirl": wave}


def _misalignment_imbalance(machine: Machine) -> Components:
    return {**_misaligned(machine, 0.25, 0.15), **_unbalanced(machine, 0.35)}


def _wear_lubrication(machine: Machine) -> Components:
    worn = _worn(machine, 0.18, 0.08)
    return {**worn, **_stick_slip(machine, 0.20), **_impacts(machine, (2, 5), 5e-4, 0.4)}


def _cavitation_clearance(machine: Machine) -> Components:
    return {**_bursts(machine, 3, 0.5), **_loose(machine, 0.22, 0.15)}


_SIGNATURES: Final[dict[str, Callable[[Machine], Components]]] = {
    "healthy": _healthy,
    "misalignment": lambda machine: _misaligned(machine, 0.35, 0.20),
    "imbalance": lambda machine: _unbalanced(machine, 0.50),
    "clearance": _clearance,
    "lubrication": _lubrication,
    "cavitation": lambda machine: _bursts(machine, 2, 0.6),
    "wear": lambda machine: _worn(machine, 0.25, 0.12),
    "oil_whirl": _oil_whirl,
    "misalignment_imbalance": _misalignment_imbalance,
    "wear_lubrication": _wear_lubrication,
    "cavitation_clearance": _cavitation_clearance,
}
