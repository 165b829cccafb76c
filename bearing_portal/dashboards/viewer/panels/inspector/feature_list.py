"""The 36 features of a signal, each with the place it has among its class and all classes."""

import math
from typing import Any

from bearing_portal.dashboards.embedding import html
from bearing_portal.dashboards.viewer.panels.inspector.data import Side
from bearing_portal.frame.templatetags.portal import number
from signals.exploration.distributions import Distribution
from signals.models import Signal
from vibration.features import FEATURES
from vibration.features.registry import NO_UNIT, Feature

OPEN_GROUPS = {"time", "frequency"}
UNDEFINED = "–"
SMALL = 0.001  # below it the zeros in front take the place of a digit


def feature_group(side: Side, code: str, title: str) -> html.Details:
    features = [feature for feature in FEATURES if feature.group == code]
    rows = [_row(side.signal, feature, side.distribution) for feature in features]
    note = [html.Span("percentile in class", className="end")] if side.distribution else []
    return html.Details(
        [
            html.Summary([title, html.Span(str(len(features)), className="text-3"), *note]),
            html.Table(html.Tbody(rows)),
        ],
        open=code in OPEN_GROUPS,
        className="features",
    )


def _row(signal: Signal, feature: Feature, distribution: Distribution | None) -> html.Tr:
    value = getattr(signal, feature.name)
    text = feature_text(value)
    own = feature.unit_of(signal.unit)
    unit = "" if text == UNDEFINED or own == NO_UNIT else own
    title = f"{feature.meaning}: {feature.formula}"
    return html.Tr(
        [
            html.Th(_short(feature.title), scope="row", title=f"{feature.title}. {title}"),
            html.Td(text, className="num"),
            html.Td(unit, className="unit"),
            *_strip(feature, value, distribution),
        ]
    )


def _short(title: str) -> str:
    is_band = title.startswith("Band energy")
    return title.replace("Band energy", "Band").removesuffix(" Hz") if is_band else title


def _strip(feature: Feature, value: float | None, distribution: Distribution | None) -> list[Any]:
    """A small strip: the middle half of the class among all, and this value as a tick."""
    if distribution is None:
        return []
    place = distribution.place(feature.name, value)
    if place is None:
        return [html.Td(), html.Td(UNDEFINED, className="num text-3")]
    low, high = place.quartiles
    words = (
        f"{place.in_class:.0f} % of its class (n = {distribution.n_class}) and "
        f"{place.in_all:.0f} % of all (n = {distribution.n_all}) lie below"
    )
    band = {"left": f"{low:.0f}%", "width": f"{max(high - low, 4):.0f}%"}
    track = html.Span(
        [
            html.Span(className="strip-class", style=band),
            html.Span(className="strip-tick", style={"left": f"{place.in_all:.0f}%"}),
        ],
        className="strip",
    )
    return [
        html.Td(track, title=words),
        html.Td(f"{place.in_class:.0f}", className="num percentile"),
    ]


def feature_text(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return number(None)
    return number(value, 3 if abs(value) < SMALL else 4)
