"""The signals on screen: read for the person who asks, each with the way it is drawn."""

from dataclasses import dataclass
from typing import Any

from bearing_portal.dashboards.viewer.figures.common import Region, Style, region_of
from bearing_portal.dashboards.viewer.state import View
from common.errors import NotFound
from signals.models import Signal
from signals.selectors import signals_visible, store_path
from signals.services.bearings import bearing_get, bearing_of
from signals.waveforms.sources import Source
from vibration.features import FEATURE_NAMES
from vibration.machines.bearings import BearingOrders

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
NO_CLASS_COLOUR = "#626663"


@dataclass(frozen=True)
class Item:
    """One signal on screen."""

    signal: Signal
    source: Source
    style: Style
    region: Region


@dataclass(frozen=True)
class Panel:
    """What a panel shows: its figure, and the words beside its title and below it."""

    figure: Any
    meta: str
    foot: Any = None
    items: tuple[Item, ...] = ()


def items_of(user: Any, view: View) -> list[Item]:
    """Return the signals on screen, the one being looked at first.

    One of those compared with it that is gone is left out; without the first there is nothing.
    """
    visible = signals_visible(user).select_related("store__bearing", "bearing")
    rows = visible.defer(*FEATURE_NAMES).in_bulk(view.signals)
    if view.signal not in rows:
        raise NotFound("There is no such signal.")
    signals = [rows[pk] for pk in view.signals if pk in rows]
    return [
        Item(
            signal,
            Source(signal, store_path(signal.store), view.off if signal.pk == view.signal else ()),
            style,
            region_of(view.span_s, signal.n_samples, signal.fs_hz),
        )
        for signal, style in zip(signals, styles_of(signals), strict=True)
    ]


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


def orders_of(view: View, signal: Signal) -> BearingOrders | None:
    """Return the lines of the bearing chosen for this view, else of the signal's own."""
    bearing = bearing_get(view.bearing) if view.bearing else bearing_of(signal)
    return bearing.orders if bearing else None
