"""One feature by group: boxes or violins, a row for each group."""

import math
from collections.abc import Sequence

import numpy as np

from bearing_portal.dashboards.explorer.figures.empty import empty_figure
from bearing_portal.dashboards.explorer.figures.groups import (
    Axis,
    Group,
    Summary,
    density_of,
    name_margin,
    see_through,
    summary_of,
)
from bearing_portal.dashboards.figures.builder import Draft, Drawing
from bearing_portal.dashboards.figures.theme import COMMON

HEIGHT = 0.56  # of a row
FILL = 0.18
FAINT = 0.35
MARKER_PX = 5
WIDE = 30.0


def boxes_figure(
    groups: Sequence[Group],
    axis: Axis,
    *,
    theme: str,
    subject: str,
    chosen: Sequence[str] = (),
    is_violin: bool = False,
) -> Drawing:
    """Draw groups below each other in the order given; where some are chosen the others fade."""
    summaries = [summary_of(group.values, axis) for group in groups]
    if not any(one.n for one in summaries):
        why = "No value is above 0: choose a linear axis." if axis.is_log else "No values."
        return empty_figure(why, theme, subject)
    draft = Draft(theme, subject, l=name_margin([group.name for group in groups]), r=12)
    for row, (group, one) in enumerate(zip(groups, summaries, strict=True)):
        opacity = FAINT if chosen and group.code not in chosen else 1.0
        if not one.n:
            draft.annotate("no values", x=0, xref="paper", y=row, xanchor="left", xshift=6)
        elif is_violin:
            _draw_violin(draft, group, one, axis, row, opacity)
        else:
            _draw_box(draft, group, one, row, opacity)
    draft.axis("xaxis", title={"text": axis.label}, type=axis.kind, **_decades(axis, summaries))
    draft.axis(
        "yaxis",
        tickvals=[*range(len(groups))],
        ticktext=[group.name for group in groups],
        range=[len(groups) - 0.5, -0.5],
        fixedrange=True,
        showgrid=False,
        ticks="",
        zeroline=False,
    )
    codes = [group.code for group in groups]
    draft.tell(codes=codes, log=axis.is_log, twin=_twin(groups, summaries))
    return draft.figure()


def _twin(groups: Sequence[Group], summaries: Sequence[Summary]) -> dict[str, object]:
    """Return the figure's numbers as a table."""
    head = ["Group", "n", "Whisker from", "Lower quartile", "Median", "Upper quartile"]
    head += ["Whisker to", "Beyond", "Left out"]
    rows = []
    for group, one in zip(groups, summaries, strict=True):
        edges = (one.low, one.q1, one.median, one.q3, one.high)
        known = [None if math.isnan(edge) else edge for edge in edges]
        rows.append([group.name, one.n, *known, one.n_outliers, one.n_missing + one.n_without_log])
    return {"head": head, "rows": rows}


def _decades(axis: Axis, summaries: Sequence[Summary]) -> dict[str, object]:
    """Name whole decades where there are several, in plain numbers."""
    if not axis.is_log:
        return {}
    lowest = min(one.low for one in summaries if one.n)
    highest = max(one.high for one in summaries if one.n)
    wide = highest > WIDE * lowest
    return {"tickformat": "~g", **({"dtick": 1} if wide else {"nticks": 6})}


def _draw_box(draft: Draft, group: Group, one: Summary, row: int, opacity: float) -> None:
    draft.trace(
        "box",
        name=group.name,
        orientation="h",
        y=[row],
        q1=[one.q1],
        median=[one.median],
        q3=[one.q3],
        lowerfence=[one.low],
        upperfence=[one.high],
        width=HEIGHT,
        whiskerwidth=0.5,
        fillcolor=see_through(group.colour, FILL),
        line={"color": group.colour, "width": COMMON["boxLineWidth"]},
        opacity=opacity,
        hoverinfo="x+name",
    )
    if one.outliers.size:
        draft.trace(
            "scatter",
            name=group.name,
            x=one.outliers,
            y=np.full(one.outliers.size, row, dtype=np.int16),
            mode="markers",
            marker={"color": group.colour, "symbol": group.symbol, "size": MARKER_PX},
            opacity=opacity * COMMON["markerOpacity"],
            hovertemplate="%{fullData.name}<br>%{x:.4g}, beyond the whiskers<extra></extra>",
        )


def _draw_violin(
    draft: Draft, group: Group, one: Summary, axis: Axis, row: int, opacity: float
) -> None:
    x, density = density_of(group.values, axis)
    half = 0.42 * density
    draft.trace(
        "scatter",
        name=group.name,
        x=np.concatenate([x, x[::-1]]),
        y=np.concatenate([row - half, row + half[::-1]]).astype(np.float32),
        mode="lines",
        fill="toself",
        fillcolor=see_through(group.colour, FILL),
        line={"color": group.colour, "width": COMMON["boxLineWidth"]},
        opacity=opacity,
        hoverinfo="skip",
    )
    draft.trace(
        "scatter",
        name=group.name,
        x=[one.q1, one.median, one.q3],
        y=[row] * 3,
        mode="lines+markers",
        line={"color": group.colour, "width": 3},
        marker={"color": group.colour, "symbol": group.symbol, "size": [0, 7, 0]},
        opacity=opacity,
        text=["lower quartile", "median", "upper quartile"],
        hovertemplate="%{fullData.name}<br>%{text} %{x:.4g}<extra></extra>",
    )
