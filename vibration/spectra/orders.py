"""Order tracking: the shaft's angle, samples equidistant in it, and their spectrum in orders."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy

from vibration.errors import VibrationError
from vibration.spectra.samples import FloatArray, as_samples, as_sampling_rate
from vibration.spectra.welch import amplitude_spectrum

Float64Array = npt.NDArray[np.float64]

MIN_PULSES: Final = 4
MIN_SAMPLES_PER_TURN: Final = 8
MAX_ANGULAR_SAMPLES: Final = 64_000_000
_HYSTERESIS: Final = 0.2
_OVERSAMPLING: Final = 4
_OVERHANG: Final = 256
_SMALLEST_END_SLOPE: Final = 0.5
_RATE_ROUNDING: Final = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class AngularRecord:
    """Samples equidistant in the shaft's angle, over a whole number of turns."""

    samples: FloatArray
    samples_per_turn: int

    @property
    def n_turns(self) -> int:
        """Turns of the shaft."""
        return self.samples.size // self.samples_per_turn


def shaft_turns_from_tacho(
    tacho: npt.ArrayLike, fs_hz: float, *, pulses_per_turn: int = 1
) -> Float64Array:
    """Angle of the shaft in turns at every sample, from a tachometer's pulses.

    A pulse begins where the tacho rises through 60 % of its range after it has been below 40 %: a
    ripple smaller than a fifth of the range starts no pulse. The instant is interpolated between
    the two samples around it. Between pulses the angle follows a monotone cubic (PCHIP), before
    the first and after the last it goes on at the speed there. The first pulse is at 0 turns.

    References
    ----------
    K. R. Fyfe and E. D. S. Munck, "Analysis of computed order tracking", Mechanical Systems and
    Signal Processing 11 (1997); F. N. Fritsch and J. Butland, "A method for constructing local
    monotone piecewise cubic interpolants", SIAM J. Sci. Stat. Comput. 5 (1984).

    Parameters
    ----------
    tacho : array_like, shape (N,)
        The tachometer's samples, in any unit.
    fs_hz : float
        Sampling rate in Hz.
    pulses_per_turn : int
        Pulses in one turn of the shaft, evenly spread.

    Returns
    -------
    ndarray, shape (N,)
        Angle in turns, always rising, float64.

    Raises
    ------
    VibrationError
        For fewer than four pulses.

    Examples
    --------
    >>> t_s = np.arange(5000) / 1000
    >>> turns = shaft_turns_from_tacho(np.sin(2 * np.pi * 10 * t_s) > 0.5, 1000.0)
    >>> round(float(turns[-1] - turns[0]), 1)
    50.0
    """
    signal, fs_hz = as_samples(tacho), as_sampling_rate(fs_hz)
    if pulses_per_turn < 1:
        raise VibrationError(
            f"A tacho gives 1 or more pulses per turn, not {pulses_per_turn!r}.",
            field="pulses_per_turn",
        )
    pulses = _pulse_positions(signal)
    if pulses.size < MIN_PULSES:
        raise VibrationError(
            f"The tacho shows {pulses.size} pulses in {signal.size / fs_hz:g} s: at least "
            f"{MIN_PULSES} are needed. Is this the tacho's channel?",
            field="tacho",
        )
    return _turns_through(pulses, np.arange(pulses.size) / pulses_per_turn, signal.size)


