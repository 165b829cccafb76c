"""Measure one channel of a recording: its 36 features and the peaks of its two spectra."""

import math
from typing import Any

from vibration.errors import VibrationError
from vibration.features import FEATURE_NAMES, extract
from vibration.formats import Channel, Recording
from vibration.spectra.envelope import envelope_spectrum
from vibration.spectra.samples import FloatArray
from vibration.spectra.welch import amplitude_spectrum, spectrum_peaks

N_PEAKS = 20
MIN_HZ = 1.0
SEPARATION_HZ = 2.0
_SAME_RATE = 1e-6


def measure(
    recording: Recording,
    *,
    channel: str | None = None,
    fs_hz: float | None = None,
    rpm: float | None = None,
) -> dict[str, Any]:
    """Measure a channel, for people and for JSON alike.

    The spectra are whole-record Hann amplitude spectra, one of the samples and one of their
    Hilbert envelope, means removed; peaks are local maxima from 1 Hz up, 2 Hz apart, the highest
    first.

    Parameters
    ----------
    recording : Recording
        What `read_recording` returned.
    channel : str, optional
        Name of the channel; the file's first vibration channel when not given.
    fs_hz : float, optional
        Sampling rate, where the file states none. It may not contradict the file: a wrong rate
        makes every frequency wrong.
    rpm : float, optional
        Shaft speed. It takes the place of the file's, which is often nominal.

    Returns
    -------
    dict
        ``format``; ``channels``, each with ``name``, ``fs_hz``, ``n_samples``, ``unit`` and
        ``rpm`` as used here (None: unknown); ``channel``, the measured one; ``features``, name to
        number or None; ``spectrum_peaks`` and ``envelope_peaks``, up to 20 pairs of
        ``frequency_hz`` and ``amplitude``.

    Raises
    ------
    VibrationError
        When there is no such channel, no rate, or a rate or speed that cannot be.

    Examples
    --------
    >>> import numpy as np
    >>> sine = np.sin(2 * np.pi * 50 * np.arange(4096) / 4096)
    >>> report = measure(Recording("npy", (Channel("signal", sine),)), fs_hz=4096)
    >>> report["spectrum_peaks"][0]["frequency_hz"]
    50.0
    """
    chosen = recording.channel(channel)
    rate_hz = _rate_hz(chosen, fs_hz)
    speed_rpm = chosen.rpm if rpm is None else _positive(rpm, "speed", "rpm", "rpm")
    features = extract(chosen.samples, rate_hz, None if speed_rpm is None else speed_rpm / 60.0)
    return {
        "format": recording.format,
        "channels": [_described(each, fs_hz, rpm) for each in recording.channels],
        "channel": chosen.name,
        "features": {
            name: None if math.isnan(value) else float(value)
            for name, value in zip(FEATURE_NAMES, features, strict=True)
        },
        "spectrum_peaks": _peaks(*amplitude_spectrum(chosen.samples, rate_hz)),
        "envelope_peaks": _peaks(*envelope_spectrum(chosen.samples, rate_hz)),
    }


def _rate_hz(channel: Channel, given_hz: float | None) -> float:
    if given_hz is None:
        if channel.fs_hz is None:
            raise VibrationError(
                f"The file does not state the sampling rate of {channel.name}; "
                "give it with --fs, in Hz.",
                field="fs_hz",
            )
        return channel.fs_hz
    _positive(given_hz, "sampling rate", "Hz", "fs_hz")
    if channel.fs_hz is not None and abs(given_hz / channel.fs_hz - 1.0) > _SAME_RATE:
        raise VibrationError(
            f"The file states a sampling rate of {channel.fs_hz:g} Hz for {channel.name}, "
            f"which contradicts --fs {given_hz:g}; leave --fs out.",
            field="fs_hz",
        )
    return channel.fs_hz or given_hz


def _positive(value: float, meaning: str, unit: str, field: str) -> float:
    if not math.isfinite(value) or value <= 0:
        raise VibrationError(
            f"A {meaning} of {value:g} {unit} cannot be; it must be positive.", field=field
        )
    return value


def _described(channel: Channel, fs_hz: float | None, rpm: float | None) -> dict[str, Any]:
    return {
        "name": channel.name,
        "fs_hz": channel.fs_hz if channel.fs_hz is not None else fs_hz,
        "n_samples": len(channel.samples),
        "unit": channel.unit,
        "rpm": channel.rpm if rpm is None else rpm,
    }


def _peaks(f_hz: FloatArray, amplitude: FloatArray) -> list[dict[str, float]]:
    peaks = spectrum_peaks(f_hz, amplitude, n=N_PEAKS, min_hz=MIN_HZ, separation_hz=SEPARATION_HZ)
    return [{"frequency_hz": frequency, "amplitude": height} for frequency, height in peaks]
