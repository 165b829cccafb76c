"""The fast kurtogram: in which band a record is most impulsive, and so worth demodulating."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy

from vibration.errors import VibrationError
from vibration.spectra.samples import ComplexArray, FloatArray, as_samples, as_sampling_rate

Float64Array = npt.NDArray[np.float64]

MIN_ENVELOPE_SAMPLES: Final = 512
"""Complex samples of a band at the deepest level chosen by default."""

_MIN_DECIMATED: Final = 64
_TAPS_PER_BRANCH: Final = 16
_KAISER_BETA: Final = 5.0
_SILENCE: Final = 1e-10
"""Share of the record's power below which a band holds rounding noise only."""


@dataclass(frozen=True, slots=True)
class Band:
    """A band of a kurtogram: its edges in Hz, its spectral kurtosis and its level."""

    low_hz: float
    high_hz: float
    kurtosis: float
    level: float


@dataclass(frozen=True, slots=True, eq=False)
class Kurtogram:
    """Spectral kurtosis over levels and bands.

    `levels` are 0, 1, 1.6, 2, 2.6, …: at level k the spectrum is cut into 2ᵏ bands, at "k.6" into
    3·2ᵏ⁻¹. For level i, `edges_hz[i]` are the edges of its B bands in Hz, shape (B + 1,), and
    `kurtosis[i]` their spectral kurtosis, shape (B,), NaN for a silent band. `best` is the band of
    the largest.
    """

    levels: tuple[float, ...]
    edges_hz: tuple[Float64Array, ...]
    kurtosis: tuple[Float64Array, ...]
    best: Band

    def as_image(self, n_freq: int = 512) -> npt.NDArray[np.float32]:
        """Kurtosis on a grid: one row a level, `n_freq` equal columns from 0 Hz to Nyquist.

        Examples
        --------
        >>> x = np.random.default_rng(1).standard_normal(4096)
        >>> fast_kurtogram(x, 1000.0, max_level=3).as_image(96).shape
        (6, 96)
        """
        centres = (np.arange(n_freq) + 0.5) / n_freq
        rows = [values[(centres * values.size).astype(int)] for values in self.kurtosis]
        return np.array(rows, dtype=np.float32)


def fast_kurtogram(x: npt.ArrayLike, fs_hz: float, *, max_level: int | None = None) -> Kurtogram:
    """Fast kurtogram: the spectral kurtosis of a record in bands of many widths and places.

    A tree of quasi-analytic filters halves each band, level by level, and cuts each into thirds
    beside that; the outputs, decimated by as much, are the complex envelopes c of the bands. Their
    spectral kurtosis is K = E|c|⁴/(E|c|²)² − 2: about 0 for stationary Gaussian noise, −1 for a
    steady tone, large where impacts ring. Level 0 is the analytic signal of the whole record. From
    level 1 on the filters work on the samples themselves, in single precision, and only where they
    cover them: the jump from the record's end to its beginning, which a transform would hold for
    an impact, is never seen. The lowest and the highest band let a little of their mirror image in.

    References
    ----------
    J. Antoni, "Fast computation of the kurtogram for the detection of transient faults",
    Mechanical Systems and Signal Processing 21 (2007).

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples, N ≥ 1024.
    fs_hz : float
        Sampling rate in Hz.
    max_level : int, optional
        Deepest level k; by default the deepest at which a band keeps 512 complex samples. Its
        bands are fs/2ᵏ⁺¹ wide, which is also the highest modulation that their envelope can hold.

    Returns
    -------
    Kurtogram
        Levels, edges in Hz, kurtosis, and the best band.

    Raises
    ------
    VibrationError
        For a constant or short record, or a level that it is too short for.

    Examples
    --------
    >>> fs_hz, t_s = 10_000.0, np.arange(20_000) / 10_000
    >>> ringing = np.exp(-800 * (t_s % 0.02)) * np.sin(2 * np.pi * 3000 * (t_s % 0.02))
    >>> x = ringing + 0.3 * np.random.default_rng(1).standard_normal(20_000)
    >>> best = fast_kurtogram(x, fs_hz).best
    >>> best.low_hz < 3000 < best.high_hz, best.kurtosis > 1.5
    (True, True)
    """
    samples, fs_hz = as_samples(x, min_samples=2 * MIN_ENVELOPE_SAMPLES), as_sampling_rate(fs_hz)
    depth = _checked_depth(samples.size, max_level)
    centred = _normalised(samples)
    found = {0.0: _spectral_kurtosis(_analytic(centred)[np.newaxis])}
    nodes = centred.astype(np.complex64)[np.newaxis]
    for level in range(depth + 1):
        if level > 0:
            found[float(level)] = _spectral_kurtosis(nodes)
        if level <= depth - 2:
            found[level + 1.6] = _spectral_kurtosis(_split(nodes, 3))
        if level < depth:
            nodes = _split(nodes, 2)
    levels = tuple(sorted(found))
    kurtosis = tuple(found[level] for level in levels)
    edges_hz = tuple(np.linspace(0.0, fs_hz / 2, values.size + 1) for values in kurtosis)
    return Kurtogram(levels, edges_hz, kurtosis, _best(levels, edges_hz, kurtosis))


