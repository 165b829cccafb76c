"""Features of the two-dimensional bispectrum: which frequencies couple with their sum."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy

from vibration.features.waveform import Waveform
from vibration.spectra.samples import ComplexArray, FloatArray
from vibration.spectra.windows import window_samples

SEGMENT = 256
CHANCE = 0.05
_SEGMENTS_AT_ONCE = 400  # 129 × 400 complex64 stay in the cache, and bound the memory
_ROUNDING_STEPS = 4

IndexArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Bispectrum:
    """Bispectrum over the principal domain, one value per pair of bins (i, j).

    `first` and `second` are the bins i ≥ j of 256-sample segments (fs/256 Hz apart), `value` the
    complex E[Xᵢ·Xⱼ·Xᵢ₊ⱼ*], `bicoherence` its squared, normalised magnitude in 0..1.
    """

    first: IndexArray
    second: IndexArray
    value: npt.NDArray[np.complex128]
    bicoherence: npt.NDArray[np.float64]
    n_segments: int


def higher_order_features(waveform: Waveform) -> tuple[float, ...]:
    """Size, spread and steadiness of the bispectrum, in the registry's order.

    References
    ----------
    Y. C. Kim, E. J. Powers, IEEE Trans. Plasma Sci. 7 (1979); see `bispectrum`.

    Parameters
    ----------
    waveform : Waveform
        A record as `prepare` returns it.

    Returns
    -------
    tuple of float
        One value for each feature of the group; NaN where it is not defined.

    Examples
    --------
    >>> from vibration.features.waveform import prepare
    >>> x = np.random.default_rng(1).standard_normal(4096)
    >>> len(higher_order_features(prepare(x, 8000.0, None)))
    6
    """
    result = bispectrum(waveform.samples)
    magnitude = np.abs(result.value)
    peak, mean = float(magnitude.max()), float(magnitude.mean())
    by_chance = 1 - CHANCE ** (1 / (result.n_segments - 1))
    beyond_chance = result.bicoherence[result.bicoherence > by_chance]
    cube = waveform.scale * waveform.scale * waveform.scale  # where ** would raise on overflow
    if not mean:
        return 0.0, 0.0, math.nan, math.nan, math.nan, math.nan
    return (
        cube * peak,
        cube * mean,
        float(scipy.special.entr(magnitude / magnitude.sum()).sum()) / math.log(magnitude.size),
        float(result.bicoherence.max()),
        float(beyond_chance.mean()) if beyond_chance.size else 0.0,
        peak / mean,
    )


def bispectrum(samples: FloatArray) -> Bispectrum:
    """Bispectrum and squared bicoherence over 1 ≤ j ≤ i, i + j ≤ 128.

    B(i, j) = E[Xᵢ·Xⱼ·Xᵢ₊ⱼ*] over Hann-weighted segments of 256 samples with 50 % overlap,
    X = 2·rfft(w·x)/Σw, so that a coherent triad of amplitudes a, b, c gives |B| = a·b·c;
    b² = |B|²/(E|Xᵢ·Xⱼ|²·E|Xᵢ₊ⱼ|²). Where a bin holds rounding noise only, b² is 0.

    References
    ----------
    Y. C. Kim, E. J. Powers, "Digital bispectral analysis and its applications to nonlinear wave
    interactions", IEEE Trans. Plasma Sci. 7 (1979).

    Parameters
    ----------
    samples : ndarray, shape (N,)
        float32 or float64 samples without mean, N ≥ 512.

    Returns
    -------
    Bispectrum
        Over the pairs of `principal_domain`.

    Examples
    --------
    >>> angle = 2 * np.pi * np.arange(2048) / 256
    >>> b = bispectrum(np.cos(16 * angle) + 2 * np.cos(40 * angle) + 3 * np.cos(56 * angle))
    >>> pair = (b.first == 40) & (b.second == 16)
    >>> np.abs(b.value[pair]).round(6).tolist(), b.bicoherence[pair].round(6).tolist()
    ([6.0], [1.0])
    """
    first, second = principal_domain(SEGMENT)
    by_row = np.zeros(first.size, dtype=np.complex128)
    power = np.zeros(SEGMENT // 2 + 1)
    products = np.zeros((power.size, power.size))
    half_segments = samples.size // (SEGMENT // 2)
    for begin in range(0, half_segments - 1, _SEGMENTS_AT_ONCE):
        spectra = _segment_spectra(
            samples, begin, min(begin + _SEGMENTS_AT_ONCE + 1, half_segments)
        )
        by_row += _triple_products(spectra)
        squared = np.square(spectra.real) + np.square(spectra.imag)
        power += squared.sum(axis=1)
        products += squared @ squared.T
    n_segments = half_segments - 1
    bound = products[first, second] * power[first + second]
    noise = power.max() * (_ROUNDING_STEPS * float(np.finfo(samples.dtype).eps)) ** 2
    audible = (np.minimum(power[first], power[second]) > noise) & (power[first + second] > noise)
    squared_value = np.square(by_row.real) + np.square(by_row.imag)
    coherence = np.divide(squared_value, bound, out=np.zeros(first.size), where=audible)
    return Bispectrum(first, second, by_row / n_segments, np.minimum(coherence, 1.0), n_segments)


@lru_cache(maxsize=2)
def principal_domain(segment: int) -> tuple[IndexArray, IndexArray]:
    """Bins (i, j) with 1 ≤ j ≤ i and i + j ≤ segment/2, ordered by j, then i.

    Parameters
    ----------
    segment : int
        Samples of a segment, even.

    Returns
    -------
    first, second : ndarray of int, shape (pairs,)
        The bins i and j of each pair; read-only, as they are shared.

    Examples
    --------
    >>> first, second = principal_domain(8)
    >>> list(zip(first.tolist(), second.tolist(), strict=True))
    [(1, 1), (2, 1), (3, 1), (2, 2)]
    """
    top = segment // 2
    rows = [(np.arange(j, top - j + 1), j) for j in range(1, top // 2 + 1)]
    first = np.concatenate([i for i, _ in rows])
    second = np.concatenate([np.full(i.size, j) for i, j in rows])
    first.flags.writeable = second.flags.writeable = False
    return first, second


def _segment_spectra(samples: FloatArray, begin: int, end: int) -> ComplexArray:
    """Spectra of the segments over the half-segments `begin`..`end`, frequency × segment."""
    half = SEGMENT // 2
    halves = np.ascontiguousarray(samples[begin * half : end * half].reshape(-1, half).T)
    window = window_samples("hann", SEGMENT, samples.dtype.char) * samples.dtype.type(2 / half)
    frames = np.empty((SEGMENT, end - begin - 1), dtype=samples.dtype)
    np.multiply(halves[:, :-1], window[:half, None], out=frames[:half])
    np.multiply(halves[:, 1:], window[half:, None], out=frames[half:])
    return scipy.fft.rfft(frames, axis=0, overwrite_x=True)


def _triple_products(spectra: ComplexArray) -> ComplexArray:
    """Σ Xᵢ·Xⱼ·Xᵢ₊ⱼ* over the segments for every pair of the principal domain.

    Xⱼ is taken last: it is the same for a whole row, so that a product of a matrix and a vector
    sums over the segments.
    """
    top = len(spectra) - 1
    conjugate, products = spectra.conj(), np.empty_like(spectra)
    rows = []
    for j in range(1, top // 2 + 1):
        out = products[: top - 2 * j + 1]
        np.multiply(spectra[j : top - j + 1], conjugate[2 * j :], out=out)
        rows.append(out @ spectra[j])
    return np.concatenate(rows)