def resample_to_turns(
    x: npt.ArrayLike, turns: npt.ArrayLike, *, samples_per_turn: int | None = None
) -> AngularRecord:
    """Resample a record to equal steps of the shaft's angle.

    The record is oversampled four times through its transform, its ends continued by point
    reflection, and read by a cubic spline where the angle reaches each step: up to 0.4·fs this is
    right to 0.1 %, the last few samples at the ends apart. Fewer samples per turn than the record
    holds are reached by a low-pass filter in the angle (`scipy.signal.resample_poly`), which keeps
    the orders up to 0.8·samples_per_turn/2 and folds less than 1 % of any higher one back. The
    part of a turn that is left at the end is dropped.

    References
    ----------
    K. R. Fyfe and E. D. S. Munck, "Analysis of computed order tracking", Mechanical Systems and
    Signal Processing 11 (1997); M. Unser, "Splines: a perfect fit for signal and image
    processing", IEEE Signal Process. Mag. 16 (1999).

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples, N ≥ 8.
    turns : array_like, shape (N,)
        Angle of the shaft in turns at every sample, rising.
    samples_per_turn : int, optional
        8 or more; by default as many as keep every frequency of the record at its lowest speed.

    Returns
    -------
    AngularRecord
        Samples in the unit of `x`, shape (whole turns × samples_per_turn,).

    Raises
    ------
    VibrationError
        For an angle that does not rise or covers less than a turn, or fewer than 8 samples a turn.

    Examples
    --------
    >>> turns = 5 * np.linspace(0, 2, 4000) ** 1.5
    >>> record = resample_to_turns(np.sin(2 * np.pi * turns), turns, samples_per_turn=16)
    >>> record.n_turns, record.samples[:5].round(2).tolist()
    (14, [0.0, 0.38, 0.71, 0.92, 1.0])
    """
    samples = as_samples(x)
    angle = _checked_turns(turns, samples.size)
    whole = math.floor(angle[-1] - angle[0])
    if whole < 1:
        raise VibrationError(
            f"The shaft makes {angle[-1] - angle[0]:.2f} turns in this record: one whole turn at "
            "least is needed.",
            field="turns",
        )
    lossless = _lossless_samples_per_turn(angle)
    wanted = lossless if samples_per_turn is None else _checked_rate(samples_per_turn)
    surplus = max(1, math.ceil(lossless / wanted))
    if whole * wanted * surplus > MAX_ANGULAR_SAMPLES:
        raise VibrationError(
            f"{wanted * surplus} samples per turn over {whole} turns are too many: the shaft "
            "almost stands still for a part of the record. Cut that part out.",
            field="turns",
        )
    steps = np.arange(whole * wanted * surplus) / (wanted * surplus) + angle[0]
    resampled = _read_between(samples, np.interp(steps, angle, np.arange(angle.size)))
    return AngularRecord(_thinned(resampled, surplus), wanted)


def order_spectrum(
    x: npt.ArrayLike, turns: npt.ArrayLike, *, samples_per_turn: int | None = None
) -> tuple[FloatArray, FloatArray]:
    """One-sided Hann amplitude spectrum in orders of the shaft, the mean removed.

    The amplitude spectrum of `resample_to_turns`: a sine of 1 g locked to the shaft reads 1 g at
    its order however the speed changes. As the record covers whole turns, whole orders stand in
    the middle of a bin; between two bins a line reads up to 15 % low, as in every Hann spectrum.

    References
    ----------
    R. B. Randall, *Vibration-based Condition Monitoring*, 2nd ed., Wiley 2021, ch. 3.

    Parameters
    ----------
    x, turns, samples_per_turn
        As in `resample_to_turns`.

    Returns
    -------
    orders, amplitude : ndarray, shape (M // 2 + 1,)
        Orders per turn of the shaft and amplitudes in the unit of `x`; M samples of the angular
        record.

    Raises
    ------
    VibrationError
        As `resample_to_turns`.

    Examples
    --------
    >>> turns = 5 * np.linspace(0, 2, 4000) ** 1.5
    >>> orders, amplitude = order_spectrum(np.sin(2 * np.pi * 3 * turns), turns)
    >>> float(orders[np.argmax(amplitude)]), round(float(amplitude.max()), 3)
    (3.0, 1.0)
    """
    record = resample_to_turns(x, turns, samples_per_turn=samples_per_turn)
    return amplitude_spectrum(record.samples, float(record.samples_per_turn))


def _pulse_positions(signal: FloatArray) -> Float64Array:
    """Where pulses begin, in samples and fractions."""
    low, high = float(signal.min()), float(signal.max())
    if low == high:
        return np.zeros(0)
    upper = low + (high - low) * (0.5 + 0.5 * _HYSTERESIS)
    lower = low + (high - low) * (0.5 - 0.5 * _HYSTERESIS)
    decided = np.flatnonzero((signal >= upper) | (signal <= lower))
    is_high = signal[decided] >= upper
    starts = decided[1:][is_high[1:] & ~is_high[:-1]]
    after, before = signal[starts].astype(float), signal[starts - 1].astype(float)
    positions: Float64Array = starts - (after - upper) / (after - before)
    return positions


