"""From acceleration to velocity and displacement, and the severity figure of a machine.

Acceleration is in g, velocity in mm/s, displacement in µm, unless a unit is named.
"""

import math
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy

from vibration.errors import VibrationError
from vibration.quantities import STANDARD_GRAVITY_M_S2, conversion_factor, unit_of
from vibration.spectra.averaging import averaged_spectrum
from vibration.spectra.samples import FloatArray, as_samples, as_sampling_rate
from vibration.spectra.windows import welch_segment

G_M_S2: Final = STANDARD_GRAVITY_M_S2
HIGHPASS_HZ: Final = 10.0
SEVERITY_BAND_HZ: Final = (10.0, 1000.0)
_SEVERITY_DF_HZ: Final = 1.0
_BASES: Final = {"acceleration": "g", "velocity": "mm/s", "displacement": "µm"}


def to_velocity(
    x_g: npt.ArrayLike, fs_hz: float, *, highpass_hz: float = HIGHPASS_HZ
) -> FloatArray:
    """Vibration velocity from acceleration, integrated in the frequency domain.

    V = H·A·g/(i·2πf), g = 9.80665 m/s². The high-pass H = 1/√(1 + (f_h/f)⁸) has the magnitude of
    a Butterworth filter of fourth order and no phase: 0.707 at f_h, 0.998 at 2·f_h, 0.06 at
    f_h/2, 0 at 0 Hz. The record is taken as one turn of a circle: where its ends do not meet, the
    first and last 2/f_h seconds swing.

    References
    ----------
    A. Brandt, *Noise and Vibration Analysis*, Wiley 2011, ch. 3. ISO 2954:2012 asks for the same
    −3 dB at 10 Hz.

    Parameters
    ----------
    x_g : array_like, shape (N,)
        Acceleration in g, N ≥ 8. Its mean is removed.
    fs_hz : float
        Sampling rate in Hz.
    highpass_hz : float
        Frequency at which the high-pass takes 3 dB, in Hz; above 0 and below fs/2.

    Returns
    -------
    ndarray, shape (N,)
        Velocity in mm/s, without mean; float32 for float32 samples.

    Raises
    ------
    VibrationError
        For samples, a rate or a high-pass that cannot be used.

    Examples
    --------
    >>> t_s = np.arange(20_000) / 20_000
    >>> velocity = to_velocity(np.cos(2 * np.pi * 159 * t_s), 20_000.0)
    >>> round(float(velocity.max()), 2)
    9.82
    """
    return _filtered(x_g, fs_hz, highpass_hz, lambda f: 1e3 * G_M_S2 / (2 * np.pi * f), -1j)


def to_displacement(
    x_g: npt.ArrayLike, fs_hz: float, *, highpass_hz: float = HIGHPASS_HZ
) -> FloatArray:
    """Vibration displacement from acceleration, integrated twice in the frequency domain.

    S = −H·A·g/(2πf)², with the high-pass H of `to_velocity`, used once.

    References
    ----------
    A. Brandt, *Noise and Vibration Analysis*, Wiley 2011, ch. 3.

    Parameters
    ----------
    x_g : array_like, shape (N,)
        Acceleration in g, N ≥ 8. Its mean is removed.
    fs_hz : float
        Sampling rate in Hz.
    highpass_hz : float
        Frequency at which the high-pass takes 3 dB, in Hz; above 0 and below fs/2.

    Returns
    -------
    ndarray, shape (N,)
        Displacement in µm, without mean; float32 for float32 samples.

    Raises
    ------
    VibrationError
        For samples, a rate or a high-pass that cannot be used.

    Examples
    --------
    >>> t_s = np.arange(20_000) / 20_000
    >>> displacement = to_displacement(np.cos(2 * np.pi * 159 * t_s), 20_000.0)
    >>> round(float(displacement.max()), 2)
    9.83
    """
    return _filtered(x_g, fs_hz, highpass_hz, lambda f: 1e6 * G_M_S2 / (2 * np.pi * f) ** 2, -1)


def motion(
    x: npt.ArrayLike, fs_hz: float, *, unit: str, wanted: str, highpass_hz: float = HIGHPASS_HZ
) -> FloatArray:
    """Vibration in another unit, integrated as often as it takes.

    Acceleration becomes velocity by `to_velocity` and displacement by `to_displacement`; velocity
    becomes displacement by S = H·V/(i·2πf) with the same high-pass H. Within one quantity the
    values are converted and nothing is filtered.

    References
    ----------
    A. Brandt, *Noise and Vibration Analysis*, Wiley 2011, ch. 3.

    Parameters
    ----------
    x : array_like, shape (N,)
        Samples in `unit`, N ≥ 8.
    fs_hz : float
        Sampling rate in Hz.
    unit, wanted : str
        The record's unit, and the unit asked for: of acceleration, velocity or displacement.
    highpass_hz : float
        Frequency at which the high-pass takes 3 dB, in Hz; above 0 and below fs/2.

    Returns
    -------
    ndarray, shape (N,)
        In `wanted`; float32 for float32 samples.

    Raises
    ------
    VibrationError
        Where the unit cannot be integrated to the other, and as `to_velocity`.

    Examples
    --------
    >>> t_s = np.arange(20_000) / 20_000
    >>> x_m_s2 = 9.80665 * np.cos(2 * np.pi * 159 * t_s)
    >>> v = motion(x_m_s2, 20_000.0, unit="m/s²", wanted="mm/s")
    >>> round(float(v.max()), 2)
    9.82
    >>> s = motion(10 * np.cos(2 * np.pi * 159 * t_s), 20_000.0, unit="mm/s", wanted="µm")
    >>> round(float(s.max()), 2)
    10.01
    """
    have, want = unit_of(unit), unit_of(wanted)
    if have.quantity is want.quantity:
        samples = as_samples(x)
        return samples * samples.dtype.type(conversion_factor(have, want))
    times = have.quantity.integrations - want.quantity.integrations
    if not want.quantity.is_vibration or want.quantity.name not in _BASES or times < 1:
        raise VibrationError(
            f"{have.quantity.title} in {have.name} cannot be integrated to {want.quantity.name}: "
            "only acceleration and velocity can.",
            field="unit",
        )
    samples = as_samples(x)
    base = _BASES[have.quantity.name]
    in_base = samples * samples.dtype.type(conversion_factor(have, base))
    if base == "mm/s":
        found = _filtered(in_base, fs_hz, highpass_hz, lambda f: 1e3 / (2 * np.pi * f), -1j)
    elif times == 1:
        found = to_velocity(in_base, fs_hz, highpass_hz=highpass_hz)
    else:
        found = to_displacement(in_base, fs_hz, highpass_hz=highpass_hz)
    return found * found.dtype.type(conversion_factor(_BASES[want.quantity.name], want))