def _checked_depth(n_samples: int, max_level: int | None) -> int:
    if max_level is None:
        return int(math.log2(n_samples / MIN_ENVELOPE_SAMPLES))
    deepest = int(math.log2(n_samples / _MIN_DECIMATED))
    if isinstance(max_level, bool) or not isinstance(max_level, int):
        raise VibrationError(
            f"The deepest level is a whole number, not {max_level!r}.", field="max_level"
        )
    if not 0 <= max_level <= deepest:
        raise VibrationError(
            f"A record of {n_samples} samples has the levels 0 to {deepest}, not {max_level}.",
            field="max_level",
        )
    return max_level


def _normalised(samples: FloatArray) -> FloatArray:
    """The record with mean 0 and power 1, so that no gain over- or underflows a fourth power."""
    if samples.min() == samples.max():
        raise VibrationError("The record is constant: it has no kurtogram.", field="x")
    centred: FloatArray = samples - samples.mean(dtype=float).astype(samples.dtype)
    centred /= np.abs(centred).max()
    centred /= np.sqrt(np.square(centred).mean(dtype=float)).astype(samples.dtype)
    return centred


def _analytic(centred: FloatArray) -> ComplexArray:
    spectrum = scipy.fft.rfft(centred)
    spectrum[1 : (centred.size + 1) // 2] *= 2
    padded = np.zeros(centred.size, dtype=spectrum.dtype)
    padded[: spectrum.size] = spectrum
    analytic: ComplexArray = scipy.fft.ifft(padded, overwrite_x=True)
    return analytic


def _split(nodes: ComplexArray, n_branches: int) -> ComplexArray:
    """Split each band into equal ones, decimate them and shift each to 0..½ of its new rate.

    `nodes` has shape (bands, samples); the result n_branches times as many bands, from low to
    high. Only samples that the whole filter covers are returned.
    """
    bank = _filter_bank(n_branches)
    windows = np.lib.stride_tricks.sliding_window_view(nodes, len(bank), axis=1)[:, ::n_branches]
    outputs = np.ascontiguousarray(windows) @ bank
    # odd bands come out of the decimation in −½..0
    outputs[:, 1::2, 1::2] *= -1
    branches = np.ascontiguousarray(outputs.transpose(0, 2, 1))
    return branches.reshape(-1, outputs.shape[1])


@lru_cache(maxsize=2)
def _filter_bank(n_branches: int) -> npt.NDArray[np.complex64]:
    """Quasi-analytic filters, shape (taps, n_branches): one low-pass moved to each band's centre.

    A Kaiser-windowed sinc, −6 dB at the band's edges and −47 dB from 0.7 bandwidths off its centre.
    """
    n_taps = _TAPS_PER_BRANCH * n_branches
    width = 0.5 / n_branches
    n = np.arange(n_taps) - 0.5 * (n_taps - 1)
    low_pass = np.sinc(width * n) * np.kaiser(n_taps, _KAISER_BETA)
    centres = (np.arange(n_branches) + 0.5) * width
    bank = low_pass[:, np.newaxis] * np.exp(2j * np.pi * centres * n[:, np.newaxis])
    shared: npt.NDArray[np.complex64] = (bank / low_pass.sum()).astype(np.complex64)
    shared.flags.writeable = False
    return shared


def _spectral_kurtosis(nodes: ComplexArray) -> Float64Array:
    """E|c|⁴/(E|c|²)² − 2 of each band, NaN where it is silent."""
    power = np.square(nodes.real) + np.square(nodes.imag)
    second = power.mean(axis=1, dtype=float)
    fourth = np.square(power, out=power).mean(axis=1, dtype=float)
    silent = second < _SILENCE
    ratio: Float64Array = fourth / np.where(silent, 1.0, second) ** 2 - 2.0
    return np.where(silent, np.nan, ratio)


def _best(
    levels: tuple[float, ...],
    edges_hz: tuple[Float64Array, ...],
    kurtosis: tuple[Float64Array, ...],
) -> Band:
    tops = [int(np.argmax(np.where(np.isnan(values), -np.inf, values))) for values in kurtosis]
    heights = [values[top] for values, top in zip(kurtosis, tops, strict=True)]
    row = int(np.argmax(np.where(np.isnan(heights), -np.inf, heights)))
    low_hz, high_hz = edges_hz[row][tops[row] : tops[row] + 2].tolist()
    return Band(low_hz, high_hz, float(heights[row]), levels[row])
