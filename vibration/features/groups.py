"""Groups of features beside the 36: measured where speed, geometry or unit allow, kept by group.

A new group needs an entry here and nothing in the database.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.features.orders import GROUP, GROUP_TITLE, ORDER_FEATURES, order_features
from vibration.features.registry import FEATURE_NAMES, FEATURES, Feature
from vibration.machines.bearings import BearingOrders
from vibration.spectra.integration import velocity_rms

VELOCITY: Final = Feature(
    "velocity_rms",
    "Velocity RMS",
    "mm/s",
    "severity",
    "Vibration severity by ISO 20816: velocity from 10 Hz to 1000 Hz",
    "√(Σ P(f)·(g/(2πf))²·df), 10 Hz ≤ f ≤ 1000 Hz",
)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One channel and what is known of it.

    Attributes
    ----------
    samples : ndarray, (N,)
    fs_hz : float
        Sampling rate in Hz.
    unit : str
        Of the samples.
    shaft_hz : float or None
        Shaft speed in Hz.
    orders : BearingOrders or None
        Of its bearing.
    """

    samples: npt.NDArray[np.float32] | npt.NDArray[np.float64]
    fs_hz: float
    unit: str
    shaft_hz: float | None = None
    orders: BearingOrders | None = None


@dataclass(frozen=True, kw_only=True)
class FeatureGroup:
    """Features that are measured together.

    Attributes
    ----------
    code, title : str
        For programs and for people.
    features : tuple of Feature
        In the order in which their values are kept.
    measure : callable
        Returns the values of a `Measured`, NaN where one is missing.
    """

    code: str
    title: str
    features: tuple[Feature, ...]
    measure: Callable[[Measured], npt.NDArray[np.float64]]


def _orders(of: Measured) -> npt.NDArray[np.float64]:
    return order_features(of.samples, of.fs_hz, of.shaft_hz, of.orders)


def _severity(of: Measured) -> npt.NDArray[np.float64]:
    try:
        return np.array([velocity_rms(of.samples, of.fs_hz, unit=of.unit)])
    except VibrationError:  # another quantity, too short, or too slowly sampled
        return np.array([math.nan])


FEATURE_GROUPS: Final = {
    group.code: group
    for group in (
        FeatureGroup(code=GROUP, title=GROUP_TITLE, features=ORDER_FEATURES, measure=_orders),
        FeatureGroup(
            code="severity", title="ISO 20816 severity", features=(VELOCITY,), measure=_severity
        ),
    )
}
_PLACES: Final = {
    feature.name: (group, place)
    for group in FEATURE_GROUPS.values()
    for place, feature in enumerate(group.features)
}
ALL_FEATURES: Final = {
    **dict(zip(FEATURE_NAMES, FEATURES, strict=True)),
    **{feature.name: feature for group in FEATURE_GROUPS.values() for feature in group.features},
}


def place_of(name: str) -> tuple[FeatureGroup, int] | None:
    """Return the group of a feature and its place among the group's values.

    Parameters
    ----------
    name : str
        Of a feature.

    Returns
    -------
    (FeatureGroup, int) or None
        None for one of the 36, which have columns of their own, and for an unknown name.

    Examples
    --------
    >>> group, place = place_of("order_full_2x")
    >>> group.code, place
    ('bearing_orders', 1)
    >>> place_of("rms") is None
    True
    """
    return _PLACES.get(name)


def codes_of(names: Sequence[str]) -> tuple[str, ...]:
    """Return the groups that features belong to, of the 36 and of those measured beside them.

    Parameters
    ----------
    names : sequence of str
        Of features; unknown ones are left out.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> codes_of(["rms", "kurtosis", "order_full_2x"])
    ('time', 'bearing_orders')
    """
    own = {feature.name: feature.group for feature in FEATURES}
    more = {feature.name: code for code, g in FEATURE_GROUPS.items() for feature in g.features}
    return tuple(dict.fromkeys((own | more)[name] for name in names if name in own or name in more))
