"""The smoothed pseudo-Wigner–Ville distribution, computed block by block."""

import math

import numpy as np
import numpy.typing as npt
import scipy

from vibration.errors import VibrationError
from vibration.spectra.samples import as_sampling_rate
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

Complex64Array = npt.NDArray[np.complex64]

MIN_WINDOW, MAX_WINDOW = 64, 8192
MAX_WORK = 1 << 29  # samples times window: a few seconds
_HOPS = (8, 16, 32)  # columns that see one sample
_COSINES = (0.35875, 0.48829, 0.14128, 0.01168)  # Blackman–Harris of four terms
_WIDTH_LINES, _WIDTH_SHARE = 2.6664, 0.3432  # its width at half height, in lines and in lengths
_SPAN = 1 << 14  # samples at once, or a few smoothing windows
_BLOCK = 1 << 16  # products at once: they stay in the processor's cache


def wigner_ville_map(
    x: npt.ArrayLike,
    fs_hz: float,
    *,
    window: int = 512,
    smooth_s: float | None = None,
    f_range_hz: tuple[float, float] | None = None,
    n_time: int = 900,
    n_freq: int = 300,
) -> TimeFrequencyMap:
    """Smoothed pseudo-Wigner–Ville distribution of the analytic signal, clipped at 0.

    W(t, f) = Σₘ h(m)·Σᵤ g(u)·z(t+u+m)·z*(t+u−m)·e^{−4πi·f·m/fs} / fs, with the analytic signal z
    of the record without its mean, a lag window h of `window` samples (|m| < window/2, h(0) = 1)
    and a smoothing window g of sum 1, both Blackman–Harris: the map is linear in them, and their
    side lobes lie 46 dB down in it. It is a one-sided density: before clipping, its integral over
    frequency is the smoothed mean square |z|²/2, and white noise of variance σ² has 2σ²/fs on
    average.

    Two components beat halfway between them, at the distance of their frequencies; g averages that
    cross-term away where they are further apart than 4/`smooth_s`. What is left of it takes
    negative values, too, which are no power: they are clipped at 0. Columns lie where a whole g
    does, an eighth of g apart or closer (an impact loses at most 0.4 dB), and a pooled cell holds
    the highest density within it.

    df = 1.33·fs/window and dt = 0.34·`smooth_s` are the widths at half power of a tone and of a
    click. Lines within 2·fs/window of Nyquist are left out: they mirror what lies near 0 Hz.

    References
    ----------
    L. Cohen, *Time-Frequency Analysis*, Prentice Hall 1995, ch. 8, 9; P. Flandrin, W. Martin,
    "A general class of estimators for the Wigner–Ville spectrum of non-stationary processes",
    Lecture Notes in Control and Information Sciences 62, Springer 1984 (separable smoothing);
    F. J. Harris, "On the use of windows for harmonic analysis with the discrete Fourier transform",
    Proc. IEEE 66 (1978) (the windows).

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples of one channel, N ≥ 16 and N·window ≤ 2²⁹ (1 048 576 samples with 512).
    fs_hz : float
        Sampling rate in Hz.
    window : int
        Samples of the lag window, 64 to 8192, an odd one less one. A record shorter than two
        windows has the largest power of two that fits its half.
    smooth_s : float, optional
        Length of the smoothing window in s, by default half the lag window; 8 samples at least
        and half the record at most.
    f_range_hz : (float, float), optional
        Lowest and highest frequency in Hz; 0 to Nyquist by default.
    n_time, n_freq : int
        Columns and rows at most.

    Returns
    -------
    TimeFrequencyMap
        A density.

    Raises
    ------
    VibrationError
        When an argument cannot be used, or the record is too long for the window.

    Examples
    --------
    >>> x = np.sin(2 * np.pi * 1024 * np.arange(8192) / 8192)
    >>> found = wigner_ville_map(x, 8192.0, window=256)
    >>> round(found.df_hz, 2), round(found.dt_s, 5), found.method
    (42.66, 0.00536, 'Wigner–Ville, lag 256, smoothed over 15.6 ms')
    >>> float(found.f_hz[found.level[:, 30].argmax()])
    1024.0
    """
    samples, fs_hz = centred_samples(x), as_sampling_rate(fs_hz)
    check_cells(n_time=n_time, n_freq=n_freq)
    n = fitting_window(window, samples.size, lowest=MIN_WINDOW, highest=MAX_WINDOW) // 2 * 2
    _check_work(samples.size, n)
    hop, smoothing = _smoothing(smooth_s, fs_hz, samples.size, n, n_time)
    low_hz, high_hz = frequency_range(f_range_hz, fs_hz)
    first, last = lines_within(low_hz, high_hz, fs_hz / (2 * n), n - 3)
    n_lines = (samples.size - smoothing.size) // hop + 1
    row, column = -(-(last - first) // n_freq), -(-n_lines // n_time)
    f_hz = cell_centres(first, last - first, row) * (fs_hz / (2 * n))
    time_s = (cell_centres(0, n_lines, column) * hop + smoothing.size / 2) / fs_hz
    columns = np.zeros((time_s.size, f_hz.size), np.float32)
    padded = np.pad(_analytic(samples), n // 2)
    conjugate = padded.conj()
    lag = _blackman_harris(n)[n // 2 :] / np.float32(fs_hz)
    at_once = max(_SPAN, 4 * smoothing.size) // hop
    for begin in range(0, n_lines, at_once):
        end = min(begin + at_once, n_lines)
        span = slice(begin * hop, (end - 1) * hop + smoothing.size)
        lags = _smoothed_products(padded, conjugate, span, n // 2, smoothing.reshape(-1, hop))
        density = scipy.fft.hfft(lags.T * lag, n=n, axis=1)[:, first:last]
        pool_columns(columns, pool_rows(density, row), begin, column)
    return TimeFrequencyMap(
        time_s=time_s,
        f_hz=f_hz,
        level=np.ascontiguousarray(columns.T),
        quantity="density",
        df_hz=_WIDTH_LINES / 2 * fs_hz / n,
        dt_s=_WIDTH_SHARE * smoothing.size / fs_hz,
        method=f"Wigner–Ville, lag {thousands(n)}, "
        f"smoothed over {1e3 * smoothing.size / fs_hz:.3g} ms",
    )


def _check_work(n_samples: int, window: int) -> None:
    if n_samples * window > MAX_WORK:
        raise VibrationError(
            f"Wigner–Ville with a window of {thousands(window)} takes at most "
            f"{thousands(MAX_WORK // window)} samples, here are {thousands(n_samples)}: "
            "zoom in, or take a shorter window.",
            field="x",
        )


def _smoothing(
    smooth_s: float | None, fs_hz: float, n_samples: int, window: int, n_time: int
) -> tuple[int, Float32Array]:
    """Samples from one column to the next, and the smoothing window, a multiple of that."""
    if smooth_s is not None and not (math.isfinite(smooth_s) and smooth_s > 0):
        raise VibrationError(
            f"The smoothing time is {smooth_s} s: pass a positive number.", field="smooth_s"
        )
    asked = window / 2 if smooth_s is None else smooth_s * fs_hz
    length = round(min(max(asked, _HOPS[0]), n_samples / 2))
    # Closer columns than impacts need, as long as all of them are shown.
    n_hops = max(
        q for q in _HOPS if q == _HOPS[0] or (q <= length and q * n_samples <= n_time * length)
    )
    hop = round(length / n_hops)
    smoothing = _blackman_harris(n_hops * hop)
    return hop, smoothing / smoothing.sum()


def _blackman_harris(n: int) -> Float32Array:
    turn = 2 * np.pi * (np.arange(n) / n - 0.5)
    window = sum(a * np.cos(k * turn) for k, a in enumerate(_COSINES))
    return np.asarray(window, np.float32)


def _analytic(samples: Float32Array) -> Complex64Array:
    n = scipy.fft.next_fast_len(samples.size)
    spectrum = np.zeros(n, np.complex64)
    spectrum[: n // 2 + 1] = scipy.fft.rfft(samples, n)
    spectrum[1 : (n + 1) // 2] *= 2
    spectrum[0] = 0
    analytic: Complex64Array = scipy.fft.ifft(spectrum, overwrite_x=True)[: samples.size]
    return analytic


def _smoothed_products(
    padded: Complex64Array, conjugate: Complex64Array, span: slice, n_lags: int, g: Float32Array
) -> Complex64Array:
    """Σᵤ g(u)·z(t+u+m)·z*(t+u−m), shape (lags, columns), for all columns whose g lies in the span.

    Both arrays have `n_lags` zeros at either end; `g` has the shape (hops, samples per hop). Each
    hop is weighted once for all columns that share it, then every column gathers its hops.
    """
    view = np.lib.stride_tricks.sliding_window_view
    n_times, (n_hops, hop) = span.stop - span.start, g.shape
    later = view(padded[span.start + n_lags : span.stop + 2 * n_lags - 1], n_times)
    earlier = view(conjugate[span.start + 1 : span.stop + n_lags], n_times)[::-1]
    n_columns = n_times // hop - n_hops + 1
    sums = np.zeros((n_lags, n_columns), np.complex64)
    at_once = max(1, _BLOCK // n_times)
    for some in range(0, n_lags, at_once):
        products = later[some : some + at_once] * earlier[some : some + at_once]
        weighted = products.reshape(-1, hop) @ g.T.astype(np.complex64)
        for late, part in enumerate(weighted.reshape(len(products), -1, n_hops).transpose(2, 0, 1)):
            sums[some : some + at_once] += part[:, late : late + n_columns]
    return sums
