"""UESTC bearing data set (doi 10.1109/JSEN.2025.3635217): ``Data`` and ``SampleFrequency``."""

from typing import Any

from vibration.formats.mat_values import array, scalar
from vibration.formats.recording import (
    Channel,
    Recording,
    checked_samples,
    positive,
    split_channels,
)


def uestc_recording(variables: dict[str, Any], name: str) -> Recording | None:
    """Return the recording when the variables have these names, else None."""
    data, rate = array(variables.get("Data")), scalar(variables.get("SampleFrequency"))
    if data is None or rate is None:
        return None
    fs_hz = positive(rate, "sampling rate")
    channels = [
        Channel(title, checked_samples(values, f"{name}: {title}"), fs_hz=fs_hz)
        for title, values in split_channels(data, "Data")
    ]
    return Recording("mat/uestc", tuple(channels))
