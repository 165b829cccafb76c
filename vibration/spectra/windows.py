"""Windows for spectra, what each does to one, and how long its segments are."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from vibration.errors import VibrationError
from vibration.spectra.samples import MIN_SAMPLES, FloatArray, as_sampling_rate

WELCH_MAX_DF_HZ: Final = 1.25
_LARGEST_KEPT: Final = 1 << 20
# Cosine sums, w = a₀ − a₁·cos(z) + a₂·cos(2z) − …; the flat top is Heinzel's HFT90D.
_COSINES: Final = {
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman": (0.42, 0.5, 0.08),
    "flattop": (1.0, 1.942604, 1.340318, 0.440811, 0.043097),
    "boxcar": (1.0,),
}
WINDOWS: Final = {
    "hann": "Hann",
    "hamming": "Hamming",
    "blackman": "Blackman",
    "flattop": "Flat top",
    "boxcar": "Rectangular",
}


@dataclass(frozen=True)
class WindowFacts:
    """What a window does to a spectrum.

    Attributes
    ----------
    enbw_bins, enbw_hz : float
        Effective noise bandwidth, in bins and in Hz.
    scalloping_db : float
        How much too low a line between two bins can read at worst, in dB, ≥ 0.
    """

    enbw_bins: float
    enbw_hz: float
    scalloping_db: float


@lru_cache(maxsize=64)
def window_facts(name: str, segment: int, fs_hz: float) -> WindowFacts:
    """Effective noise bandwidth and scalloping loss of a window.

    ENBW = fs·Σw²/(Σw)²; the loss is −20·lg(|W(½ bin)|/W(0)).

    References
    ----------
    F. J. Harris, "On the use of windows for harmonic analysis with the discrete Fourier
    transform", Proc. IEEE 66 (1978).

    Parameters
    ----------
    name : str
        A code of `WINDOWS`.
    segment : int
        Samples per segment, ≥ 8.
    fs_hz : float
        Sampling rate in Hz.

    Returns
    -------
    WindowFacts

    Raises
    ------
    VibrationError
        For an unknown window, a segment that is too short and a rate that is not positive.

    Examples
    --------
    >>> facts = window_facts("hann", 16_384, 20_480.0)
    >>> facts.enbw_bins, facts.enbw_hz, round(facts.scalloping_db, 2)
    (1.5, 1.875, 1.42)
    """
    fs_hz = as_sampling_rate(fs_hz)
    known(name, WINDOWS, "window")
    if segment < MIN_SAMPLES:
        raise VibrationError(
            f"A segment of {segment} samples is too short: take {MIN_SAMPLES}.", field="segment"
        )
    weights = window_samples(name, segment, "d")
    total = float(weights.sum())
    bins = segment * float(np.dot(weights, weights)) / total**2
    between = abs(np.dot(weights, np.exp(-1j * np.pi / segment * np.arange(segment))))
    loss_db = max(0.0, -20 * math.log10(float(between) / total))
    return WindowFacts(round(bins, 12), round(bins, 12) * fs_hz / segment, loss_db)


def welch_segment(n_samples: int, fs_hz: float, *, max_df_hz: float = WELCH_MAX_DF_HZ) -> int:
    """Length of a Welch segment: the smallest power of two with df ≤ `max_df_hz`, else all.

    Parameters
    ----------
    n_samples : int
        Length of the record.
    fs_hz : float
        Sampling rate in Hz.
    max_df_hz : float
        Coarsest allowed distance of two bins in Hz.

    Returns
    -------
    int
        Samples.

    Examples
    --------
    >>> welch_segment(102_400, 20_480.0)
    16384
    >>> welch_segment(5_000, 20_480.0)
    5000
    """
    segment = 1
    while fs_hz / segment > max_df_hz and segment < n_samples:
        segment *= 2
    return min(segment, n_samples)


def window_samples(name: str, n_samples: int, dtype_char: str) -> FloatArray:
    """Periodic window, read-only because it is shared; without scipy.signal's slow import.

    w = Σ (−1)ᵏ·aₖ·cos(2πk·n/N), n = 0 … N − 1, with the window's few coefficients a.

    References
    ----------
    G. Heinzel, A. Rüdiger, R. Schilling, "Spectrum and spectral density estimation by the
    discrete Fourier transform", MPI für Gravitationsphysik 2002.

    Parameters
    ----------
    name : str
        A code of `WINDOWS`.
    n_samples : int
        Length N.
    dtype_char : {"f", "d"}
        float32 or float64.

    Returns
    -------
    ndarray, shape (n_samples,)

    Raises
    ------
    VibrationError
        For an unknown window.

    Examples
    --------
    >>> window_samples("hann", 4, "f").tolist()
    [0.0, 0.5, 1.0, 0.5]
    """
    known(name, WINDOWS, "window")
    make = _kept if n_samples <= _LARGEST_KEPT else _made
    return make(name, n_samples, dtype_char)


def _made(name: str, n_samples: int, dtype_char: str) -> FloatArray:
    turns = 2 * np.pi / n_samples * np.arange(n_samples)
    window = np.zeros(n_samples)
    for order, weight in enumerate(_COSINES[name]):
        window += (-1) ** order * weight * np.cos(order * turns)
    shared: FloatArray = window.astype(np.dtype(dtype_char))
    shared.flags.writeable = False
    return shared


_kept = lru_cache(maxsize=8)(_made)


def known(value: str, choices: Any, meaning: str) -> None:
    """Refuse what is not among the choices of a parameter, naming them.

    Parameters
    ----------
    value : str
        What was asked for.
    choices : container of str
        What there is.
    meaning : str
        The parameter's name.

    Raises
    ------
    VibrationError
        Where it is none of them.

    Examples
    --------
    >>> known("hann", WINDOWS, "window")
    """
    if value not in choices:
        raise VibrationError(
            f"There is no {meaning} {value!r}: take {', '.join(choices)}.", field=meaning
        )
