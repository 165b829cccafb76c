"""Histograms of a few groups over each other, in common bins."""

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from bearing_portal.dashboards.draft import Draft
from bearing_portal.dashboards.explorer.figures.groups import (
    Axis,
    FloatArray,
    Group,
    empty_figure,
    see_through,
)
from bearing_portal.dashboards.theme import COMMON

MOST_GROUPS = 4
FEWEST_BINS, MOST_BINS = 8, 40
MOST_DECADES = 6  # written at the axis
FILL = 0.42


def histogram_figure(
    groups: Sequence[Group], axis: Axis, *, theme: str, view: str, legend: bool = True
) -> go.Figure:
    """Count the values of at most four groups in bins that they share.

    On a logarithmic axis the bins are as wide in logarithms. Bars stand at places of the axis; the
    edges in the feature's unit travel beside them.
    """
    shown = groups[:MOST_GROUPS]
    placed = [axis.forward(axis.drawable(group.values)) for group in shown]
    if not sum(part.size for part in placed):
        why = "No value is above 0: choose a linear axis." if axis.is_log else "No values."
        return empty_figure(why, theme, view)
    edges = bin_edges(np.concatenate(placed))
    low, high = axis.back(edges[:-1]), axis.back(edges[1:])
    centres, width = (edges[:-1] + edges[1:]) / 2, float(edges[1] - edges[0])
    draft = Draft(theme, view, l=44, r=12, t=28 if legend else COMMON["margin"]["t"])
    for group, part in zip(shown, placed, strict=True):
        counts = np.histogram(part, edges)[0]
        draft.trace(
            "bar",
            name=group.name,
            x=centres,
            y=counts.astype(np.int32),
            width=width,
            customdata=np.stack([low, high], axis=1),
            marker={
                "color": see_through(group.colour, FILL),
                "line": {"color": group.colour, "width": 1},
            },
            hovertemplate=(
                f"{group.name}<br>%{{customdata[0]:.4g}} to %{{customdata[1]:.4g}}: "
                "%{y}<extra></extra>"
            ),
            meta={"code": group.code},
        )
    draft.axis("xaxis", title={"text": axis.title}, **_ticks(axis, edges))
    draft.axis("yaxis", title={"text": "Count"}, fixedrange=True, rangemode="tozero")
    draft.layout(
        barmode="overlay", bargap=0, dragmode="select", selectdirection="h", showlegend=legend
    )
    if legend:
        place = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"}
        draft.layout(legend={**place, "itemclick": False, "itemdoubleclick": False})
    draft.tell(codes=[group.code for group in shown], table="histogram")
    return draft.figure()


def bin_edges(placed: FloatArray) -> FloatArray:
    """Return edges of bins of one width by Freedman and Diaconis, 8 to 40 of them.

    References
    ----------
    D. Freedman, P. Diaconis, "On the histogram as a density estimator: L2 theory", Z.
    Wahrscheinlichkeitstheorie 57 (1981), 453–476.
    """
    low, high = float(placed.min()), float(placed.max())
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-300):
        room = 0.05 * abs(low) or 0.5
        return np.linspace(low - room, low + room, FEWEST_BINS + 2)
    q1, q3 = np.quantile(placed, (0.25, 0.75))
    step = 2 * float(q3 - q1) / placed.size ** (1 / 3)
    wanted = math.ceil((high - low) / step) if step > 0 else MOST_BINS
    return np.linspace(low, high, min(max(wanted, FEWEST_BINS), MOST_BINS) + 1)


def _ticks(axis: Axis, edges: FloatArray) -> dict[str, object]:
    """Name the decades of a logarithmic axis, whose bars stand at logarithms."""
    if not axis.is_log:
        return {}
    first, last = math.ceil(edges[0]), math.floor(edges[-1])
    if last - first < 1:  # within a decade: name the ends
        at = [float(edges[0]), float(edges[-1])]
        return {"tickvals": at, "ticktext": [f"{10**place:.3g}" for place in at]}
    step = max(1, math.ceil((last - first) / MOST_DECADES))
    places = [*range(first, last + 1, step)]
    return {"tickvals": places, "ticktext": [_power(place) for place in places]}


def _power(place: int) -> str:
    return f"{10.0**place:g}" if -3 <= place <= 4 else f"10<sup>{place}</sup>"
