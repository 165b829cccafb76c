"""The signals on screen: read for the person who asks, each with the way it is drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from bearing_portal.dashboards.viewer.figures.common import Region, Style, region_of
from bearing_portal.dashboards.viewer.state import ViewerState
from common.errors import Invalid
from common.remembered import remembered
from signals.models import Signal
from signals.selectors import signal_get, signals_opened
from signals.services.bearings import bearing_shown
from signals.waveforms.sources import Source, source_at
from vibration.features import FEATURE_NAMES
from vibration.machines.bearings import BearingOrders
from vibration.quantities import QUANTITIES, Unit, conversion_factor, unit_of

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
NO_CLASS_COLOUR = "#626663"


ACCELERATION = QUANTITIES["acceleration"]
Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Item:
    """One signal on screen; its samples come in `unit`, which several share.

    `user` is who looks, `bearing_pk` the bearing chosen for this view.
    """

    signal: Signal
    source: Source
    style: Style
    region: Region
    unit: Unit
    user: Any
    bearing_pk: int | None

    @property
    def own(self) -> Unit:
        """The unit it is stored in."""
        return unit_of(self.signal.unit)

    @cached_property
    def orders(self) -> BearingOrders | None:
        """The lines of the bearing chosen for this view, else of the signal's own."""
        bearing = bearing_shown(self.user, self.signal, self.bearing_pk)
        return bearing.orders if bearing else None

    @property
    def factor(self) -> float:
        return conversion_factor(self.own, self.unit)

    def shown(self, samples: Samples) -> Samples:
        """Return samples as stored in the unit shown."""
        return samples if self.factor == 1.0 else samples * samples.dtype.type(self.factor)

    def read(self, first: int, last: int) -> Samples:
        return self.shown(self.source.read(first, last))

    def excerpt(self, first: int, last: int) -> Samples:
        return self.shown(self.source.excerpt(first, last))

    def in_sight(self) -> Samples:
        """Return the part in sight; refused where it is too long to hold."""
        return self.excerpt(self.region.first, self.region.last)

    def reader_of(self, start: int) -> Callable[[int, int], Samples]:
        read = self.source.reader_of(start)
        return lambda first, last: self.shown(read(first, last))


@dataclass(frozen=True)
class Panel:
    """What a panel shows: its figure, and the words beside its title and below it."""

    figure: Any
    meta: str
    foot: Any = None
    items: tuple[Item, ...] = ()


def items_of(user: Any, state: ViewerState) -> list[Item]:
    """Return the signals on screen, the one being looked at first.

    One of those compared with it that is gone is left out; without the first there is nothing.
    """
    signals = [signal_get(user, state.signal or 0), *_compared(user, state)]
    unit = shown_unit(signals[0], state)
    for signal in signals[1:]:
        _comparable(signal, unit)
    return [
        Item(
            signal,
            _source(signal, state.off if signal.pk == state.signal else ()),
            style,
            region_of(state.span_s, signal.n_samples, signal.fs_hz),
            unit,
            user,
            state.bearing,
        )
        for signal, style in zip(signals, styles_of(signals), strict=True)
    ]


def _compared(user: Any, state: ViewerState) -> list[Signal]:
    others = state.signals[1:]
    if not others:
        return []
    visible = signals_opened(user).defer(*FEATURE_NAMES)
    rows = remembered(("compared", user.pk, others), lambda: visible.in_bulk(others))
    return [rows[pk] for pk in others if pk in rows]


def _source(signal: Signal, off: tuple[str, ...]) -> Source:
    # Several panels of one page read the same samples.
    return remembered(("source", signal.pk, off), lambda: source_at(signal, off))


def shown_unit(signal: Signal, state: ViewerState) -> Unit:
    """Return the unit that everything is shown in: for acceleration the one chosen."""
    own = unit_of(signal.unit)
    return unit_of(state.unit) if state.unit and own.quantity is ACCELERATION else own


def _comparable(signal: Signal, unit: Unit) -> None:
    own = unit_of(signal.unit)
    is_alike = own.quantity is unit.quantity and own.is_known and unit.is_known
    if own.name != unit.name and not is_alike:
        raise Invalid(
            f"{signal.label} is {_of_unit(own)} and cannot be drawn beside {_of_unit(unit)}: take "
            "it out of the comparison."
        )


def _of_unit(unit: Unit) -> str:
    if unit.name == "unknown":
        return "in an unknown unit"
    return f"{unit.quantity.name} in {unit.name}" if unit.is_known else f"in {unit.name}"


def styles_of(signals: list[Signal]) -> list[Style]:
    """Draw the first as the one looked at, the others in their class's colour and dash.

    Several of one class differ by dash and number.
    """
    styles = [Style(signals[0].label)]
    seen: dict[int | None, int] = {}
    for signal in signals[1:]:
        nth = seen.get(signal.fault_class_id, 0)
        seen[signal.fault_class_id] = nth + 1
        colour = signal.fault_class.colour if signal.fault_class else NO_CLASS_COLOUR
        own = signal.fault_class.dash if signal.fault_class else "dash"
        name = signal.label if nth == 0 else f"{signal.label} ({nth + 1})"
        others = [dash for dash in DASHES if dash != own]
        styles.append(Style(name, colour, own if nth == 0 else others[(nth - 1) % len(others)]))
    return styles
