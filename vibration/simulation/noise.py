"""The noise layers: six analogue ones that add up, and the converter that comes last."""

import math
from collections.abc import Callable
from typing import Final

import numpy as np
import scipy

from vibration.simulation.arrays import Float32Array
from vibration.simulation.recipe import Recipe
from vibration.simulation.shaft import TimeGrid
from vibration.simulation.streams import RecordKey, Stream, gaussian, polar_normals

ADC_STEPS_PER_G: Final = 1000.0
PINK_SIGMA_G: Final = 0.02
_IMPULSES_PER_S: Final = 2.0
_IMPULSE_SHAPE: Final = np.exp(-0.3 * np.arange(5))


def noise_layer(code: str, recipe: Recipe, key: RecordKey, grid: TimeGrid) -> Float32Array:
    """Return one analogue noise layer of a record, from a stream of its own.

    Parameters
    ----------
    code : str
        One of `ANALOGUE_NOISE_CODES`.
    recipe : Recipe
        Gives the mains frequency.
    key : RecordKey
        Of the record.
    grid : TimeGrid
        The record's time axis.

    Returns
    -------
    ndarray, shape (n_samples,)
        Acceleration in g.

    Examples
    --------
    >>> recipe = Recipe()
    >>> grid = TimeGrid(recipe.fs_hz, recipe.n_samples)
    >>> layer = noise_layer("pink", recipe, recipe.address(0).key, grid)
    >>> round(float(layer.std()), 3)
    0.02
    """
    return _LAYERS[code](recipe, key, grid)


def adc(x: Float32Array) -> Float32Array:
    """Quantise a signal as the converter does: round(x/0.001)·0.001.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Acceleration in g.

    Returns
    -------
    ndarray, shape (n,)
        The float32 numbers nearest to whole multiples of 0.001 g.

    Examples
    --------
    >>> adc(np.array([0.00149, -0.0016], dtype=np.float32)).tolist() == np.array(
    ...     [0.001, -0.002], dtype=np.float32
    ... ).tolist()
    True
    """
    steps = x * np.float32(ADC_STEPS_PER_G)
    np.rint(steps, out=steps)
    steps /= np.float32(ADC_STEPS_PER_G)
    return steps


def pink_noise(rng: np.random.Generator, n: int) -> Float32Array:
    """Draw n samples of pink noise with σ 0.02 g: a Gaussian spectrum shaped by 1/√f.

    The power density falls by 10 dB a decade from 1/T to fs/2. Its length is rounded up to one
    the FFT likes and cut, which also keeps the end from joining the beginning.

    Parameters
    ----------
    rng : numpy.random.Generator
        Stream to draw from.
    n : int
        Samples.

    Returns
    -------
    ndarray, shape (n,)
        Acceleration in g; its own standard deviation is 0.02 in every record.

    References
    ----------
    Timmer and König, "On generating power law noise", Astron. Astrophys. 300 (1995).

    Examples
    --------
    >>> round(float(pink_noise(np.random.default_rng(0), 4096).std()), 3)
    0.02
    """
    length = scipy.fft.next_fast_len(n, real=True)
    n_bins = length // 2 + 1
    radius, angle_rad = polar_normals(rng, n_bins)
    bins = np.arange(n_bins, dtype=np.float32)
    bins[0] = np.inf
    radius /= np.sqrt(bins, out=bins)
    spectrum = np.empty(n_bins, dtype=np.complex64)
    np.multiply(radius, np.cos(angle_rad), out=spectrum.real)
    np.multiply(radius, np.sin(angle_rad), out=spectrum.imag)
    wave: Float32Array = scipy.fft.irfft(spectrum, length, norm="forward", workers=1)[:n]
    wave *= PINK_SIGMA_G / float(wave.std())
    return wave


def _measurement(_recipe: Recipe, key: RecordKey, grid: TimeGrid) -> Float32Array:
    wave = gaussian(key.generator(Stream.NOISE_MEASUREMENT), grid.n_samples)
    wave *= 0.03
    return wave


def _emi(recipe: Recipe, key: RecordKey, grid: TimeGrid) -> Float32Array:
    rng = key.generator(Stream.NOISE_EMI)
    amplitude_g = 0.01 * (1.0 + 0.5 * rng.random())
    phases = rng.uniform(0.0, 2.0 * math.pi, 3).tolist()
    wave = grid.sine(recipe.mains_hz, phases[0], amplitude_g)
    wave += grid.sine(3.0 * recipe.mains_hz, phases[1], 0.3 * amplitude_g)
    wave += grid.sine(5.0 * recipe.mains_hz, phases[2], 0.2 * amplitude_g)
    return wave


def _pink(_recipe: Recipe, key: RecordKey, grid: TimeGrid) -> Float32Array:
    return pink_noise(key.generator(Stream.NOISE_PINK), grid.n_samples)


def _drift(_recipe: Recipe, key: RecordKey, grid: TimeGrid) -> Float32Array:
    phase_rad = key.generator(Stream.NOISE_DRIFT).uniform(0.0, 2.0 * math.pi)
    return grid.sine(1.0 / 1.5, phase_rad, 0.015)


def _sensor_drift(_recipe: Recipe, _key: RecordKey, grid: TimeGrid) -> Float32Array:
    return grid.line(0.001 / grid.n_samples)


def _impulse(_recipe: Recipe, key: RecordKey, grid: TimeGrid) -> Float32Array:
    rng = key.generator(Stream.NOISE_IMPULSE)
    n_impulses = rng.poisson(_IMPULSES_PER_S * grid.n_samples / grid.fs_hz)
    starts = rng.integers(0, grid.n_samples, n_impulses)
    peaks_g = rng.uniform(0.02, 0.05, n_impulses) * rng.choice((-1.0, 1.0), n_impulses)
    wave = np.zeros(grid.n_samples + _IMPULSE_SHAPE.size, dtype=np.float32)
    places = starts[:, None] + np.arange(_IMPULSE_SHAPE.size)
    np.add.at(wave, places, np.outer(peaks_g, _IMPULSE_SHAPE).astype(np.float32))
    return wave[: grid.n_samples]


_LAYERS: Final[dict[str, Callable[[Recipe, RecordKey, TimeGrid], Float32Array]]] = {
    "measurement": _measurement,
    "emi": _emi,
    "pink": _pink,
    "drift": _drift,
    "sensor_drift": _sensor_drift,
    "impulse": _impulse,
}
