"""What stands beside the figures: a signal's facts, its bearing, its parts, its features."""

from dataclasses import dataclass
from typing import Any

from bearing_portal.dashboards.viewer.state import ViewerState
from bearing_portal.dashboards.viewer.tracking import tachos_of
from datasets.selectors import datasets_visible
from signals.exploration.distributions import Distribution, distribution_of
from signals.models import Bearing, Signal
from signals.selectors import Around, channels_of, recording_around, signal_get
from signals.services.bearings import bearing_of, bearings_all
from signals.services.mains import Mains, mains_of
from signals.waveforms.sources import part_titles, source_of


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


def side_of(user: Any, state: ViewerState) -> Side:
    signal = signal_get(user, state.signal or 0)
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
    )


def dataset_of(user: Any, signal: Signal) -> tuple[int, str] | None:
    """Return id and name of the dataset that holds a signal; None for an upload."""
    rows = datasets_visible(user).filter(store=signal.store_id).values_list("pk", "name")
    return rows.first()
