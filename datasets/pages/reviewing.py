"""The page on which labels are reviewed: who is offered, and both pictures."""

from dataclasses import dataclass
from typing import Any, Final

from common.errors import NotFound
from datasets.imports.drawing import Plot, spectrum_plot, time_plot
from datasets.imports.pictures import BUCKETS, LONGEST, picture_made
from datasets.models import Dataset
from datasets.scope import scope_of_part
from signals.exploration.suspects import Suspect, label_suspects
from signals.models import FaultClass, Signal
from signals.selectors import may_label
from signals.waveforms.sources import source_of

LISTED: Final = 100


@dataclass(frozen=True)
class Line:
    """One signal of the list."""

    signal: Signal
    proposed: FaultClass
    suspect: Suspect

    @property
    def percent(self) -> int:
        return round(100 * self.suspect.share)


@dataclass(frozen=True)
class Pictured:
    """A signal with its pictures."""

    signal: Signal
    plots: list[Plot]


def review_shown(user: Any, dataset: Dataset, signal_pk: int | None) -> dict[str, Any]:
    """Return what the page shows: the list, and one signal beside its nearest neighbour.

    Parameters
    ----------
    signal_pk : int or None
        Which one; the first where it is none of the list.
    """
    found = label_suspects(user, scope_of_part(user, dataset.pk, ""))
    suspects = found.open[:LISTED]
    pks = {pk for each in suspects for pk in (each.signal, each.neighbour)}
    signals = Signal.objects.select_related("store", "fault_class", "severity", "recording")
    known = {signal.pk: signal for signal in signals.filter(pk__in=pks)}
    classes = {each.pk: each for each in FaultClass.objects.all()}
    lines = [
        Line(known[each.signal], classes[each.proposed], each)
        for each in suspects
        if each.signal in known and each.neighbour in known and each.proposed in classes
    ]
    context: dict[str, Any] = {
        "found": found,
        "lines": lines,
        "n_open": len(found.open),
        "may_label": may_label(user, dataset.store),
        "classes": sorted(classes.values(), key=lambda each: each.position),
    }
    if not lines:
        return context
    place = next((i for i, line in enumerate(lines) if line.signal.pk == signal_pk), 0)
    shown = lines[place]
    return context | {
        "shown": shown,
        "place": place + 1,
        "before": lines[place - 1] if place else None,
        "after": lines[place + 1] if place + 1 < len(lines) else None,
        "pictured": [
            pictured(user, shown.signal),
            pictured(user, known[shown.suspect.neighbour]),
        ],
    }


def pictured(user: Any, signal: Signal) -> Pictured:
    """Return a signal's time record and spectrum, as they are drawn."""
    with source_of(user, signal) as source:
        n = source.n_samples
        picture = picture_made(source.extremes(0, n, BUCKETS), source.read(0, min(n, LONGEST)), n)
    plots = [
        time_plot(picture, signal.fs_hz, signal.unit),
        spectrum_plot(picture, signal.fs_hz, signal.unit),
    ]
    return Pictured(signal, [plot for plot in plots if plot is not None])


def reviewed_signal(dataset: Dataset, pk: int) -> Signal:
    """Return a signal of a dataset, found with the rights of who asks."""
    found = Signal.objects.select_related("store", "fault_class")
    signal = found.filter(store=dataset.store_id, pk=pk).first()
    if signal is None:
        raise NotFound("There is no such signal.")
    return signal
