"""What stands beside the figures: a signal's facts, its bearing, its parts, its features."""

from copy import copy
from dataclasses import dataclass
from typing import Any

from bearing_portal.dashboards.viewer.state import ViewerState
from bearing_portal.dashboards.viewer.tracking import tachos_of
from datasets.models import Dataset
from datasets.scope import explorer_scope
from signals.exploration.distributions import Distribution, distribution_of
from signals.filters.at_version import signals_at
from signals.filters.signal_filter import SignalFilter
from signals.models import Bearing, Signal, Version
from signals.selectors import (
    Around,
    channels_of,
    recording_around,
    signal_get,
    splits_of_signal,
    store_visible,
)
from signals.services.bearings import bearing_of, bearings_all
from signals.services.mains import Mains, mains_of
from signals.waveforms.sources import part_titles, source_of

MOST_SPLITS = 5


@dataclass(frozen=True)
class Side:
    """All that the inspector shows of one signal."""

    signal: Signal
    state: ViewerState
    dataset: tuple[int, str] | None
    channels: list[Signal]
    around: Around | None
    tachos: list[Signal]
    bearing: Bearing | None
    bearings: list[tuple[int, str]]
    parts: dict[str, str]
    distribution: Distribution | None
    tags: list[str]
    n_notes: int
    mains: Mains
    version: Version | None
    splits: list[tuple[str, str]]


def side_of(user: Any, state: ViewerState) -> Side:
    signal = signal_get(user, state.signal or 0)
    version = version_of(user, signal, state)
    if version is not None:
        signal = labels_at(version, signal)
    source = source_of(user, signal)
    return Side(
        signal=signal,
        state=state,
        dataset=dataset_of(user, signal),
        channels=channels_of(user, signal),
        around=recording_around(user, signal),
        tachos=tachos_of(user, signal),
        bearing=bearing_of(signal),
        bearings=list(bearings_all().values_list("pk", "name")),
        parts=part_titles(source) if signal.seed_key and not source.is_long else {},
        distribution=distribution_of(signal),
        tags=list(signal.tags.values_list("name", flat=True)),
        n_notes=signal.annotations.count(),
        mains=mains_of(user, signal, source.mains_hz),
        version=version,
        splits=splits_of_signal(signal, MOST_SPLITS),
    )


def version_of(user: Any, signal: Signal, state: ViewerState) -> Version | None:
    """Return the earlier version that the address names, where the signal is of that dataset."""
    scope = explorer_scope(user, SignalFilter.from_query(state.filter_query))
    is_of_it = scope.store is not None and scope.store.pk == signal.store_id
    return scope.version if is_of_it else None


def labels_at(version: Version, signal: Signal) -> Signal:
    """Return a signal with the labels that it had in a version."""
    shown = copy(signal)  # other panels show the same row as it is
    then = (
        signals_at(version).select_related("fault_class", "severity").filter(pk=signal.pk).first()
    )
    if then is not None:
        shown.fault_class, shown.severity = then.fault_class, then.severity
    return shown


def dataset_of(user: Any, signal: Signal) -> tuple[int, str] | None:
    """Return id and name of the dataset that holds a signal; None for an upload."""
    if store_visible(user, signal.store_id) is None:
        return None
    return Dataset.objects.filter(store=signal.store_id).values_list("pk", "name").first()
