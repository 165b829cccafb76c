"""Points in the plane by class: two features against each other, and projections."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bearing_portal.dashboards.explorer.figures.empty import empty_figure
from bearing_portal.dashboards.explorer.figures.groups import (
    FloatArray,
    see_through,
)
from bearing_portal.dashboards.figures.builder import Draft, Drawing, titled
from bearing_portal.dashboards.figures.theme import COMMON

MOST_POINTS = 5_000  # of SVG; the drawing of more by WebGL would need a laxer security policy
FADED = 0.2
ROOM = 0.04
FILL = 0.08
SCALE = "Viridis"  # even in lightness, told apart by the colour-blind, seen on either ground

Ids = npt.NDArray[np.int64]
Polygon = Sequence[tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Cloud:
    """Points of one class: ids and labels of the signals, places in the plane; where the plane has
    a scale also the values that colour them, NaN where one is missing.
    """

    code: str
    name: str
    colour: str
    symbol: str
    pks: Ids
    labels: Sequence[str]
    x: FloatArray
    y: FloatArray
    shades: FloatArray | None = None


@dataclass(frozen=True)
class Plane:
    """What a scatter's axes say, and how its points are dragged over; a logarithmic axis is of
    positive values.
    """

    x_title: str
    y_title: str
    theme: str
    subject: str
    drag: str = "zoom"
    is_log_x: bool = False
    is_log_y: bool = False
    scale_title: str = ""


def points_figure(
    clouds: Sequence[Cloud],
    plane: Plane,
    *,
    selected: frozenset[int] | None = None,
    outline: Polygon = (),
    facts: dict[str, Any] | None = None,
) -> Drawing:
    """Draw points by class; those of a selection stand out and the others fade.

    Where the clouds have shades, colours tell these and symbols alone the class.
    At most `MOST_POINTS` are drawn, the same share of each class. Points without a place, NaN, are
    left out.
    """
    drawn = drawn_of(clouds)
    if not drawn:
        return empty_figure("No signal has both values.", plane.theme, plane.subject)
    draft = Draft(plane.theme, plane.subject, r=12)
    scale = _scale(drawn, plane)
    for cloud in drawn:
        _draw(draft, cloud, selected, scale)
    _axes(draft, drawn, plane)
    if len(outline) > 2:
        _draw_outline(draft, outline)
    draft.layout(dragmode=plane.drag, selectionrevision=plane.subject, selections=[])
    draft.tell(**(facts or {}))
    return draft.figure()


def drawn_of(clouds: Sequence[Cloud]) -> list[Cloud]:
    """Return what is drawn of clouds: points with a place, at most `MOST_POINTS`, none empty."""
    known = [
        _at(cloud, np.flatnonzero(np.isfinite(cloud.x) & np.isfinite(cloud.y))) for cloud in clouds
    ]
    n_known = sum(len(cloud.pks) for cloud in known)
    return [_thinned(cloud, n_known) for cloud in known if len(cloud.pks)]


def _thinned(cloud: Cloud, n_known: int) -> Cloud:
    n = len(cloud.pks)
    if n_known <= MOST_POINTS:
        return cloud
    kept = max(1, n * MOST_POINTS // n_known)
    return _at(cloud, np.linspace(0, n - 1, kept).astype(int))


def _at(cloud: Cloud, rows: npt.NDArray[np.intp]) -> Cloud:
    labels = [cloud.labels[row] for row in rows] if len(cloud.labels) else []
    looks = (cloud.code, cloud.name, cloud.colour, cloud.symbol)
    shades = None if cloud.shades is None else cloud.shades[rows]
    return Cloud(*looks, cloud.pks[rows], labels, cloud.x[rows], cloud.y[rows], shades)


def _scale(clouds: Sequence[Cloud], plane: Plane) -> dict[str, Any]:
    """Return the scale that all clouds share; empty where none has shades."""
    shades = [cloud.shades for cloud in clouds if cloud.shades is not None]
    known = np.concatenate([part[np.isfinite(part)] for part in shades]) if shades else np.zeros(0)
    if not known.size:
        return {}
    low, high = (float(end) for end in np.quantile(known, (0.01, 0.99)))
    if low == high:
        low, high = float(known.min()), float(known.max())
    title = titled(plane.scale_title, side="right")
    return {
        "cmin": low,
        "cmax": high if high > low else low + 1,
        "colorscale": SCALE,
        "colorbar": {"title": title, "thickness": 10, "outlinewidth": 0, "tickformat": "~g"},
    }


def _draw(
    draft: Draft, cloud: Cloud, selected: frozenset[int] | None, scale: dict[str, Any]
) -> None:
    if scale and cloud.shades is not None:
        known = np.isfinite(cloud.shades)
        _draw_shaded(draft, _at(cloud, np.flatnonzero(known)), selected, scale)
        cloud = _at(cloud, np.flatnonzero(~known))
        if not len(cloud.pks):
            return
    _draw_points(draft, cloud, selected, {"color": cloud.colour}, "%{fullData.name}")


def _draw_shaded(
    draft: Draft, cloud: Cloud, selected: frozenset[int] | None, scale: dict[str, Any]
) -> None:
    if cloud.shades is None or not len(cloud.pks):
        return
    has_bar = not any(trace.get("marker", {}).get("showscale") for trace in draft.traces)
    look = {"color": cloud.shades.astype(np.float32), **scale, "showscale": has_bar}
    title = scale["colorbar"]["title"]["text"]
    words = f"%{{fullData.name}}<br>{title}: %{{marker.color:.4g}}"
    _draw_points(draft, cloud, selected, look, words)


def _draw_points(
    draft: Draft,
    cloud: Cloud,
    selected: frozenset[int] | None,
    look: dict[str, Any],
    words: str,
) -> None:
    more: dict[str, Any] = {}
    if selected is not None:
        inside = [place for place, pk in enumerate(map(int, cloud.pks)) if pk in selected]
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
            **look,
            "symbol": cloud.symbol,
            "size": COMMON["markerSize"],
            "opacity": COMMON["markerOpacity"],
        },
        hovertemplate=f"%{{text}}<br>{words}<extra></extra>",
        meta={"code": cloud.code},
        **more,
    )


def _axes(draft: Draft, clouds: Sequence[Cloud], plane: Plane) -> None:
    x, y = (np.concatenate([getattr(cloud, name) for cloud in clouds]) for name in ("x", "y"))
    _axis(draft, "xaxis", plane.x_title, x, is_log=plane.is_log_x)
    _axis(draft, "yaxis", plane.y_title, y, is_log=plane.is_log_y)


def _axis(draft: Draft, name: str, title: str, values: FloatArray, *, is_log: bool) -> None:
    placed = np.log10(values.astype(float)) if is_log else values
    low, high = float(placed.min()), float(placed.max())
    room = ROOM * (high - low) or 0.1 * abs(high) or 1.0
    look: dict[str, Any] = {"type": "log", "tickformat": "~g"} if is_log else {}
    if is_log and high - low > 1:
        look["dtick"] = 1
    words = f"{title}, log scale" if is_log else title
    draft.axis(name, title={"text": words}, range=[low - room, high + room], **look)


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
