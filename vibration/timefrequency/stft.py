"""The short-time Fourier transform, computed block by block."""

import numpy as np
import numpy.typing as npt
import scipy

from vibration.errors import VibrationError
from vibration.spectra.samples import as_sampling_rate
from vibration.spectra.windows import window_samples
from vibration.timefrequency.maps import (
    Float32Array,
    TimeFrequencyMap,
    cell_centres,
    centred_samples,
    check_cells,
    fitting_window,
    frequency_range,
    lines_within,
    pool_columns,
    pool_rows,
    thousands,
)

MIN_WINDOW, MAX_WINDOW = 128, 16_384
MAX_OVERLAP = 0.99
_BLOCK = 1 << 16  # windowed samples at once: they stay in the processor's cache


def stft_map(
    x: npt.ArrayLike,
    fs_hz: float,
    *,
    window: int = 1024,
    overlap: float = 0.75,
    f_range_hz: tuple[float, float] | None = None,
    n_time: int = 900,
    n_freq: int = 300,
) -> TimeFrequencyMap:
    """Spectrogram: the power spectral density of one window after the other.

    P(t, f) = 2·|rfft(w·x)|² / (fs·Σw²) with the periodic Hann window w, the mean of the record
    removed; the lines at 0 Hz and at Nyquist are not doubled. White noise of variance σ² has the
    density 2σ²/fs, and a tone's mean square is the sum over its lobe times df. That holds as long
    as each row is one line: a pooled cell holds the highest density within it.

    Columns lie where a whole window does, so the first and the last half window have none. More
    than `n_time` windows are computed only where impacts would else fall between two: they are
    moved apart until each column has the fewest, but not beyond an overlap of 75 % (there an
    impact loses at most 1.4 dB) or what was asked for, if less. df = fs/window, dt = window/fs.

    References
    ----------
    R. B. Randall, *Vibration-based Condition Monitoring*, 2nd ed., Wiley 2021, ch. 3;
    G. Heinzel, A. Rüdiger, R. Schilling, "Spectrum and spectral density estimation by the DFT",
    Max-Planck-Institut für Gravitationsphysik, 2002 (scaling).

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples of one channel, N ≥ 16. Beside a float32 copy, memory does not grow with N.
    fs_hz : float
        Sampling rate in Hz.
    window : int
        Samples per window, 128 to 16 384. A record shorter than two windows has the largest power
        of two that fits its half.
    overlap : float
        Share of a window that the next one covers, 0 to 0.99.
    f_range_hz : (float, float), optional
        Lowest and highest frequency in Hz; 0 to Nyquist by default.
    n_time, n_freq : int
        Columns and rows at most.

    Returns
    -------
    TimeFrequencyMap
        A density; ``method`` states the window and the overlap used.

    Raises
    ------
    VibrationError
        When the samples, the sampling rate, the range, the window or the overlap cannot be used.

    Examples
    --------
    >>> x = np.sin(2 * np.pi * 1024 * np.arange(8192) / 8192)
    >>> found = stft_map(x, 8192.0, window=512)
    >>> found.level.shape, found.df_hz, round(found.dt_s, 4), found.method
    ((257, 61), 16.0, 0.0625, 'STFT, Hann 512, 75 %')
    >>> float(found.f_hz[found.level[:, 30].argmax()])
    1024.0
    """
    samples, fs_hz = centred_samples(x), as_sampling_rate(fs_hz)
    low_hz, high_hz = frequency_range(f_range_hz, fs_hz)
    check_cells(n_time=n_time, n_freq=n_freq)
    n = fitting_window(window, samples.size, lowest=MIN_WINDOW, highest=MAX_WINDOW)
    hop = hop_of(samples.size, n, overlap, n_time)
    frames = np.lib.stride_tricks.sliding_window_view(samples, n)[::hop]
    first, last = lines_within(low_hz, high_hz, fs_hz / n, n // 2 + 1)
    row, column = -(-(last - first) // n_freq), -(-len(frames) // n_time)
    f_hz = cell_centres(first, last - first, row) * (fs_hz / n)
    time_s = (cell_centres(0, len(frames), column) * hop + n / 2) / fs_hz
    columns = np.zeros((time_s.size, f_hz.size), np.float32)
    weights: Float32Array = window_samples("hann", n, "f").astype(np.float32, copy=False)
    scale = 2 / (fs_hz * float(np.dot(weights, weights)))
    at_once = max(1, _BLOCK // n)
    for begin in range(0, len(frames), at_once):
        power = _power(frames[begin : begin + at_once] * weights, first, last)
        pool_columns(columns, pool_rows(power, row), begin, column)
    columns *= np.float32(scale)
    return TimeFrequencyMap(
        time_s=time_s,
        f_hz=f_hz,
        level=np.ascontiguousarray(columns.T),
        quantity="density",
        df_hz=fs_hz / n,
        dt_s=n / fs_hz,
        method=f"STFT, Hann {thousands(n)}, {100 * (1 - hop / n):.0f} %",
    )


def hop_of(n_samples: int, window: int, overlap: float, n_time: int) -> int:
    """Samples from one window to the next, for a record of at least two windows.

    Parameters
    ----------
    n_samples : int
        Length of the record.
    window : int
        Samples of a window.
    overlap : float
        Share of a window that the next one repeats.
    n_time : int
        Columns wanted at most.

    Returns
    -------
    int
        Samples.

    Raises
    ------
    VibrationError
        For an overlap that is not offered.

    Examples
    --------
    >>> hop_of(102_400, 1024, 0.75, 900), hop_of(102_400, 1024, 0.99, 900)
    (256, 113)
    >>> hop_of(102_400, 128, 0.99, 900), hop_of(102_400, 128, 0.0, 900)
    (29, 128)
    """
    if not 0 <= overlap <= MAX_OVERLAP:
        raise VibrationError(
            f"The overlap is {overlap}: choose 0 to {MAX_OVERLAP}.", field="overlap"
        )
    asked = max(1, round(window * (1 - overlap)))
    per_cell = -(-(n_samples - window) // (n_time * (window // 4)))
    return max(asked, -(-(n_samples - window) // (n_time * per_cell)))


def _power(windowed: Float32Array, first: int, last: int) -> Float32Array:
    """|rfft|² of the lines asked for, those at 0 Hz and at Nyquist halved."""
    n = windowed.shape[1]
    spectra = scipy.fft.rfft(windowed, axis=1, overwrite_x=True)[:, first:last]
    power: Float32Array = np.square(spectra.real)
    power += np.square(spectra.imag)
    if first == 0:
        power[:, 0] /= 2
    if 2 * (last - 1) == n:
        power[:, -1] /= 2
    return power
