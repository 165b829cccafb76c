"""Spectra as an analyser offers them: a choice of window, overlap, averaging and quantity.

The one implementation of Welch's method here. Segments pass through memory 32 at a time, so that
a record of any length can be analysed.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import scipy

from vibration.errors import VibrationError
from vibration.spectra.samples import MIN_SAMPLES, FloatArray, as_samples, as_sampling_rate
from vibration.spectra.windows import (
    WINDOWS,
    known,
    welch_segment,
    window_facts,
    window_samples,
)

__all__ = ["WINDOWS", "Spectrum", "averaged_spectrum", "spectrum_of_blocks", "window_facts"]

QUANTITIES: Final = ("psd", "amplitude")
AVERAGINGS: Final = {"power": "Welch", "peak_hold": "Peak hold", "linear": "Linear mean"}
MAX_OVERLAP: Final = 0.95
_SEGMENTS_AT_ONCE: Final = 32

Read = Callable[[int, int], npt.NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Spectrum:
    """A one-sided spectrum and how it was made.

    Attributes
    ----------
    f_hz, values : ndarray, shape (segment // 2 + 1,)
        Frequencies in Hz, and the density in unit²/Hz or the amplitude in the samples' unit.
    quantity : {"psd", "amplitude"}
    df_hz : float
        Distance of two bins in Hz.
    n_segments, segment : int
        Segments averaged, and samples of each.
    window, averaging : str
        Codes of `WINDOWS` and `AVERAGINGS`.
    overlap : float
        Share of a segment that the next one repeats, 0 to 0.95.
    n_available : int
        Segments that the whole record has; more than `n_segments` where some were left out.
    """

    f_hz: FloatArray
    values: FloatArray
    quantity: str
    df_hz: float
    n_segments: int
    segment: int
    window: str
    overlap: float
    averaging: str
    n_available: int

    @property
    def method(self) -> str:
        """How it was made, for people: ``Welch, Hann 16 384, 50 %, 11 averages``."""
        window = f"{WINDOWS[self.window]} {_grouped(self.segment)}"
        if self.n_available == 1:
            return f"Periodogram, {window}"
        count = f"{_grouped(self.n_segments)} averages"
        if self.n_segments < self.n_available:
            count = f"{_grouped(self.n_segments)} of {_grouped(self.n_available)} segments"
        elif self.averaging == "peak_hold":
            count = f"{_grouped(self.n_segments)} segments"
        return f"{AVERAGINGS[self.averaging]}, {window}, {100 * self.overlap:g} %, {count}"


def averaged_spectrum(
    x: npt.ArrayLike,
    fs_hz: float,
    *,
    quantity: str = "psd",
    segment: int | None = None,
    window: str = "hann",
    overlap: float = 0.5,
    averaging: str = "power",
) -> Spectrum:
    """One-sided spectrum from windowed, overlapping segments, the mean of each removed.

    With X = rfft(w·(x − mean)), averaged over the segments as |X|² ("power"), as its maximum
    ("peak_hold") or as |X| ("linear"), the density is 2·|X|²/(fs·Σw²) and the amplitude
    2·|X|/Σw; the bins at 0 Hz and at Nyquist are not doubled. So Σ density·df is the mean square,
    and a sine of 1 g in the middle of a bin has the amplitude 1 g, whatever the window.

    References
    ----------
    P. D. Welch, IEEE Trans. Audio Electroacoust. 15 (1967). G. Heinzel, A. Rüdiger, R. Schilling,
    "Spectrum and spectral density estimation by the discrete Fourier transform", MPI für
    Gravitationsphysik 2002, whose HFT90D is the flat top here: within 0.05 % between bins.

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples, N ≥ 8.
    fs_hz : float
        Sampling rate in Hz.
    quantity : {"psd", "amplitude"}
        Density in unit²/Hz, or amplitude in the unit of `x`.
    segment : int, optional
        Samples per segment, 8 to N; by default that of `welch_segment`. N itself gives
        one periodogram of the whole record.
    window : {"hann", "hamming", "blackman", "flattop", "boxcar"}
        Periodic window.
    overlap : float
        Share of a segment that the next one repeats, 0 to 0.95.
    averaging : {"power", "peak_hold", "linear"}
        Mean of the powers, highest of them in each bin, or mean of the magnitudes.

    Returns
    -------
    Spectrum
        float32 values for float32 samples, float64 for all others.

    Raises
    ------
    VibrationError
        For samples that are no channel, a segment that does not fit and an unknown choice.

    Examples
    --------
    >>> x = np.sin(2 * np.pi * 100 * np.arange(8000) / 8000)
    >>> lines = averaged_spectrum(x, 8000.0, quantity="amplitude", segment=2000, window="flattop")
    >>> float(lines.f_hz[np.argmax(lines.values)]), round(float(lines.values.max()), 6)
    (100.0, 1.0)
    >>> lines.n_segments
    7
    """
    samples = as_samples(x)
    plan = _Plan.of(samples.size, fs_hz, quantity, segment, window, overlap, averaging)
    frames = np.lib.stride_tricks.sliding_window_view(samples, plan.segment)
    starts = np.arange(plan.n_available) * plan.step
    return plan.spectrum(frames[some] for some in _groups(starts))


def spectrum_of_blocks(
    read: Read,
    n_samples: int,
    fs_hz: float,
    *,
    max_segments: int = 512,
    quantity: str = "psd",
    segment: int | None = None,
    window: str = "hann",
    overlap: float = 0.5,
    averaging: str = "power",
) -> Spectrum:
    """Spectrum of a record too long to be loaded, from segments evenly spread over it.

    What `averaged_spectrum` gives where the record has no more than `max_segments` segments.

    Parameters
    ----------
    read : callable
        ``read(first, last)`` returns the samples from `first` up to, not including, `last`.
    n_samples : int
        Length of the record, ≥ 8.
    fs_hz : float
        Sampling rate in Hz.
    max_segments : int
        Segments to read at most, the first and the last of the record among them.
    quantity, segment, window, overlap, averaging
        As for `averaged_spectrum`.

    Returns
    -------
    Spectrum
        Its `method` says how many segments of how many were used.

    Raises
    ------
    VibrationError
        As `averaged_spectrum`, and where `read` returns another number of samples than asked.

    Examples
    --------
    >>> x = np.sin(2 * np.pi * 100 * np.arange(80_000) / 8000)
    >>> record = lambda first, last: x[first:last]
    >>> spectrum = spectrum_of_blocks(record, x.size, 8000.0, segment=2000, max_segments=16)
    >>> spectrum.n_segments, spectrum.n_available, float(spectrum.f_hz[np.argmax(spectrum.values)])
    (16, 79, 100.0)
    """
    if max_segments < 1:
        raise VibrationError(
            f"{max_segments} segments make no spectrum: allow at least 1.", field="max_segments"
        )
    plan = _Plan.of(n_samples, fs_hz, quantity, segment, window, overlap, averaging)
    spread = np.linspace(0, plan.n_available - 1, min(max_segments, plan.n_available))
    starts = np.rint(spread).astype(np.int64) * plan.step
    return plan.spectrum(
        np.stack([_segment_at(read, int(start), plan.segment) for start in some])
        for some in _groups(starts)
    )


@dataclass(frozen=True)
class _Plan:
    """A checked choice of how to average."""

    fs_hz: float
    quantity: str
    segment: int
    window: str
    overlap: float
    averaging: str
    step: int
    n_available: int

    @classmethod
    def of(
        cls,
        n_samples: int,
        fs_hz: float,
        quantity: str,
        segment: int | None,
        window: str,
        overlap: float,
        averaging: str,
    ) -> "_Plan":
        fs_hz = as_sampling_rate(fs_hz)
        known(quantity, QUANTITIES, "quantity")
        known(window, WINDOWS, "window")
        known(averaging, AVERAGINGS, "averaging")
        if not 0 <= overlap <= MAX_OVERLAP:
            raise VibrationError(
                f"Segments overlap by 0 to {MAX_OVERLAP} of their length, not by {overlap:g}.",
                field="overlap",
            )
        n = welch_segment(n_samples, fs_hz) if segment is None else segment
        if not MIN_SAMPLES <= n <= n_samples:
            raise VibrationError(
                f"A segment of {n} samples does not fit: choose {MIN_SAMPLES} to {n_samples}.",
                field="segment",
            )
        step = n - math.floor(n * overlap + 1e-9)  # 0.29·100 is 28.999…
        available = (n_samples - n) // step + 1
        return cls(fs_hz, quantity, n, window, overlap, averaging, step, available)

    def spectrum(self, blocks: Iterator[FloatArray]) -> Spectrum:
        """Average over blocks of segments, shape (segments, samples) each."""
        with np.errstate(over="ignore", invalid="ignore"):  # said below, in words
            values, n_segments = self._averaged(blocks)
        if not np.isfinite(values).all():
            raise VibrationError(
                "The samples are too large for a spectrum: check the unit.", field="x"
            )
        return Spectrum(
            f_hz=np.arange(values.size) * (self.fs_hz / self.segment),
            values=values,
            quantity=self.quantity,
            df_hz=self.fs_hz / self.segment,
            n_segments=n_segments,
            segment=self.segment,
            window=self.window,
            overlap=self.overlap,
            averaging=self.averaging,
            n_available=self.n_available,
        )

    def _averaged(self, blocks: Iterator[FloatArray]) -> tuple[FloatArray, int]:
        """Return the spectrum in the samples' type, or in float64 where that cannot hold it."""
        total, n_segments, kind = np.zeros(self.segment // 2 + 1), 0, np.dtype(np.float32)
        for block in blocks:
            n_segments, kind = n_segments + len(block), np.result_type(kind, block)
            if _peak(block) * self.segment > np.finfo(block.dtype).max:
                block = block.astype(np.float64)  # noqa: PLW2901  (its transform is beyond float32)
            weights = window_samples(self.window, self.segment, block.dtype.char)
            windowed = (block - block.mean(axis=1, keepdims=True)) * weights
            spectra = scipy.fft.rfft(windowed, axis=1, overwrite_x=True)
            if self.averaging == "linear":
                total += np.abs(spectra).sum(axis=0)
                continue
            # in float64: the square of 1e20 g is beyond float32
            power = np.square(spectra.real, dtype=float) + np.square(spectra.imag, dtype=float)
            if self.averaging == "peak_hold":
                np.maximum(total, power.max(axis=0), out=total)
            else:
                total += power.sum(axis=0)
        if self.averaging != "peak_hold":
            total /= n_segments
        values = self._scaled(np.square(total) if self.averaging == "linear" else total)
        fits = values.max() <= np.finfo(kind).max
        return (values.astype(kind) if fits else values), n_segments

    def _scaled(self, power: FloatArray) -> FloatArray:
        weights = window_samples(self.window, self.segment, "d")
        inner = slice(1, -1 if self.segment % 2 == 0 else None)
        if self.quantity == "psd":
            # not np.dot: BLAS would wake its threads for it, which a busy machine pays dearly
            values = power / (self.fs_hz * float(np.square(weights).sum()))
        else:
            values = np.sqrt(power) / float(weights.sum())
        values[inner] *= 2
        return values


def _peak(samples: FloatArray) -> float:
    return max(float(samples.max()), -float(samples.min()))


def _groups(starts: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.int64]]:
    for first in range(0, starts.size, _SEGMENTS_AT_ONCE):
        yield starts[first : first + _SEGMENTS_AT_ONCE]


def _segment_at(read: Read, first: int, n: int) -> FloatArray:
    samples = as_samples(read(first, first + n))
    if samples.size != n:
        raise VibrationError(
            f"{n} samples were asked for at {first} and {samples.size} came.", field="read"
        )
    return samples


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