# scipy.interpolate takes long to import, which every process of the portal would pay at its start.
def _turns_through(positions: Float64Array, angle: Float64Array, n_samples: int) -> Float64Array:
    from scipy.interpolate import PchipInterpolator

    curve = PchipInterpolator(positions, angle)
    at = np.arange(n_samples, dtype=float)
    turns: Float64Array = curve(np.clip(at, positions[0], positions[-1]))
    slopes = curve.derivative()(positions[[0, -1]])
    means = np.array([angle[1] - angle[0], angle[-1] - angle[-2]]) / np.diff(positions)[[0, -1]]
    first, last = np.maximum(slopes, _SMALLEST_END_SLOPE * means).tolist()
    turns += first * np.minimum(at - positions[0], 0.0) + last * np.maximum(at - positions[-1], 0.0)
    return turns


def _checked_turns(turns: npt.ArrayLike, n_samples: int) -> Float64Array:
    angle = np.asarray(turns, dtype=float)
    if angle.shape != (n_samples,):
        raise VibrationError(
            f"The angle has shape {angle.shape}: pass one value for each of {n_samples} samples.",
            field="turns",
        )
    if not (np.isfinite(angle).all() and (np.diff(angle) > 0).all()):
        raise VibrationError(
            "The shaft's angle must rise from sample to sample: it stands still, turns back or is "
            "not finite.",
            field="turns",
        )
    return angle


def _checked_rate(samples_per_turn: int) -> int:
    if samples_per_turn < MIN_SAMPLES_PER_TURN or samples_per_turn != int(samples_per_turn):
        raise VibrationError(
            f"{samples_per_turn} samples per turn are no use: pass a whole number from "
            f"{MIN_SAMPLES_PER_TURN} up.",
            field="samples_per_turn",
        )
    return int(samples_per_turn)


def _lossless_samples_per_turn(angle: Float64Array) -> int:
    """As many as the record has in its slowest turn."""
    mean_span = (angle.size - 1) / float(angle[-1] - angle[0])
    span = max(1, min(round(mean_span), angle.size - 1))
    slowest = float((angle[span:] - angle[:-span]).min()) / span
    return max(MIN_SAMPLES_PER_TURN, math.ceil(1.0 / slowest - _RATE_ROUNDING))


def _read_between(samples: FloatArray, positions: Float64Array) -> FloatArray:
    """Samples at fractional positions: four times oversampled, then a cubic spline."""
    from scipy.ndimage import map_coordinates

    overhang = min(_OVERHANG, samples.size - 1)
    mean = samples.mean(dtype=float).astype(samples.dtype)
    extended = np.pad(samples - mean, overhang, "reflect", reflect_type="odd")
    # both continuations fade out, so that the transform's period has no jump to ring at
    fade = np.hanning(2 * overhang + 1)[:overhang].astype(samples.dtype)
    extended[:overhang] *= fade
    extended[extended.size - overhang :] *= fade[::-1]
    length = scipy.fft.next_fast_len(extended.size, real=True)
    spectrum = scipy.fft.rfft(extended, length)
    if length % 2 == 0:
        spectrum[-1] /= 2  # the line at Nyquist is shared with its mirror image
    fine = scipy.fft.irfft(spectrum, length * _OVERSAMPLING)
    fine *= _OVERSAMPLING
    at = (positions + overhang) * _OVERSAMPLING
    read: FloatArray = map_coordinates(fine, at[np.newaxis], order=3, output=samples.dtype)
    read += mean
    return read


def _thinned(samples: FloatArray, surplus: int) -> FloatArray:
    if surplus == 1:
        return samples
    from scipy.signal import resample_poly

    # the stubs of scipy know only some of the ways in which it continues a record
    thinned = resample_poly(samples, 1, surplus, padtype="antireflect")  # type: ignore[call-overload]
    return np.asarray(thinned, dtype=samples.dtype)
