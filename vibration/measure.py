"""Measure one channel of a recording: its 36 features and the peaks of its two spectra."""

import math
from typing import Any

from vibration.errors import VibrationError
from vibration.features import FEATURE_NAMES, extract
from vibration.formats import Channel, Reading, Source
from vibration.formats.answers import contradicts, waits_with, with_rate
from vibration.formats.timing import ASK
from vibration.spectra.envelope import envelope_spectrum
from vibration.spectra.samples import FloatArray
from vibration.spectra.welch import amplitude_spectrum, spectrum_peaks

N_PEAKS = 20
MIN_HZ = 1.0
SEPARATION_HZ = 2.0


def measure(
    reading: Reading,
    *,
    channel: str | None = None,
    fs_hz: float | None = None,
    rpm: float | None = None,
    resample: bool = False,
) -> dict[str, Any]:
    """Measure a channel, for people and for JSON alike.

    The spectra are whole-record Hann amplitude spectra, one of the samples and one of their
    Hilbert envelope, means removed; peaks are local maxima from 1 Hz up, 2 Hz apart, the highest
    first.

    Parameters
    ----------
    reading : Reading
        What `read_recording` returned.
    channel : str, optional
        Name of the channel; the file's first vibration channel when not given.
    fs_hz : float, optional
        Sampling rate, where the file states none. It may not differ from the file by more than
        1 %: a wrong rate makes every frequency wrong. Where the file contradicts itself it chooses.
    rpm : float, optional
        Shaft speed. It takes the place of the file's, which is often nominal.
    resample : bool
        Resample uneven times to their mean rate, or to `fs_hz`; without it they are refused.

    Returns
    -------
    dict
        ``format``; ``channels``, each with ``name``, ``fs_hz``, ``n_samples``, ``unit`` and
        ``rpm`` as used here (None: unknown), ``fs_source``, ``rpm_source``, ``quantity`` and
        ``vibration``; ``channel``, the measured one; ``features``, name to
        number or None; ``spectrum_peaks`` and ``envelope_peaks``, up to 20 pairs of
        ``frequency_hz`` and ``amplitude``.

    Raises
    ------
    VibrationError
        When there is no such channel, no rate, or a rate or speed that is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> sine = np.sin(2 * np.pi * 50 * np.arange(4096) / 4096)
    >>> report = measure(Reading.of_channels("npy", [Channel("signal", sine)]), fs_hz=4096)
    >>> report["spectrum_peaks"][0]["frequency_hz"]
    50.0
    """
    chosen = rated_channel(reading, channel, fs_hz, resample=resample)
    rate_hz = chosen.fs_hz or math.nan
    speed_rpm = chosen.rpm if rpm is None else _positive(rpm, "speed", "rpm", "rpm")
    features = extract(chosen.samples, rate_hz, None if speed_rpm is None else speed_rpm / 60.0)
    return {
        "format": reading.format,
        "channels": [
            _described(each, rate_hz if each.name == chosen.name else fs_hz, rpm, reading)
            for each in reading.channels
        ],
        "channel": chosen.name,
        "features": {
            name: float(value) if math.isfinite(value) else None
            for name, value in zip(FEATURE_NAMES, features, strict=True)
        },
        "spectrum_peaks": _peaks(*amplitude_spectrum(chosen.samples, rate_hz)),
        "envelope_peaks": _peaks(*envelope_spectrum(chosen.samples, rate_hz)),
    }


def rated_channel(
    reading: Reading, name: str | None = None, fs_hz: float | None = None, *, resample: bool = False
) -> Channel:
    """Return a channel with its sampling rate, said by the file or by the person.

    Parameters
    ----------
    reading : Reading
    name : str, optional
        Of the channel; the first vibration channel when not given.
    fs_hz : float, optional
        Sampling rate in Hz, where the file states none.
    resample : bool
        Resample uneven times; without it they are refused.

    Returns
    -------
    Channel

    Raises
    ------
    VibrationError
        When there is no such channel, no rate, or one that contradicts the file.

    Examples
    --------
    >>> import numpy as np
    >>> reading = Reading.of_channels("npy", [Channel("signal", np.zeros(2048))])
    >>> rated_channel(reading, fs_hz=4096).fs_hz
    4096
    """
    return _with_rate(reading, reading.channel(name), fs_hz, resample=resample)


def _with_rate(
    reading: Reading, channel: Channel, given_hz: float | None, *, resample: bool
) -> Channel:
    uneven = reading.question_about("times", channel) if channel.fs_hz is None else None
    if uneven is not None and uneven.proposal is None and channel.times_s is not None:  # a gap
        raise VibrationError(uneven.sentence, field="times_s")
    if uneven is not None and not resample:
        raise VibrationError(f"{uneven.sentence} Say so with --resample, or repair the times.")
    if given_hz is None:
        if channel.fs_hz is not None:
            return channel
        if uneven is not None and isinstance(uneven.proposal, float):
            return with_rate(channel, uneven.proposal)
        asked = reading.question_about("fs_hz", channel)
        sentence = asked.sentence.removeprefix(ASK).strip() if asked is not None else ""
        raise VibrationError(
            f"The sampling rate of {channel.name} is not known; give it with --fs, in Hz. "
            f"{sentence}".strip(),
            field="fs_hz",
        )
    _positive(given_hz, "sampling rate", "Hz", "fs_hz")
    against = contradicts(channel, given_hz)
    if against:
        raise VibrationError(
            f"{against}, which contradicts --fs {given_hz:g}; leave --fs out.", field="fs_hz"
        )
    return with_rate(channel, given_hz)


def _positive(value: float, meaning: str, unit: str, field: str) -> float:
    if not math.isfinite(value) or value <= 0:
        raise VibrationError(
            f"The {meaning} must be a positive number of {unit}, not {value:g}.", field=field
        )
    return value


def _described(
    channel: Channel, given_hz: float | None, rpm: float | None, reading: Reading
) -> dict[str, Any]:
    fs_hz, fs_source = channel.fs_hz, channel.source_of("fs_hz")
    if fs_hz is None and given_hz is not None and waits_with(channel, reading):
        fs_hz, fs_source = given_hz, Source.PERSON.value
    return {
        "name": channel.name,
        "fs_hz": fs_hz,
        "n_samples": len(channel.samples),
        "unit": channel.unit,
        "rpm": channel.rpm if rpm is None else rpm,
        "fs_source": fs_source,
        "rpm_source": channel.source_of("rpm") if rpm is None else Source.PERSON.value,
        "quantity": channel.quantity,
        "vibration": channel.is_vibration,
    }


def _peaks(f_hz: FloatArray, amplitude: FloatArray) -> list[dict[str, float]]:
    peaks = spectrum_peaks(f_hz, amplitude, n=N_PEAKS, min_hz=MIN_HZ, separation_hz=SEPARATION_HZ)
    return [{"frequency_hz": frequency, "amplitude": height} for frequency, height in peaks]
