"""Time and the shaft's phase: sines whose frequency may wander, in float32 without losing phase.

Over a whole record a phase reaches thousands of radians, where float32 is useless. The record is
therefore cut into short blocks. The phase at each block's start is kept in float64 and wrapped;
within a block it moves by a few radians, which float32 holds to 10⁻⁶.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy

from vibration.simulation.arrays import Float32Array, Float64Array
from vibration.simulation.conditions import Conditions
from vibration.simulation.streams import RecordKey, Stream

JITTER_SIGMA: Final = 0.001
JITTER_BAND_HZ: Final = 2.0
RAMP_FROM, RAMP_TO = 0.85, 1.15
RAMP_START, RAMP_END = 0.20, 0.60
_TWO_PI: Final = 2.0 * math.pi
_BLOCK_S: Final = 0.01
_MIN_BLOCKS: Final = 256
_JITTER_PERIOD_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class TimeGrid:
    """A record's samples in blocks: none longer than 10 ms or 1/256 of the record."""

    fs_hz: float
    n_samples: int

    @property
    def block(self) -> int:
        """Samples per block."""
        return max(1, int(min(self.fs_hz * _BLOCK_S, self.n_samples / _MIN_BLOCKS)))

    @property
    def n_blocks(self) -> int:
        """Blocks that cover the record; the last may reach beyond it."""
        return -(-self.n_samples // self.block)

    @property
    def knots_s(self) -> Float64Array:
        """Times of the blocks' ends, shape (n_blocks + 1,)."""
        return np.arange(self.n_blocks + 1, dtype=np.float64) * (self.block / self.fs_hz)

    @property
    def offsets(self) -> Float32Array:
        """Sample numbers within a block, shape (block,)."""
        return np.arange(self.block, dtype=np.float32)

    def flat(self, blocks: Float32Array) -> Float32Array:
        """Return the record's samples out of the blocks (a view)."""
        return blocks.reshape(-1)[: self.n_samples]

    def sine(self, frequency_hz: float, phase_rad: float, amplitude: float) -> Float32Array:
        """Return amplitude·sin(2π·frequency·t + phase), shape (n_samples,), unit of amplitude.

        Every block goes through the same angles, so sin(a + b) = sin a·cos b + cos a·sin b needs
        a sine per block and per place in it, not per sample.
        """
        starts = _TWO_PI * frequency_hz * self.knots_s[:-1] + phase_rad
        within = (_TWO_PI * frequency_hz / self.fs_hz) * np.arange(self.block)
        blocks = _column(amplitude * np.sin(starts)) * np.cos(within).astype(np.float32)
        blocks += _column(amplitude * np.cos(starts)) * np.sin(within).astype(np.float32)
        return self.flat(blocks)

    def line(self, slope: float) -> Float32Array:
        """Return slope·n for the samples n = 0, 1, …, shape (n_samples,)."""
        starts = (slope * self.block) * np.arange(self.n_blocks, dtype=np.float64)
        return self.flat(_column(starts) + self.offsets * np.float32(slope))


@dataclass(frozen=True, slots=True)
class ShaftTrack:
    """The shaft's speed and phase: f(t) linear within blocks, φ(t) its exact integral."""

    grid: TimeGrid
    speed_hz: Float64Array
    phase_rad: Float64Array
    advance_rad: Float32Array
    """Phase since the start of the block, shape (n_blocks, block)."""

    def sine(self, order: float, phase_rad: float, amplitude: float) -> Float32Array:
        """Return amplitude·sin(order·φ(t) + phase), shape (n_samples,), unit of amplitude."""
        angle = self.advance_rad * np.float32(order)
        angle += _column(_wrapped(order * self.phase_rad[:-1] + phase_rad))
        np.sin(angle, out=angle)
        angle *= amplitude
        return self.grid.flat(angle)

    def turns(self) -> Float64Array:
        """Return φ(t)/2π at every sample, shape (n_samples,), in turns."""
        offsets = np.arange(self.grid.block, dtype=np.float64)
        speed_hz = self.speed_hz[:-1, None]
        advance = np.diff(self.speed_hz)[:, None] * (offsets / (2.0 * self.grid.block)) + speed_hz
        advance *= offsets / self.grid.fs_hz
        advance += self.phase_rad[:-1, None] / _TWO_PI
        return advance.reshape(-1)[: self.grid.n_samples]

    def speed_ratio_squared(self, nominal_hz: float) -> Float32Array:
        """Return (f(t)/nominal)², shape (n_samples,), dimensionless."""
        grid = self.grid
        ratio = (self.speed_hz / nominal_hz).astype(np.float32)
        blocks = np.diff(ratio)[:, None] * (grid.offsets / np.float32(grid.block))
        blocks += _column(ratio[:-1])
        np.square(blocks, out=blocks)
        return grid.flat(blocks)


def shaft_track(conditions: Conditions, key: RecordKey, grid: TimeGrid) -> ShaftTrack:
    """Return the shaft's motion during a record: ramp and jitter as true frequency modulation.

    f(t) = f·ramp(t)·(1 + jitter(t)) and φ(t) = φ₀ + 2π∫f(τ)dτ, φ₀ random. The ramp goes linearly
    from 0.85 to 1.15 between 20 % and 60 % of the record; the jitter is Gaussian, σ 0.1 %, below
    2 Hz.

    Parameters
    ----------
    conditions : Conditions
        Speed, initial phase and transient.
    key : RecordKey
        Whose jitter stream is drawn from.
    grid : TimeGrid
        The record's time axis.

    Returns
    -------
    ShaftTrack
        Speed in Hz and phase in rad at the grid's knots.

    References
    ----------
    Randall, Vibration-based Condition Monitoring (2011), on order tracking.

    Examples
    --------
    >>> from vibration.simulation.conditions import draw_conditions
    >>> from vibration.simulation.recipe import Recipe
    >>> recipe = Recipe()
    >>> address = recipe.address(0)
    >>> grid = TimeGrid(recipe.fs_hz, recipe.n_samples)
    >>> shaft_track(draw_conditions(recipe, address), address.key, grid).sine(1, 0, 1).shape
    (102400,)
    """
    knots_s = grid.knots_s
    speed = conditions.shaft_hz * (1.0 + _jitter(key.generator(Stream.JITTER), grid))
    if conditions.transient == "speed_ramp":
        duration_s = grid.n_samples / grid.fs_hz
        corners = (RAMP_START * duration_s, RAMP_END * duration_s)
        speed *= np.interp(knots_s, corners, (RAMP_FROM, RAMP_TO))
    turns = np.zeros_like(speed)
    np.cumsum((speed[:-1] + speed[1:]) * (0.5 * grid.block / grid.fs_hz), out=turns[1:])
    phase = conditions.initial_phase_rad + _TWO_PI * turns
    return ShaftTrack(grid, speed, phase, _advance(speed, grid))


def _advance(speed_hz: Float64Array, grid: TimeGrid) -> Float32Array:
    """2π∫f within each block, f going linearly from knot to knot."""
    step_rad = (_TWO_PI / grid.fs_hz) * speed_hz
    advance = _column(np.diff(step_rad) / (2.0 * grid.block)) * grid.offsets
    advance += _column(step_rad[:-1])
    advance *= grid.offsets
    return advance


def _jitter(rng: np.random.Generator, grid: TimeGrid) -> Float64Array:
    """Relative speed deviation at the knots: equal random lines below 2 Hz, over a longer period.

    The period of the synthesis is twice the record and at least 10 s, so that the end of a record
    does not join its beginning and a short record still sees slow deviations.
    """
    knot_s = grid.block / grid.fs_hz
    period_s = max(2.0 * grid.n_blocks * knot_s, _JITTER_PERIOD_S)
    length = scipy.fft.next_fast_len(math.ceil(period_s / knot_s), real=True)
    n_lines = math.ceil(JITTER_BAND_HZ * length * knot_s) - 1
    lines = rng.standard_normal((n_lines, 2)).view(np.complex128)[:, 0]
    spectrum = np.zeros(length // 2 + 1, dtype=np.complex128)
    spectrum[1 : n_lines + 1] = lines * (0.5 * JITTER_SIGMA / math.sqrt(n_lines))
    wave = scipy.fft.irfft(spectrum, length, norm="forward", workers=1)
    return np.asarray(wave[: grid.n_blocks + 1], dtype=np.float64)


def _wrapped(phase_rad: Float64Array) -> Float64Array:
    """Bring phases into [−π, π), before their precision is halved."""
    wrapped: Float64Array = np.remainder(phase_rad + math.pi, _TWO_PI) - math.pi
    return wrapped


def _column(values: Float64Array | Float32Array) -> Float32Array:
    """One float32 number per block, ready to meet the offsets within it."""
    return values.astype(np.float32)[:, None]
