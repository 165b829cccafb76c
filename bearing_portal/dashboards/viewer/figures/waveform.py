"""The time panel: extremes over time, how the amplitudes are shared out, how severity grows."""

from dataclasses import dataclass

import numpy as np

from bearing_portal.dashboards.figures.builder import Draft, Drawing, as_text
from bearing_portal.dashboards.viewer.figures.common import (
    FloatArray,
    Region,
    Style,
    axis_name,
    draw_line,
    name_row,
    padded,
    stack,
)
from common.text import thousands
from vibration.decimation import bucket_size

GUTTER = [0.952, 1.0]
PLOT = [0.0, 0.942]  # the time–frequency panel has the same, so that their time axes line up
N_BINS = 48
STRIP_PX = 4


@dataclass(frozen=True)
class Drawn:
    """One signal's part on screen: its extremes over time, and what its axis should hold."""

    time_s: FloatArray
    values: FloatArray
    limits: tuple[float, float]
    style: Style


@dataclass(frozen=True)
class Stage:
    """A level of severity that a record is at from `start_s` to `end_s`."""

    name: str
    colour: str
    start_s: float
    end_s: float


def time_figure(
    drawn: list[Drawn],
    region: Region,
    *,
    title: str,
    unit: str,
    theme: str,
    subject: str,
    stages: tuple[Stage, ...] = (),
    is_stacked: bool = False,
    sample: FloatArray | None = None,
) -> Drawing:
    """Amplitude over time, each bucket's lowest and highest sample; `sample` fills the gutter."""
    draft = Draft(theme, subject)
    hover = f"%{{x:.5f}} s<br>%{{y:.5g}} {as_text(unit)}"
    for row, one in enumerate(drawn):
        place = row if is_stacked else 0
        draw_line(draft, one.time_s, one.values, one.style, width=0.8, hover=hover, row=place)
    draft.axis("xaxis", title={"text": "Time (s)"}, range=list(region.shown_s), domain=PLOT)
    rows = len(drawn) if is_stacked else 1
    stack(draft, rows, fixedrange=True, zeroline=True)
    for row in range(rows):
        shown = [drawn[row]] if is_stacked else drawn
        limits = padded(min(one.limits[0] for one in shown), max(one.limits[1] for one in shown))
        words = title if rows == 1 else ""
        draft.axis(axis_name("yaxis", row), range=limits, title={"text": words})
        if rows > 1:
            name_row(draft, f"{drawn[row].style.name} ({unit})", row)
    if sample is not None and rows == 1:
        _gutter(draft, sample)
    _strip(draft, stages)
    return draft.figure()


def time_meta(region: Region, n_buckets: int) -> str:
    n_shown = region.last - region.first
    size = bucket_size(n_shown, n_buckets)
    shown = "every sample shown" if size == 1 else f"shown 1:{thousands(size)}, min–max"
    start, end = f"{region.start_s:.4g}", f"{region.end_s:.4g}"
    of = "" if region.is_whole else f" of {thousands(region.n_samples)}"
    return f"{start}–{end} s · {thousands(n_shown)}{of} samples · {shown}"


def _gutter(draft: Draft, sample: FloatArray) -> None:
    """Draw how often each amplitude occurs, beside the waveform and on its axis."""
    values = sample.astype(np.float64)
    low, high = float(values.min()), float(values.max())
    largest = max(abs(low), abs(high))
    # Of a constant record: wide enough that its bins differ, however large the constant is.
    room = 0.0 if high - low > 1e-6 * largest else 1e-3 * largest or 0.5
    counts, edges = np.histogram(values, N_BINS, (low - room, high + room))
    draft.trace(
        "scatter",
        x=counts.astype(np.float32),
        y=((edges[:-1] + edges[1:]) / 2).astype(np.float32),
        mode="lines",
        line={"width": 1},
        fill="tozerox",
        opacity=0.6,
        xaxis="x2",
        hoverinfo="skip",
        name="Distribution of the amplitudes",
    )
    draft.axis("xaxis2", domain=GUTTER, visible=False, fixedrange=True, rangemode="tozero")


def _strip(draft: Draft, stages: tuple[Stage, ...]) -> None:
    """Colour the foot of the panel by severity, and write the moment it changes."""
    for stage in stages:
        draft.shape(
            type="rect",
            xref="x",
            yref="paper",
            x0=stage.start_s,
            x1=stage.end_s,
            y0=0,
            y1=STRIP_PX,
            yanchor=0,
            ysizemode="pixel",
            line={"width": 0},
            fillcolor=stage.colour,
        )
    for stage in stages[1:]:
        draft.annotate(
            f"{stage.name.lower()} from {stage.start_s:.2f} s",
            x=stage.start_s,
            y=0,
            xref="x",
            yref="paper",
            xanchor="left",
            yanchor="bottom",
            yshift=STRIP_PX,
        )
