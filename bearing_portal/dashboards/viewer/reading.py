"""Which signal the address names, and which come before and after it, for the person who asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bearing_portal.dashboards.viewer.state import ViewerState, read
from bearing_portal.dashboards.viewer.tracking import tachos_of
from common.errors import NotFound
from datasets.scope import explorer_scope
from signals.filters.neighbours import Neighbours, neighbours, random_of
from signals.filters.signal_filter import SignalFilter
from signals.models import Signal
from signals.selectors import signal_get, signals_visible, store_visible
from vibration.quantities import axis_title, unit_of


@dataclass(frozen=True)
class Opened:
    """A signal that was found, where it stands, and the filter it was reached through."""

    signal: Signal
    place: Neighbours
    filter: SignalFilter
    facts: dict[str, Any]


def opened(user: Any, asked: Mapping[str, Any]) -> Opened | None:
    """Return the signal that an address names; None where it names none."""
    text = str(asked.get("signal") or "").strip()
    if not text:
        return None
    state = read(asked)
    if state.signal is None:
        raise NotFound("There is no such signal.")
    signal = signal_get(user, state.signal)
    chosen = filter_of(state)
    return Opened(
        signal=signal,
        place=neighbours(walked(user, signal, chosen), signal),
        filter=chosen,
        facts={
            "id": signal.pk,
            "label": signal.label,
            "fs_hz": signal.fs_hz,
            "n_samples": signal.n_samples,
            "shaft_hz": signal.shaft_hz,
            "unit": signal.unit,
            "colour": signal.fault_class.colour if signal.fault_class else "",
            "quantity": axis_title(signal.unit).split(" (")[0],
            "is_acceleration": unit_of(signal.unit).quantity.name == "acceleration",
            "tracked": bool(signal.seed_key) or bool(tachos_of(user, signal)),
        },
    )


def signal_exists(user: Any, asked: Mapping[str, Any]) -> bool:
    """Tell whether `user` may read the signal that an address names, if it names one."""
    if not str(asked.get("signal") or "").strip():
        return True
    pk = read(asked).signal
    return pk is not None and signals_visible(user).filter(pk=pk).exists()


def filter_of(state: ViewerState) -> SignalFilter:
    """Return the explorer's filter that an address carries."""
    return SignalFilter.from_query(state.filter_query)


def walked(user: Any, signal: Signal, chosen: SignalFilter) -> Any:
    """Return the signals that Next and Previous walk through: those of the filter, else of the
    signal's own dataset.
    """
    if chosen.is_open:
        is_seen = store_visible(user, signal.store_id) is not None
        own = Signal.objects.filter(store=signal.store_id)
        return own if is_seen else own.none()
    return explorer_scope(user, chosen).signals()


def random_signal(user: Any, signal: Signal, chosen: SignalFilter) -> int | None:
    """Return another signal of those walked through; None where it is the only one."""
    return random_of(walked(user, signal, chosen), signal.pk)
