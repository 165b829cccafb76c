"""What the three methods share: the map, the checks of their input, and pooling.

Pooling takes the highest value in each cell. A ridge or an impact narrower than a cell therefore
keeps its level, at the cost of its place within the cell; skipping lines would lose it.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.spectra.samples import as_samples

Float32Array = npt.NDArray[np.float32]
Float64Array = npt.NDArray[np.float64]

MIN_SAMPLES = 16
MAX_ABS = 1e15  # its power, summed over a window, still fits a float32


@dataclass(frozen=True, eq=False)
class TimeFrequencyMap:
    """Levels over time and frequency, pooled to what a figure can show.

    Attributes
    ----------
    time_s : ndarray, shape (T,)
        Centres of the columns in s after the first sample, rising and equidistant.
    f_hz : ndarray, shape (F,)
        Centres of the rows in Hz, rising: equidistant, or geometric for wavelets.
    level : ndarray of float32, shape (F, T)
        Power, never negative: the highest in each cell.
    quantity : str
        ``"density"``: one-sided, in unit²/Hz; ``"power"``: squared amplitude, in unit².
    df_hz, dt_s : float
        Resolution of the method, not of the cells: the distance at which two tones, or two
        clicks, begin to part. Each method says how it follows from its window.
    method : str
        The method with its settings as used, for people.
    border_s : ndarray, shape (F,), optional
        Time from either end within which a row is weakened by the end; None where no value is.
    """

    time_s: Float64Array
    f_hz: Float64Array
    level: Float32Array
    quantity: Literal["density", "power"]
    df_hz: float
    dt_s: float
    method: str
    border_s: Float64Array | None = None


def centred_samples(x: npt.ArrayLike) -> Float32Array:
    """One channel without its mean, as float32; a constant one is exactly silent.

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples in any unit, N ≥ 16.

    Returns
    -------
    ndarray of float32, shape (N,)

    Raises
    ------
    VibrationError
        For samples that cannot be used, or whose squares float32 cannot hold.

    Examples
    --------
    >>> centred_samples(np.full(16, 0.1)).any()
    np.False_
    """
    samples = as_samples(x, min_samples=MIN_SAMPLES)
    mean = float(samples.mean(dtype=float))
    peak = max(float(samples.max()) - mean, mean - float(samples.min()))
    if peak > MAX_ABS:
        raise VibrationError(
            f"The samples reach {peak:.3g}: their squares are too large, check the unit.", field="x"
        )
    if peak <= 8 * float(np.finfo(samples.dtype).eps) * abs(mean):
        return np.zeros(samples.size, np.float32)
    return (samples - samples.dtype.type(mean)).astype(np.float32, copy=False)


def frequency_range(f_range_hz: tuple[float, float] | None, fs_hz: float) -> tuple[float, float]:
    """Return the asked range in Hz, cut to 0..Nyquist; refuses one that holds nothing.

    Parameters
    ----------
    f_range_hz : (float, float) or None
        Lower and higher end in Hz; None is everything.
    fs_hz : float
        Sampling rate in Hz.

    Returns
    -------
    low_hz, high_hz : float
        In Hz.

    Raises
    ------
    VibrationError
        For a range that holds no frequency of the record.

    Examples
    --------
    >>> frequency_range((-50.0, 800.0), 1000.0)
    (0.0, 500.0)
    """
    nyquist_hz = fs_hz / 2
    low_hz, high_hz = f_range_hz if f_range_hz is not None else (0.0, nyquist_hz)
    if not (max(low_hz, 0.0) < min(high_hz, nyquist_hz)):
        raise VibrationError(
            f"The range {low_hz:g} to {high_hz:g} Hz holds no frequency between 0 and "
            f"{nyquist_hz:g} Hz: choose a lower and a higher end there.",
            field="f_range_hz",
        )
    return max(float(low_hz), 0.0), min(float(high_hz), nyquist_hz)


def lines_within(low_hz: float, high_hz: float, df_hz: float, n_lines: int) -> tuple[int, int]:
    """First line and the one after the last of those that span a range, the next beyond each end.

    A range between two lines has both of them, so that every zoom shows something.

    Parameters
    ----------
    low_hz, high_hz : float
        The range in Hz.
    df_hz : float
        Distance of two lines in Hz.
    n_lines : int
        Lines that there are.

    Returns
    -------
    first, end : int

    Examples
    --------
    >>> lines_within(45.0, 49.0, 20.0, 513)
    (2, 4)
    >>> lines_within(40.0, 60.0, 20.0, 513)
    (2, 4)
    """
    first = min(math.floor(low_hz / df_hz + 1e-9), n_lines - 1)
    return first, min(math.ceil(high_hz / df_hz - 1e-9) + 1, n_lines)


def fitting_window(window: int, n_samples: int, *, lowest: int, highest: int) -> int:
    """Return the window, or for a record shorter than two the largest power of two in its half.

    Parameters
    ----------
    window : int
        Samples asked for.
    n_samples : int
        Length of the record.
    lowest, highest : int
        What is offered.

    Returns
    -------
    int
        Samples.

    Raises
    ------
    VibrationError
        For a window that is not offered.

    Examples
    --------
    >>> fitting_window(1024, 102_400, lowest=128, highest=16_384)
    1024
    >>> fitting_window(1024, 1500, lowest=128, highest=16_384)
    512
    """
    if not lowest <= window <= highest:
        raise VibrationError(
            f"A window of {thousands(window)} samples is not offered: choose "
            f"{thousands(lowest)} to {thousands(highest)}.",
            field="window",
        )
    return int(window) if 2 * window <= n_samples else 1 << (n_samples.bit_length() - 2)


def check_cells(**cells: int) -> None:
    """Refuse a map of no cells; the names are those of the parameters.

    Raises
    ------
    VibrationError
        Where one is less than 1.

    Examples
    --------
    >>> check_cells(n_time=480, n_freq=184)
    """
    for name, number in cells.items():
        if number < 1:
            raise VibrationError(f"{name} is {number}: a map needs at least 1.", field=name)


def cell_centres(first: int, n: int, size: int) -> Float64Array:
    """Centres of the cells of `size` lines that hold the `n` lines from `first` on, in lines.

    Parameters
    ----------
    first : int
        The first line.
    n : int
        Number of lines.
    size : int
        Lines of a cell.

    Returns
    -------
    ndarray, shape (⌈n / size⌉,)
        In lines, whole or half.

    Examples
    --------
    >>> cell_centres(10, 5, 2)
    array([10.5, 12.5, 14.5])
    """
    return first + (size - 1) / 2 + size * np.arange(-(-n // size), dtype=float)


def pool_rows(power: Float32Array, size: int) -> Float32Array:
    """Highest of every `size` neighbours along the last axis; the last cell may hold fewer.

    Parameters
    ----------
    power : ndarray of float32, shape (columns, lines)
    size : int
        Lines of a cell.

    Returns
    -------
    ndarray of float32, shape (columns, ⌈lines / size⌉)

    Examples
    --------
    >>> pool_rows(np.array([[1, 5, 2, 3, 4]], np.float32), 2).tolist()
    [[5.0, 3.0, 4.0]]
    """
    if size == 1:
        return power
    pooled = power[:, ::size].copy()
    for offset in range(1, size):
        lines = power[:, offset::size]
        fitting = pooled[:, : lines.shape[1]]
        np.maximum(fitting, lines, out=fitting)
    return pooled


def pool_columns(columns: Float32Array, block: Float32Array, first: int, size: int) -> None:
    """Raise `columns`, each the highest of `size` lines of time, by the lines from `first` on.

    Parameters
    ----------
    columns : ndarray of float32, shape (cells, rows)
        Changed in place.
    block : ndarray of float32, shape (lines, rows)
        Some lines of time.
    first : int
        Number of the block's first line.
    size : int
        Lines of a cell.

    Examples
    --------
    >>> columns = np.zeros((2, 1), np.float32)
    >>> pool_columns(columns, np.array([[4], [3], [5]], np.float32), 1, 2)
    >>> columns.tolist()
    [[4.0], [5.0]]
    """
    starts = np.arange(-(first % size), len(block), size).clip(min=0)
    pooled = np.maximum.reduceat(block, starts, axis=0) if size > 1 else block
    reached = columns[first // size :][: len(pooled)]
    np.maximum(reached, pooled, out=reached)


def thousands(number: int) -> str:
    """Write a number with narrow no-break spaces.

    Parameters
    ----------
    number : int

    Returns
    -------
    str

    Examples
    --------
    >>> thousands(16_384).replace(chr(0x202F), "_")
    '16_384'
    """
    return f"{number:,}".replace(",", "\u202f")
