"""A feature along the runs: a line a run and channel, their onsets, zones of severity behind."""

import numpy as np

from bearing_portal.dashboards.explorer.figures.groups import see_through
from bearing_portal.dashboards.figures.builder import Draft, Drawing
from bearing_portal.frame.design.tokens import TOKENS
from signals.exploration.trends import Trend, TrendLine

MOST_POINTS = 12_000
MOST_NAMED = 8
ZONES = ("success", "info", "warn", "danger")


def trend_figure(
    trend: Trend,
    *,
    theme: str,
    label: str,
    by_time: bool,
    limits: tuple[float, float, float] | None,
    selected: dict[int, list[tuple[int, int]]],
) -> Drawing:
    """Draw the lines; `limits` are those between zones, `selected` spans of positions by run."""
    draft = Draft(
        theme, f"trend {trend.feature.name} {by_time}", l=64, b=40, r=64 if limits else 12
    )
    colours = TOKENS["plotly"]["colorway"][1:]  # the first is a grey, as sound machines are
    most = max(2, MOST_POINTS // max(1, len(trend.lines)))
    coloured = [(line, colours[n % len(colours)]) for n, line in enumerate(trend.lines)]
    named = _named(trend.lines)
    for line, colour in coloured:
        _draw(draft, line, colour, by_time=by_time, most=most, is_named=line in named)
    for line, colour in coloured:  # above all lines
        _mark_onset(draft, line, colour, by_time=by_time)
    if limits:
        _zones(draft, trend, limits)
    for line in trend.lines:
        for low, high in selected.get(line.run, []):
            inside = (line.positions >= low) & (line.positions <= high)
            x = _along(line, by_time=by_time)[inside]
            if x.size:
                _span(draft, float(x[0]), float(x[-1]))
    title = "Time since the first recording (h)" if by_time else "Recording"
    draft.axis("xaxis", title={"text": title})
    draft.axis("yaxis", title={"text": label}, rangemode="tozero" if limits else "normal")
    draft.layout(
        showlegend=len(trend.lines) > 1 and bool(named),
        # from the top of the figure: rows that it wraps into push the axes down
        legend={"orientation": "h", "yref": "container", "y": 1, "yanchor": "top", "x": 0},
        dragmode="select",
        selectdirection="h",
        hovermode="closest",
    )
    draft.tell(
        file=f"trend-{trend.feature.name}",
        twin=_twin(trend, by_time=by_time),
        zones=limits is not None,
    )
    return draft.figure()


def _named(lines: list[TrendLine]) -> list[TrendLine]:
    """Return the lines that the legend names: all where they are few, else those that changed."""
    if len(lines) <= MOST_NAMED:
        return lines
    return [line for line in lines if line.onset.index is not None][:MOST_NAMED]


def _draw(
    draft: Draft, line: TrendLine, colour: str, *, by_time: bool, most: int, is_named: bool
) -> None:
    x, kept = _along(line, by_time=by_time), _kept(line.values, most)
    draft.trace(
        "scatter",
        mode="lines+markers" if line.values.size <= 100 else "lines",
        x=x[kept],
        y=line.values[kept],
        name=line.name,
        showlegend=is_named,
        line={"color": colour, "width": 1.4},
        marker={"color": colour, "size": 5},
        customdata=np.column_stack([line.pks[kept], line.positions[kept]]),
        meta={"run": line.run},
        hovertemplate="%{fullData.name}<br>recording %{customdata[1]}: %{y:.4g}<extra></extra>",
    )


def _mark_onset(draft: Draft, line: TrendLine, colour: str, *, by_time: bool) -> None:
    x, at = _along(line, by_time=by_time), line.onset.index
    if at is not None:
        draft.trace(
            "scatter",
            mode="markers",
            x=[x[at]],
            y=[line.values[at]],
            name=f"Onset of {line.name}",
            showlegend=False,
            marker={
                "symbol": "diamond-open",
                "size": 13,
                "color": colour,
                "line": {"width": 2, "color": colour},
            },
            customdata=[[int(line.pks[at]), int(line.positions[at])]],
            meta={"run": line.run},
            hovertemplate=(
                f"%{{fullData.name}}: recording {line.positions[at]}, the first of three above "
                f"{line.onset.threshold:.4g}<extra></extra>"
            ),
        )


def _along(line: TrendLine, *, by_time: bool) -> np.ndarray:
    return line.hours if by_time and line.hours is not None else line.positions.astype(float)


def _kept(values: np.ndarray, most: int) -> np.ndarray:
    """Return which points to draw: all, or the lowest and the highest of even parts."""
    n = values.size
    if n <= most:
        return np.arange(n)
    parts = np.array_split(np.arange(n), max(1, most // 2))
    kept: list[int] = []
    for part in parts:
        known = part[np.isfinite(values[part])]
        if known.size:
            ends = {int(known[values[known].argmin()]), int(known[values[known].argmax()])}
            kept += sorted(ends)
    return np.array(kept, dtype=np.intp)


def _zones(draft: Draft, trend: Trend, limits: tuple[float, float, float]) -> None:
    known = [
        float(np.nanmax(line.values)) for line in trend.lines if np.isfinite(line.values).any()
    ]
    top = max([*known, limits[0]]) * 1.08
    palette = [TOKENS["color"][draft.theme][code] for code in ZONES]
    edges = [0.0, *(limit for limit in limits if limit < top), top]
    for letter, colour, low, high in zip("ABCD", palette, edges, edges[1:], strict=False):
        draft.shape(
            type="rect", xref="paper", x0=0, x1=1, y0=low, y1=high, layer="below",
            fillcolor=see_through(colour, 0.1), line={"width": 0},
        )  # fmt: skip
        draft.annotate(
            f"Zone {letter}", xref="paper", x=1, xanchor="left", xshift=6,
            y=(low + high) / 2, showarrow=False,
        )  # fmt: skip
    draft.axis("yaxis", range=[0, top])


def _span(draft: Draft, low: float, high: float) -> None:
    colour = TOKENS["color"][draft.theme]["accent"]
    draft.shape(
        type="rect", yref="paper", y0=0, y1=1, x0=low, x1=high, layer="below",
        fillcolor=see_through(colour, 0.12), line={"width": 1, "color": colour},
    )  # fmt: skip


def _twin(trend: Trend, *, by_time: bool) -> dict[str, object]:
    """Return the figure's numbers as a table."""
    head = ["Run and channel", "Recordings", "First", "Last", "Lowest", "Highest", "Onset"]
    rows = []
    for line in trend.lines:
        known = line.values[np.isfinite(line.values)]
        ends = [known[0], known[-1], known.min(), known.max()] if known.size else [None] * 4
        at = line.onset.index
        onset = None if at is None else int(line.positions[at])
        numbers = [end if end is None else float(end) for end in ends]
        rows.append([line.name, len(line.values), *numbers, onset])
    return {"head": head, "rows": rows}
