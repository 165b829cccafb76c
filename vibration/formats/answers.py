"""What a person says of a channel: weighed against the file, or in place of what it lacks."""

import math
from dataclasses import replace

from vibration.errors import VibrationError
from vibration.formats.facts import agree, contradiction
from vibration.formats.recording import Channel, Origin, Reading, Source
from vibration.formats.resampling import resampled


def contradicts(channel: Channel, fs_hz: float) -> str:
    """Say with what a given rate does not agree within 1 %; empty where it does, or may.

    Where the file contradicts itself, one of its own rates may be chosen.

    Parameters
    ----------
    channel : Channel
        With every statement of its rate.
    fs_hz : float
        The rate given, in Hz.

    Returns
    -------
    str
        The sentence; empty where nothing contradicts.

    Examples
    --------
    >>> import numpy as np
    >>> from vibration.formats.facts import stated
    >>> channel = Channel("DE", np.zeros(4), rates=(stated(12000.0, "line 1"),))
    >>> contradicts(channel, 12010.0)
    ''
    >>> contradicts(channel, 48000.0)
    'The file says 12000 Hz (line 1) for DE'
    """
    if not channel.rates or any(agree(each.value, fs_hz) for each in channel.rates):
        return ""
    return f"The file says {contradiction(channel.rates)} for {channel.name}"


def with_rate(channel: Channel, fs_hz: float) -> Channel:
    """Return a channel at the rate that a person gave; uneven times are resampled to it.

    Parameters
    ----------
    channel : Channel
        Of unknown rate; one whose rate is known is returned as it is.
    fs_hz : float
        Above 0.

    Returns
    -------
    Channel
        Its rate is called given by the person.

    Raises
    ------
    VibrationError
        For a rate that is not positive, or beyond eight times the mean one of uneven times,
        and for times with a gap.

    Examples
    --------
    >>> import numpy as np
    >>> channel = with_rate(Channel("DE", np.zeros(4)), 12000.0)
    >>> channel.fs_hz, channel.source_of("fs_hz")
    (12000.0, 'given by the person')
    """
    if not (math.isfinite(fs_hz) and fs_hz > 0):
        raise VibrationError(f"The sampling rate must be a positive number of Hz, not {fs_hz:g}.")
    if channel.fs_hz is not None:
        return channel
    words, samples = "", channel.samples
    if channel.times_s is not None:
        times_s = channel.times_s
        samples = resampled(samples, times_s, fs_hz)
        words = f"resampled to {fs_hz:.6g} Hz from {times_s.size} samples at uneven times"
    origins = {**channel.origins, "fs_hz": Origin(Source.PERSON, words)}
    return replace(channel, samples=samples, fs_hz=fs_hz, origins=origins, times_s=None)


def waits_with(channel: Channel, reading: Reading) -> bool:
    """Tell whether a rate given for the file is about this channel too.

    An answer is about the samples that are asked about: those of other lengths have other rates.

    Parameters
    ----------
    channel : Channel
        One of the reading's.
    reading : Reading
        Of the whole file.

    Returns
    -------
    bool

    Examples
    --------
    >>> import numpy as np
    >>> fast, slow = Channel("DE", np.zeros(64)), Channel("T", np.zeros(4), is_vibration=False)
    >>> reading = Reading.of_channels("csv", [fast, slow])
    >>> waits_with(fast, reading), waits_with(slow, reading)
    (True, False)
    """
    if channel.fs_hz is not None:
        return False
    asked = {c.samples.size for c in reading.channels if c.is_measurable and c.fs_hz is None}
    return channel.samples.size in asked or not asked
