"""The continuous wavelet transform with the analytic Morlet wavelet."""

import math
from bisect import bisect_left, bisect_right

import numpy as np
import numpy.typing as npt
import scipy

from vibration.errors import VibrationError
from vibration.spectra.samples import as_sampling_rate
from vibration.timefrequency.maps import (
    Float32Array,
    Float64Array,
    TimeFrequencyMap,
    centred_samples,
    check_cells,
    frequency_range,
    pool_rows,
    thousands,
)

Spectrum = npt.NDArray[np.complex64]

MAX_SAMPLES = 1 << 20
MIN_SCALES, MAX_SCALES = 8, 512
MIN_OMEGA0, MAX_OMEGA0 = 4.0, 20.0
_DEFAULT_OCTAVES = 10
_TAIL = 5.0  # standard deviations of the Gaussian kept on each side: beyond, below 4e-6
_REACH = 4.0  # standard deviations of silence after the record, for the transform is circular
_OVERSAMPLING = 2.0  # an impact between two samples of a row loses at most 0.1 dB
_AT_ONCE = 1 << 18  # samples of rows transformed together
# Odd, so that a cell has a middle sample, and of the factors that transform fast.
_ODD_FACTORS: list[int] = sorted(
    3**a * 5**b * 7**c * 11**d
    for a in range(12)
    for b in range(8)
    for c in range(4)
    for d in (0, 1)
)


