"""MFPT challenge (E. Bechhoefer): a struct ``bearing`` with ``sr``, ``rate``, ``gs`` and ``load``.

``sr`` is the sampling rate, ``rate`` the shaft speed in Hz, ``gs`` the acceleration in g.
"""

from typing import Any

from vibration.formats.mat_values import array, scalar
from vibration.formats.recording import Channel, Recording, checked_samples, positive


def mfpt_recording(variables: dict[str, Any], name: str) -> Recording | None:
    """Return the recording when there is such a struct, else None."""
    fields = variables.get("bearing")
    if not isinstance(fields, dict):
        return None
    samples = array(fields.get("gs"))
    if samples is None:
        return None
    fs_hz, shaft_hz = scalar(fields.get("sr")), scalar(fields.get("rate"))
    channel = Channel(
        name="bearing.gs",
        samples=checked_samples(samples, f"{name}: bearing.gs"),
        fs_hz=None if fs_hz is None else positive(fs_hz, "sampling rate"),
        unit="g",
        rpm=None if shaft_hz is None else 60.0 * positive(shaft_hz, "shaft rate"),
    )
    return Recording("mat/mfpt", (channel,))
