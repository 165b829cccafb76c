"""Histograms of a few groups over each other, in common bins."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from bearing_portal.dashboards.explorer.figures.empty import empty_figure
from bearing_portal.dashboards.explorer.figures.groups import (
    Axis,
    FloatArray,
    Group,
    see_through,
)
from bearing_portal.dashboards.figures.builder import Draft, Drawing
from bearing_portal.dashboards.figures.theme import COMMON

FEWEST_BINS, MOST_BINS = 8, 40
MOST_DECADES = 6  # written at the axis
FILL = 0.42
ENTRY_PX = 72


def histogram_figure(
    groups: Sequence[Group],
    axis: Axis,
    *,
    theme: str,
    subject: str,
    facts: dict[str, Any] | None = None,
) -> Drawing:
    """Count the values of a few groups in bins that they share.

    On a logarithmic axis the bins are as wide in logarithms. Bars stand at places of the axis; the
    edges in the feature's unit travel beside them.
    """
    placed = [axis.forward(axis.drawable(group.values)) for group in groups]
    if not sum(part.size for part in placed):
        why = "No value is above 0: choose a linear axis." if axis.is_log else "No values."
        return empty_figure(why, theme, subject)
    edges = bin_edges(np.concatenate(placed))
    low, high = axis.back(edges[:-1]), axis.back(edges[1:])
    centres, width = (edges[:-1] + edges[1:]) / 2, float(edges[1] - edges[0])
    legend = len(groups) > 1 or groups[0].code != ""
    draft = Draft(theme, subject, l=44, r=12, t=28 if legend else COMMON["margin"]["t"])
    for group, part in zip(groups, placed, strict=True):
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
                "%{fullData.name}<br>%{customdata[0]:.4g} to %{customdata[1]:.4g}: "
                "%{y}<extra></extra>"
            ),
            meta={"code": group.code},
        )
    draft.axis("xaxis", title={"text": axis.title}, **_ticks(axis, edges))
    draft.axis("yaxis", title={"text": "Count"}, fixedrange=True, rangemode="tozero")
    draft.layout(
        selectionrevision=subject,
        selections=[],
        barmode="overlay",
        bargap=0,
        dragmode="select",
        selectdirection="h",
        showlegend=legend,
    )
    if legend:
        place = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "font": {"size": 11}}
        room = {"itemwidth": 30, "entrywidth": ENTRY_PX}
        draft.layout(legend={**place, **room, "itemclick": False, "itemdoubleclick": False})
    draft.tell(log=axis.is_log, **(facts or {}))
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