def cwt_map(
    x: npt.ArrayLike,
    fs_hz: float,
    *,
    n_scales: int = 128,
    omega0: float = 6.0,
    f_range_hz: tuple[float, float] | None = None,
    n_time: int = 900,
) -> TimeFrequencyMap:
    """Scalogram: the power of one channel in geometric bands, by the analytic Morlet wavelet.

    P(t, f) = |Σ X(ω)·2·exp(−(sω − ω₀)²/2)·e^{iωt}|²/N² over ω > 0, with the scale s = ω₀/(2πf) and
    the mean of the record removed: a sine of amplitude A has the level A² at its frequency.

    Each row is transformed back from its own band only, at a rate that fits the band; that is
    exact up to the Gaussian beyond 5 standard deviations. A cell is the highest value in it.
    Two rows are a factor of (high/low)^(1/(n_scales − 1)) apart; a tone midway between two loses
    0.1 dB with the defaults, and more with a larger ω₀ or fewer scales.

    Before and after the record is silence: a row is weakened within ``border_s`` = √2·s of either
    end, the cone of influence, beyond which the end's own power has fallen below e⁻². Rows above
    Nyquist/(1 + 2/ω₀) lose that part of their wavelet which lies beyond Nyquist. df and dt are the
    widths of the wavelet at half power, 2·√(ln 2)·f/ω₀ and √(ln 2)·ω₀/(πf), at the geometric
    middle of the rows.

    References
    ----------
    C. Torrence, G. P. Compo, "A practical guide to wavelet analysis", Bull. Amer. Meteor. Soc. 79
    (1998); J. M. Lilly, S. C. Olhede, "On the analytic wavelet transform", IEEE Trans. Inf. Theory
    56 (2010) (amplitude scaling).

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples of one channel, 16 ≤ N ≤ 1 048 576.
    fs_hz : float
        Sampling rate in Hz.
    n_scales : int
        Rows, 8 to 512.
    omega0 : float
        Centre of the wavelet in rad, 4 to 20: the higher, the finer in frequency and the coarser
        in time.
    f_range_hz : (float, float), optional
        Lowest and highest frequency in Hz; the ten octaves below Nyquist by default. The lower end
        is raised to where the borders of both ends meet, √2·ω₀/(π·duration).
    n_time : int
        Columns at most.

    Returns
    -------
    TimeFrequencyMap
        A power, with ``border_s``.

    Raises
    ------
    VibrationError
        When an argument cannot be used, the record is too long, or too short for the range.

    Examples
    --------
    >>> x = 3 * np.sin(2 * np.pi * 500 * np.arange(8000) / 8000)
    >>> found = cwt_map(x, 8000.0, f_range_hz=(125, 2000), n_scales=129)
    >>> middle = found.level[:, found.time_s.size // 2]
    >>> round(float(found.f_hz[middle.argmax()]), 6), round(float(middle.max()), 3)
    (500.0, 9.0)
    """
    samples, fs_hz = centred_samples(x), as_sampling_rate(fs_hz)
    _check(samples.size, n_scales, omega0)
    check_cells(n_time=n_time)
    f_hz = _rows_hz(f_range_hz, fs_hz, samples.size, omega0, n_scales)
    scale_s = omega0 / (2 * math.pi * f_hz)
    cell = -(-samples.size // n_time)
    if cell > 1:
        cell = scipy.fft.next_fast_len(cell, real=True)
    n_cells = -(-(samples.size - cell // 2) // cell)  # the last one has its middle in the record
    reach = math.ceil(min(_REACH * scale_s[0] * fs_hz, samples.size) / cell)
    padded = scipy.fft.next_fast_len(n_cells + reach)
    spectrum = _one_sided(samples, cell, padded)
    level = _levels(spectrum, f_hz * (padded * cell / fs_hz), omega0, padded)[:, :n_cells]
    middle_hz = math.sqrt(f_hz[0] * f_hz[-1])
    return TimeFrequencyMap(
        time_s=(np.arange(n_cells) * cell + cell // 2) / fs_hz,
        f_hz=f_hz,
        level=np.ascontiguousarray(level),
        quantity="power",
        df_hz=2 * math.sqrt(math.log(2)) * middle_hz / omega0,
        dt_s=math.sqrt(math.log(2)) * omega0 / (math.pi * middle_hz),
        method=f"CWT, Morlet ω₀ {omega0:g}, {n_scales} scales",
        border_s=math.sqrt(2) * scale_s,
    )


def _check(n_samples: int, n_scales: int, omega0: float) -> None:
    if n_samples > MAX_SAMPLES:
        raise VibrationError(
            f"Wavelets take at most {thousands(MAX_SAMPLES)} samples, here are "
            f"{thousands(n_samples)}: zoom in, or use the STFT.",
            field="x",
        )
    if not MIN_SCALES <= n_scales <= MAX_SCALES:
        raise VibrationError(
            f"{n_scales} scales are not offered: choose {MIN_SCALES} to {MAX_SCALES}.",
            field="n_scales",
        )
    if not MIN_OMEGA0 <= omega0 <= MAX_OMEGA0:
        raise VibrationError(
            f"The wavelet's ω₀ is {omega0:g}: choose {MIN_OMEGA0:g} to {MAX_OMEGA0:g}.",
            field="omega0",
        )


def _rows_hz(
    f_range_hz: tuple[float, float] | None,
    fs_hz: float,
    n_samples: int,
    omega0: float,
    n_scales: int,
) -> Float64Array:
    low_hz, high_hz = frequency_range(f_range_hz, fs_hz)
    if f_range_hz is None:
        low_hz = high_hz / 2**_DEFAULT_OCTAVES
    lowest_hz = math.sqrt(2) * omega0 * fs_hz / (math.pi * n_samples)
    if lowest_hz >= high_hz:
        raise VibrationError(
            f"{thousands(n_samples)} samples are too few for wavelets below {lowest_hz:.4g} Hz: "
            "take a longer part or a range that reaches higher.",
            field="x",
        )
    return np.geomspace(max(low_hz, lowest_hz), high_hz, n_scales)


def _one_sided(samples: Float32Array, cell: int, n_cells: int) -> Spectrum:
    """Spectrum of the analytic signal over N, silence appended, from the middle of a cell on."""
    padded = np.zeros(cell * n_cells, np.float32)
    head = cell // 2
    padded[: samples.size - head] = samples[head:]
    padded[padded.size - head :] = samples[:head]
    spectrum: Spectrum = scipy.fft.rfft(padded, overwrite_x=True)
    spectrum *= np.float32(2 / padded.size)
    spectrum[0] = 0
    if padded.size % 2 == 0:
        spectrum[-1] /= 2
    return spectrum


def _levels(spectrum: Spectrum, lines: Float64Array, omega0: float, n_cells: int) -> Float32Array:
    """Highest power in each cell of the rows centred on these lines (they need not be whole)."""
    firsts = np.maximum(np.ceil(lines * (1 - _TAIL / omega0)), 1).astype(int)
    lasts = np.minimum(np.floor(lines * (1 + _TAIL / omega0)).astype(int) + 1, spectrum.size)
    widest = np.maximum.accumulate(lasts - firsts)  # bands cut at Nyquist are narrower again
    parts = [_samples_per_cell(float(width) / n_cells) for width in widest]
    level = np.empty((lines.size, n_cells), np.float32)
    row = 0
    while row < lines.size:
        part = parts[row]
        end = min(bisect_right(parts, part), row + max(1, _AT_ONCE // (part * n_cells)))
        bands = np.zeros((end - row, part * n_cells), np.complex64)
        for band, first, last, line in zip(
            bands, firsts[row:end], lasts[row:end], lines[row:end], strict=True
        ):
            deviations = (np.arange(first, last) - line).astype(np.float32) * (omega0 / line)
            wavelet = np.exp(np.square(deviations) / -2)
            np.multiply(spectrum[first:last], wavelet, out=band[: last - first])
        level[row:end] = _pooled_power(bands, part)
        row = end
    return level


def _samples_per_cell(critical: float) -> int:
    return _ODD_FACTORS[bisect_left(_ODD_FACTORS, _OVERSAMPLING * critical)]


def _pooled_power(bands: Spectrum, part: int) -> Float32Array:
    """Go back to time at `part` samples a cell, whose middle one is that of the cell."""
    values = scipy.fft.ifft(bands, axis=1, norm="forward", overwrite_x=True)
    power: Float32Array = np.square(values.real)
    power += np.square(values.imag)
    return pool_rows(np.roll(power, part // 2, axis=1), part)
