"""The shaft's angle behind a record: from its recipe, or from a tacho channel beside it."""

from typing import Any

import numpy as np
import numpy.typing as npt

from bearing_portal.dashboards.viewer.items import Item
from common.errors import Invalid
from signals.errors import told_as
from signals.models import Signal
from signals.selectors import channels_of
from signals.waveforms.sources import source_of
from vibration.spectra.orders import shaft_turns_from_tacho

TACHO_NAMES = ("tacho", "keyphasor", "key phasor", "once per turn")


def turns_of(user: Any, item: Item) -> npt.NDArray[np.float64]:
    """Return the shaft's angle in turns at every sample."""
    turns = item.source.turns
    if turns is not None:
        return turns
    tacho = tacho_of(user, item.signal)
    if tacho is None:
        raise Invalid(
            f"The shaft's angle during {item.signal.label} is not known: it needs a tacho channel "
            "in the same file, or a recipe."
        )
    with told_as(before=f"{tacho.channel}: "):
        return shaft_turns_from_tacho(source_of(user, tacho).whole, tacho.fs_hz)


def tacho_of(user: Any, signal: Signal) -> Signal | None:
    """Return the tacho channel recorded together with a signal."""
    for channel in channels_of(user, signal) if signal.store.upload_id else ():
        same = (channel.fs_hz, channel.n_samples) == (signal.fs_hz, signal.n_samples)
        if same and any(name in channel.channel.lower() for name in TACHO_NAMES):
            return channel
    return None
