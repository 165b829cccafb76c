"""The shaft speed that a channel of its own shows, where it hardly varies."""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.formats.blocks import blocks
from vibration.formats.facts import stated
from vibration.formats.recording import Channel, Source, Statement
from vibration.formats.units import unit_of_title
from vibration.formats.words import is_speed_name

_STEADY: Final = 0.01  # of the mean: a speed that varies by less is one number
_SLOWEST_RPM: Final = 60.0
_MEDIAN_OF: Final = 1 << 20


def steady_speed(channels: Iterable[Channel]) -> Statement | None:
    """Return the speed in rpm of the first channel of speeds that stays within 1 %.

    Parameters
    ----------
    channels : iterable of Channel
        Of one recording.

    Returns
    -------
    Statement or None

    Examples
    --------
    >>> steady_speed([Channel("speed", np.full(64, 1500.0), unit="rpm")]).value
    1500.0
    """
    for channel in channels:
        if channel.quantity != "rotational speed" or not (
            is_speed_name(channel.name) or channel.unit == "rpm"
        ):
            continue
        unit = channel.unit or unit_of_title(channel.name) or ""
        is_rpm = unit in ("rpm", "") and "hz" not in channel.name.lower()
        rpm = _steady(channel.samples) if is_rpm else None
        if rpm is not None:
            words = f"mean of {channel.name}, which stays within 1 %"
            return stated(rpm, words, Source.WORKED_OUT)
    return None


def _steady(samples: npt.NDArray[Any]) -> float | None:
    """Return the median of a speed that hardly varies, None for any other."""
    mean, lowest, highest = 0.0, np.inf, -np.inf
    for _, part in blocks(samples):
        mean += float(part.sum(dtype=np.float64)) / samples.size
        lowest, highest = min(lowest, float(part.min())), max(highest, float(part.max()))
    if mean < _SLOWEST_RPM or highest - lowest > _STEADY * mean:
        return None
    return float(np.median(samples[:: 1 + samples.size // _MEDIAN_OF]))
