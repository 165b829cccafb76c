"""The shaft's angle behind a record: from its recipe, or from a tacho channel beside it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bearing_portal.dashboards.viewer.items import Item
from bearing_portal.dashboards.viewer.state import ViewerState
from common.errors import Invalid
from common.text import counted
from signals.errors import told_as
from signals.models import Signal
from signals.selectors import channels_of
from signals.waveforms.sources import source_of
from vibration.spectra.orders import shaft_turns_from_tacho

TACHO_NAMES = ("tacho", "keyphasor", "key phasor", "once per turn")
SAME_SPEED = 0.05  # what a stated speed may differ from the measured one


@dataclass(frozen=True, eq=False)
class Turns:
    """The angle of a shaft in turns at every sample, and where it is known from."""

    angle: npt.NDArray[np.float64]
    source: str
    rpm: float

    def of(self, first: int, last: int) -> float:
        """Return the turns made in a part of the record."""
        return float(self.angle[last - 1] - self.angle[first])

    def rpm_over_time(self, fs_hz: float, n: int = 200) -> tuple[npt.NDArray[np.float64], ...]:
        """Return moments in s and the mean speed around each in rpm."""
        edges = np.unique(np.linspace(0, self.angle.size - 1, n + 1).astype(int))
        turned = np.diff(self.angle[edges]) / np.diff(edges)
        return (edges[:-1] + edges[1:]) / 2 / fs_hz, 60 * fs_hz * turned


def turns_of(user: Any, item: Item, state: ViewerState) -> Turns:
    """Return the shaft's angle of a record, from the tacho chosen or the one beside it."""
    fs_hz = item.source.fs_hz
    turns = item.source.turns
    if turns is not None:
        return Turns(turns, "recipe", _mean_rpm(turns, fs_hz))
    tacho = tacho_of(user, item.signal, state.tacho)
    if tacho is None:
        raise Invalid(
            f"The shaft's angle during {item.signal.label} is not known: it needs a tacho channel "
            "in the same file, or a recipe."
        )
    n_pulses = pulses_of(item.signal, state)
    with told_as(before=f"{tacho.channel}: "):
        angle = shaft_turns_from_tacho(
            source_of(user, tacho).whole, tacho.fs_hz, pulses_per_turn=n_pulses
        )
    pulses = f"{counted(n_pulses, 'pulse')} a turn"
    return Turns(angle, f"{tacho.channel}, {pulses}", _mean_rpm(angle, fs_hz))


def pulses_of(signal: Signal, state: ViewerState) -> int:
    """Return a tacho's pulses per turn: as chosen, else as the recording says, else one."""
    said = signal.recording.pulses_per_turn if signal.recording else None
    return state.pulses_per_turn or said or 1


def contradiction(item: Item, turns: Turns, state: ViewerState) -> str:
    """Return what a tacho says against the stated speed, and the pulses a turn that would agree."""
    stated = item.signal.rpm
    if not stated or abs(turns.rpm / stated - 1) <= SAME_SPEED:
        return ""
    pulses = pulses_of(item.signal, state) * turns.rpm / stated
    words = f"the tacho gives {turns.rpm:.0f} rpm, stated are {stated:.0f}"
    if turns.source != "recipe" and pulses >= 0.5 and abs(pulses / round(pulses) - 1) < SAME_SPEED:
        words += f": {round(pulses)} pulses a turn would agree"
    return words


def tachos_of(user: Any, signal: Signal) -> list[Signal]:
    """Return the channels that could be a signal's tacho: recorded together with it, as long."""
    channels = channels_of(user, signal)
    return [
        channel
        for channel in channels
        if channel.pk != signal.pk
        and (channel.fs_hz, channel.n_samples) == (signal.fs_hz, signal.n_samples)
    ]


def tacho_of(user: Any, signal: Signal, chosen: int | None = None) -> Signal | None:
    """Return the channel chosen as tacho, else the one that is named like one."""
    channels = tachos_of(user, signal)
    picked = [channel for channel in channels if channel.pk == chosen]
    named = [
        channel
        for channel in channels
        if any(name in channel.channel.lower() for name in TACHO_NAMES)
    ]
    return next(iter(picked + named), None)


def _mean_rpm(angle: npt.NDArray[np.float64], fs_hz: float) -> float:
    return float(60 * fs_hz * (angle[-1] - angle[0]) / (angle.size - 1))
