"""CWRU Bearing Data Center: ``X###_DE_time``, ``X###_FE_time``, ``X###_BA_time``, ``X###RPM``.

Accelerations in g. The rate, 12 or 48 kHz, is in no file; the number may differ from the file's
name, and one file may hold two recordings.
"""

import re
from typing import Any

from vibration.formats.mat_values import array, scalar
from vibration.formats.recording import Channel, Recording, checked_samples, positive

_SIGNAL = re.compile(r"^(X\d+)_(DE|FE|BA)_time$")


def cwru_recording(variables: dict[str, Any], name: str) -> Recording | None:
    """Return the recording when the variables have CWRU's names, else None."""
    channels = []
    for key, values in variables.items():
        found = _SIGNAL.match(key)
        samples = array(values)
        if found is None or samples is None:
            continue
        rpm = scalar(variables.get(f"{found.group(1)}RPM"))
        channels.append(
            Channel(
                name=key,
                samples=checked_samples(samples, f"{name}: {key}"),
                unit="g",
                rpm=None if rpm is None else positive(rpm, "speed"),
            )
        )
    return Recording("mat/cwru", tuple(channels)) if channels else None
