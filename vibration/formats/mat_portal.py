"""The portal's own MATLAB export: ``signals`` (samples, records) with ``fs`` and the index."""

from typing import Any

import numpy as np

from vibration.errors import VibrationError
from vibration.formats.mat_values import array, scalar
from vibration.formats.recording import Channel, Recording, checked_samples, positive
from vibration.store import FORMAT


def portal_recording(variables: dict[str, Any], name: str) -> Recording | None:
    """Return one channel per record when the portal wrote the file, else None."""
    signals, fs_hz = array(variables.get("signals")), scalar(variables.get("fs"))
    if variables.get("format") != FORMAT or signals is None or signals.ndim != 2:
        return None
    unit, rpm = variables.get("unit"), array(variables.get("rpm"))
    speeds = np.full(signals.shape[1], np.nan) if rpm is None else rpm.reshape(-1)
    if len(speeds) != signals.shape[1]:
        raise VibrationError(f"{name} has {len(speeds)} speeds for {signals.shape[1]} records.")
    channels = [
        Channel(
            name=f"record {row}",
            samples=checked_samples(signals[:, row], f"{name}: record {row}"),
            fs_hz=None if fs_hz is None else positive(fs_hz, "sampling rate"),
            unit=unit if isinstance(unit, str) else None,
            rpm=float(speeds[row]) if np.isfinite(speeds[row]) else None,
        )
        for row in range(signals.shape[1])
    ]
    return Recording("mat/portal", tuple(channels))
