"""What a model is asked about: a signal of the portal, or a channel of a file."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import NotFound
from signals.models import SignalFeatures
from signals.selectors import signals_visible
from signals.services.feature_groups import group_measure
from vibration.features import FEATURE_NAMES, MIN_FEATURE_SAMPLES, extract
from vibration.features.groups import FEATURE_GROUPS, Measured, place_of
from vibration.formats import Channel
from vibration.machines.bearings import BearingOrders


@dataclass(frozen=True, eq=False)
class Subject:
    """One channel as a model sees it.

    Attributes
    ----------
    name : str
        For people.
    features : dict of str to float
        Those that were asked for; NaN where one is missing.
    fs_hz : float
    n_samples : int
    unit : str
    pk : int or None
        Of a signal of the portal.
    """

    name: str
    features: dict[str, float]
    fs_hz: float
    n_samples: int
    unit: str
    pk: int | None = None

    def row(self, names: tuple[str, ...]) -> npt.NDArray[np.float64]:
        """Return features in this order, (m,), as exact as those that models are trained on.

        What is beyond that type is missing, as what is undefined is.
        """
        with np.errstate(over="ignore"):
            kept = np.array([self.features[name] for name in names], dtype=np.float32)
        return np.where(np.isfinite(kept), kept, np.nan).astype(np.float64) + 0.0


def signal_subject(user: Any, pk: int, names: tuple[str, ...]) -> Subject:
    """Return a signal that `user` may read, with the features that a model needs.

    Features of groups that were not measured for its dataset are measured now.
    """
    ways = ("bearing", "recording__specimen__bearing", "store__bearing")
    signal = signals_visible(user).select_related(*ways).filter(pk=pk).first()
    if signal is None:
        raise NotFound("There is no such signal.")
    kept = dict(
        SignalFeatures.objects.filter(signal=pk, group__in=_groups(names)).values_list(
            "group", "values"
        )
    )
    values = {name: getattr(signal, name) for name in names if name in FEATURE_NAMES}
    for code in _groups(names):
        group = FEATURE_GROUPS[code]
        if code not in kept or len(kept[code]) != len(group.features):
            kept[code] = group_measure(signal, group)
        values |= {f.name: value for f, value in zip(group.features, kept[code], strict=True)}
    return Subject(
        name=signal.label,
        features={name: math.nan if values[name] is None else values[name] for name in names},
        fs_hz=signal.fs_hz,
        n_samples=signal.n_samples,
        unit=signal.unit,
        pk=signal.pk,
    )


def channel_subject(
    channel: Channel,
    names: tuple[str, ...],
    *,
    name: str,
    unit: str,
    orders: BearingOrders | None = None,
) -> Subject:
    """Return a channel of a file, whose rate is known, with the features that a model needs."""
    fs_hz = channel.fs_hz or math.nan
    shaft_hz = channel.rpm / 60 if channel.rpm else None
    values = dict.fromkeys(names, math.nan)
    if channel.samples.size >= MIN_FEATURE_SAMPLES:
        own = zip(FEATURE_NAMES, extract(channel.samples, fs_hz, shaft_hz), strict=True)
        values |= {each: float(value) for each, value in own if each in values}
        measured = Measured(
            samples=channel.samples, fs_hz=fs_hz, unit=unit, shaft_hz=shaft_hz, orders=orders
        )
        for code in _groups(names):
            group = FEATURE_GROUPS[code]
            found = zip(group.features, group.measure(measured).tolist(), strict=True)
            values |= {f.name: value for f, value in found if f.name in values}
    return Subject(name, values, fs_hz, int(channel.samples.size), unit)


def _groups(names: tuple[str, ...]) -> list[str]:
    places = (place_of(name) for name in names)
    return list(dict.fromkeys(place[0].code for place in places if place is not None))
