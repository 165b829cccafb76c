"""Features of the Hilbert envelope."""

import math

from vibration.features.spectral import strongest_frequency
from vibration.features.temporal import central_moments
from vibration.features.waveform import Waveform
from vibration.spectra.envelope import envelope_of
from vibration.spectra.welch import amplitude_spectrum


def demodulated_features(waveform: Waveform) -> tuple[float, ...]:
    """Swing, impulsiveness, peak and rate of one record's envelope, in the registry's order.

    References
    ----------
    R. B. Randall, *Vibration-based Condition Monitoring*, 2nd ed., Wiley 2021, ch. 5.

    Parameters
    ----------
    waveform : Waveform
        A record as `prepare` returns it.

    Returns
    -------
    tuple of float
        One value for each feature of the group; NaN where it is not defined.

    Examples
    --------
    >>> import numpy as np
    >>> from vibration.features.waveform import prepare
    >>> x = np.random.default_rng(1).standard_normal(4096)
    >>> len(demodulated_features(prepare(x, 8000.0, None)))
    4
    """
    envelope = envelope_of(waveform.samples, waveform.spectrum)
    variance, _, fourth = central_moments(envelope)
    return (
        waveform.scale * math.sqrt(variance),
        fourth / variance**2 if variance else math.nan,
        waveform.scale * float(envelope.max()),
        strongest_frequency(*amplitude_spectrum(envelope, waveform.fs_hz)),
    )
