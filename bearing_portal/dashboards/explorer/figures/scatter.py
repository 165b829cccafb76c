"""Points in the plane by class: two features against each other, and projections."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from bearing_portal.dashboards.draft import Draft
from bearing_portal.dashboards.explorer.figures.groups import (
    FloatArray,
    empty_figure,
    see_through,
)
from bearing_portal.dashboards.theme import COMMON

MOST_POINTS = 5_000  # of SVG; the drawing of more by WebGL would need a laxer security policy
FADED = 0.12
ROOM = 0.04
FILL = 0.08

Ids = npt.NDArray[np.int64]
Polygon = Sequence[tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Cloud:
    """Points of one class: ids and labels of the signals, places in the plane."""

    code: str
    name: str
    colour: str
    symbol: str
    pks: Ids
    labels: Sequence[str]
    x: FloatArray
    y: FloatArray


@dataclass(frozen=True)
class Plane:
    """What a scatter's axes say, and how its points are dragged over."""

    x_title: str
    y_title: str
    theme: str
    view: str
    drag: str = "zoom"
    is_square: bool = False


def points_figure(
    clouds: Sequence[Cloud],
    plane: Plane,
    *,
    selected: frozenset[int] | None = None,
    outline: Polygon = (),
    facts: dict[str, Any] | None = None,
) -> go.Figure:
    """Draw points by class; those of a selection stand out and the others fade.

    At most `MOST_POINTS` are drawn, the same share of each class. Points without a place, NaN, are
    left out.
    """
    known = [_known(cloud) for cloud in clouds]
    n_known = sum(len(cloud.pks) for cloud in known)
    if not n_known:
        return empty_figure("No signal has both values.", plane.theme, plane.view)
    draft = Draft(plane.theme, plane.view, r=12)
    for cloud in (_thinned(cloud, n_known) for cloud in known):
        if len(cloud.pks):
            _draw(draft, cloud, selected)
    _axes(draft, known, plane)
    if len(outline) > 2:
        _draw_outline(draft, outline)
    draft.layout(dragmode=plane.drag, selectionrevision=plane.view, selections=[])
    draft.tell(table="points", **(facts or {}))
    return draft.figure()


def n_drawn(n_known: int) -> int:
    """Return how many of so many points are drawn, about."""
    return min(n_known, MOST_POINTS)


def _known(cloud: Cloud) -> Cloud:
    return _at(cloud, np.flatnonzero(np.isfinite(cloud.x) & np.isfinite(cloud.y)))


def _thinned(cloud: Cloud, n_known: int) -> Cloud:
    n = len(cloud.pks)
    if n_known <= MOST_POINTS or n == 0:
        return cloud
    kept = max(1, n * MOST_POINTS // n_known)
    return _at(cloud, np.linspace(0, n - 1, kept).astype(int))


def _at(cloud: Cloud, rows: npt.NDArray[np.intp]) -> Cloud:
    labels = [cloud.labels[row] for row in rows] if len(cloud.labels) else []
    looks = (cloud.code, cloud.name, cloud.colour, cloud.symbol)
    return Cloud(*looks, cloud.pks[rows], labels, cloud.x[rows], cloud.y[rows])


def _draw(draft: Draft, cloud: Cloud, selected: frozenset[int] | None) -> None:
    more: dict[str, Any] = {}
    if selected is not None:
        inside = [place for place, pk in enumerate(cloud.pks.tolist()) if pk in selected]
        more = {
            "selectedpoints": inside,
            "selected": {"marker": {"opacity": 1}},
            "unselected": {"marker": {"opacity": FADED}},
        }
    draft.trace(
        "scatter",
        name=cloud.name,
        x=cloud.x.astype(np.float32),
        y=cloud.y.astype(np.float32),
        mode="markers",
        text=list(cloud.labels),
        customdata=cloud.pks,
        marker={
            "color": cloud.colour,
            "symbol": cloud.symbol,
            "size": COMMON["markerSize"],
            "opacity": COMMON["markerOpacity"],
        },
        hovertemplate=f"%{{text}}<br>{cloud.name}<extra></extra>",
        meta={"code": cloud.code},
        **more,
    )


def _axes(draft: Draft, clouds: Sequence[Cloud], plane: Plane) -> None:
    for name, title, values in (
        ("xaxis", plane.x_title, [cloud.x for cloud in clouds]),
        ("yaxis", plane.y_title, [cloud.y for cloud in clouds]),
    ):
        all_of_them = np.concatenate(values)
        low, high = float(all_of_them.min()), float(all_of_them.max())
        room = ROOM * (high - low) or 0.1 * abs(high) or 1.0
        draft.axis(name, title={"text": title}, range=[low - room, high + room])
    if plane.is_square:
        draft.axis("yaxis", scaleanchor="x", constrain="domain")


def _draw_outline(draft: Draft, outline: Polygon) -> None:
    colour = draft.look["newselection"]["line"]["color"]
    corners = " L ".join(f"{x:g},{y:g}" for x, y in outline)
    draft.shape(
        type="path",
        path=f"M {corners} Z",
        line={"color": colour, "width": 1.5, "dash": "dot"},
        fillcolor=see_through(colour, FILL),
        layer="below",
    )
