"""A picture as it is drawn on the page: paths in a unit square, ticks in percent, words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from common.text import number, thousands
from datasets.imports.pictures import Picture

UNIT: Final = 1000.0
_MARGIN: Final = 0.05
_PEAKS: Final = 5


@dataclass(frozen=True)
class Tick:
    percent: float
    label: str


@dataclass(frozen=True)
class Plot:
    """One curve with its axes.

    Attributes
    ----------
    title, meta : str
        What it shows, and of how much.
    path : str
        In a square of `UNIT`, downwards.
    x_title, y_title : str
        With their units.
    words : str
        What it shows, for who cannot see it.
    """

    title: str
    meta: str
    path: str
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    x_title: str
    y_title: str
    words: str


def time_plot(picture: Picture, fs_hz: float | None, unit: str) -> Plot:
    """Return the record over time; over the number of the sample where the rate is unknown."""
    n = picture.n_samples
    end = n / fs_hz if fs_hz else float(n)
    low, high = float(picture.values.min()), float(picture.values.max())
    bottom, top = _widened(low, high)
    x_title = "Time (s)" if fs_hz else "Number of the sample"
    length = f", {number(end, 4)} s" if fs_hz else ""
    return Plot(
        title="Time",
        meta=f"n = {thousands(n)}{length}",
        path=_path(picture.positions / max(n - 1, 1), picture.values, bottom, top),
        x_ticks=_ticks(0.0, end),
        y_ticks=_flipped(_ticks(bottom, top)),
        x_title=x_title,
        y_title=f"Amplitude ({unit or 'unit unknown'})",
        words=f"Record of {thousands(n)} samples, from {number(low)} to {number(high)} {unit}",
    )


def spectrum_plot(picture: Picture, fs_hz: float | None, unit: str) -> Plot | None:
    """Return the amplitude spectrum; over cycles a sample where the rate is unknown."""
    if not picture.cycles.size:
        return None
    scale = fs_hz or 1.0
    end, top = 0.5 * scale, float(picture.amplitudes.max()) * (1 + _MARGIN) or 1.0
    peaks = [
        f"{number(float(picture.cycles[i]) * scale)} ({number(float(picture.amplitudes[i]), 3)})"
        for i in _largest(picture.amplitudes)
    ]
    axis = "Hz" if fs_hz else "cycles a sample"
    return Plot(
        title="Spectrum",
        meta="amplitude, Hann",
        path=_path(2 * picture.cycles, picture.amplitudes, 0.0, top),
        x_ticks=_ticks(0.0, end),
        y_ticks=_flipped(_ticks(0.0, top)),
        x_title="Frequency (Hz)" if fs_hz else "Frequency (cycles a sample; the rate is open)",
        y_title=f"Amplitude ({unit or 'unit unknown'})",
        words=f"Amplitude spectrum to {number(end)} {axis}; largest at {', '.join(peaks)} {axis}",
    )


def _largest(amplitudes: np.ndarray) -> list[int]:
    inner = amplitudes[1:-1]
    tops = 1 + np.flatnonzero((inner >= amplitudes[:-2]) & (inner > amplitudes[2:]))
    return [int(i) for i in tops[np.argsort(-amplitudes[tops])][:_PEAKS]]


def _widened(low: float, high: float) -> tuple[float, float]:
    margin = _MARGIN * (high - low) or max(abs(high), 1.0) * _MARGIN
    return low - margin, high + margin


def _path(x: np.ndarray, y: np.ndarray, bottom: float, top: float) -> str:
    across = np.round(UNIT * np.asarray(x, float), 1)
    down = np.round(UNIT * (top - np.asarray(y, float)) / (top - bottom), 1)
    return "M" + "L".join(f"{a:g} {b:g}" for a, b in zip(across, down, strict=True))


def _ticks(low: float, high: float, about: int = 5) -> list[Tick]:
    """Return round numbers between two ends."""
    step = _round_step((high - low) / about)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [
        Tick(100 * (n * step - low) / (high - low), _label(n * step, step))
        for n in range(first, last + 1)
    ]


def _flipped(ticks: Sequence[Tick]) -> list[Tick]:
    return [Tick(100 - tick.percent, tick.label) for tick in ticks]


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * each for each in (1, 2, 5, 10) if power * each >= rough)


def _label(value: float, step: float) -> str:
    if abs(value) >= 1e6 or step < 1e-4:
        return number(value, 3) if value else "0"
    digits = max(0, -math.floor(math.log10(step)))
    return thousands(value) if digits == 0 else f"{value:.{digits}f}".replace("-", "−")