def velocity_rms(
    x: npt.ArrayLike,
    fs_hz: float,
    *,
    unit: str = "g",
    band_hz: tuple[float, float] = SEVERITY_BAND_HZ,
) -> float:
    """Vibration severity: the RMS of the velocity in a band.

    v² = Σ P(f)·(g/(2πf))²·df over the band, both ends included, with Welch's density P of the
    acceleration (Hann, 50 %, df ≤ 1 Hz where the record allows): Parseval's law, without the
    swing that integration in time leaves at a record's ends.

    References
    ----------
    ISO 20816-1:2016 and ISO 20816-3:2022, broad-band velocity from 10 Hz to 1000 Hz.

    Parameters
    ----------
    x : array_like, shape (N,)
        Acceleration or velocity, at least two periods of the band's lower end.
    fs_hz : float
        Sampling rate in Hz, at least twice the band's upper end.
    unit : str
        Of the samples; of a velocity the density is summed up as it is.
    band_hz : (float, float)
        Lower and upper end in Hz.

    Returns
    -------
    float
        RMS velocity in mm/s.

    Raises
    ------
    VibrationError
        For samples that cannot be used, a band that they do not hold, and a unit of something
        else than acceleration or velocity.

    Examples
    --------
    >>> t_s = np.arange(20_000) / 20_000
    >>> round(velocity_rms(np.cos(2 * np.pi * 159 * t_s), 20_000.0), 2)
    6.94
    """
    samples, fs_hz = as_samples(x), as_sampling_rate(fs_hz)
    low_hz, high_hz = band_hz
    base = _BASES.get(unit_of(unit).quantity.name)
    if base not in ("g", "mm/s"):
        raise VibrationError(
            f"{unit_of(unit).quantity.title} has no vibration severity: it needs acceleration or "
            "velocity.",
            field="unit",
        )
    _check_band(samples.size / fs_hz, fs_hz, low_hz, high_hz)
    segment = welch_segment(samples.size, fs_hz, max_df_hz=_SEVERITY_DF_HZ)
    spectrum = averaged_spectrum(samples, fs_hz, segment=segment)
    inside = (spectrum.f_hz >= low_hz) & (spectrum.f_hz <= high_hz)
    to_mm_s = np.full(np.count_nonzero(inside), conversion_factor(unit, base))
    if base == "g":
        to_mm_s *= 1e3 * G_M_S2 / (2 * np.pi * spectrum.f_hz[inside])
    density = spectrum.values[inside].astype(np.float64)
    return math.sqrt(float(np.dot(density, np.square(to_mm_s))) * spectrum.df_hz)


def _filtered(
    x_g: npt.ArrayLike,
    fs_hz: float,
    highpass_hz: float,
    factor: Callable[[FloatArray], FloatArray],
    turn: complex,
) -> FloatArray:
    """Weigh each frequency by a real factor and the high-pass, and turn its phase."""
    samples, fs_hz = as_samples(x_g), as_sampling_rate(fs_hz)
    if not 0 < highpass_hz < fs_hz / 2:
        raise VibrationError(
            f"The high-pass needs a frequency above 0 and below {fs_hz / 2:g} Hz, half the "
            f"sampling rate, not {highpass_hz:g} Hz.",
            field="highpass_hz",
        )
    spectrum = scipy.fft.rfft(samples - samples.mean(dtype=float).astype(samples.dtype))
    f_hz = np.arange(1, spectrum.size) * (fs_hz / samples.size)
    weights = factor(f_hz)
    weights /= np.sqrt(1 + (highpass_hz / f_hz) ** 8)
    spectrum[0] = 0
    spectrum[1:] *= weights.astype(samples.dtype)
    spectrum *= spectrum.dtype.type(turn)
    integrated: FloatArray = scipy.fft.irfft(spectrum, samples.size, overwrite_x=True)
    return integrated


def _check_band(duration_s: float, fs_hz: float, low_hz: float, high_hz: float) -> None:
    if not 0 < low_hz < high_hz:
        raise VibrationError(
            f"The band needs a lower end above 0 and an upper end above that, not "
            f"{low_hz:g} to {high_hz:g} Hz.",
            field="high_hz",
        )
    if high_hz > fs_hz / 2:
        raise VibrationError(
            f"At {fs_hz:g} Hz the samples hold nothing above {fs_hz / 2:g} Hz, "
            f"and the band goes up to {high_hz:g} Hz.",
            field="high_hz",
        )
    if duration_s * low_hz < 2:
        raise VibrationError(
            f"The record is {duration_s:.3g} s long: velocity from {low_hz:g} Hz "
            f"needs {2 / low_hz:.3g} s.",
            field="x",
        )
