"""The analysis panel: spectrum, envelope spectrum and cepstrum as lines over a common frame."""

import math
from dataclasses import dataclass

import numpy as np

from bearing_portal.dashboards.figures.builder import Draft, Drawing
from bearing_portal.dashboards.figures.theme import COMMON
from bearing_portal.dashboards.viewer.figures.common import (
    LANE_PX,
    FloatArray,
    Span,
    Style,
    axis_name,
    draw_line,
    name_row,
    padded,
    pooled,
    stack,
)
from bearing_portal.dashboards.viewer.figures.marks import Mark, draw_bands, draw_marks

PSD_FLOOR, AMPLITUDE_FLOOR = 1e-20, 1e-10  # −200 dB: a silent bin has no logarithm
LOW_ORDERS = 5
WIDTH = 1.4


@dataclass(frozen=True)
class Curve:
    """One signal's spectrum; x in Hz, orders or ms, y in its unit or in dB."""

    x: FloatArray
    y: FloatArray
    style: Style


@dataclass(frozen=True)
class Expected:
    """What the class usually looks like: 10 %, 50 % and 90 % of its records."""

    x: FloatArray
    low: FloatArray
    median: FloatArray
    high: FloatArray
    colour: str
    name: str


@dataclass(frozen=True)
class Frame:
    """How an analysis is shown; `scale` turns the Hz of marks into the unit of x."""

    x_title: str
    y_title: str
    shown: Span
    theme: str
    subject: str
    width_px: int
    hover: str
    scale: float = 1.0
    is_log_x: bool = False
    is_log_y: bool = False
    is_stacked: bool = False


def in_db(values: FloatArray, *, is_power: bool) -> FloatArray:
    floor, factor = (PSD_FLOOR, 10) if is_power else (AMPLITUDE_FLOOR, 20)
    level: FloatArray = factor * np.log10(np.maximum(values, floor))
    return level


def curves_figure(
    curves: list[Curve],
    frame: Frame,
    *,
    marks: list[Mark] | None = None,
    bands: list[Span] | None = None,
    expected: Expected | None = None,
) -> Drawing:
    """Lines over frequency, order or quefrency, with what is to be expected drawn below them."""
    draft = Draft(frame.theme, frame.subject, t=LANE_PX + COMMON["margin"]["t"])
    if expected is not None:
        _draw_expected(draft, expected, frame)
    rows = len(curves) if frame.is_stacked else 1
    buckets = max(100, frame.width_px // max(1, len(curves) // 2))
    for row, curve in enumerate(curves):
        x, y = pooled(curve.x, curve.y, frame.shown, buckets, keep_all=len(curves) < 3)
        place = row if frame.is_stacked else 0
        draw_line(draft, x, y, curve.style, width=WIDTH, hover=frame.hover, row=place)
    _axes(draft, curves, frame, rows)
    draft.tell(scale=frame.scale, unit=frame.y_title, lane=LANE_PX)
    draw_bands(draft, bands or [], scale=frame.scale)
    in_hz = (frame.shown[0] / frame.scale, frame.shown[1] / frame.scale)
    draw_marks(draft, marks or [], in_hz, frame.width_px, scale=frame.scale)
    return draft.figure()


def _axes(draft: Draft, curves: list[Curve], frame: Frame, rows: int) -> None:
    limits: list[float] = list(frame.shown)
    if frame.is_log_x:
        limits = [math.log10(max(limits[0], float(curves[0].x[1]))), math.log10(limits[1])]
    kind = "log" if frame.is_log_x else "linear"
    draft.axis("xaxis", title={"text": frame.x_title}, type=kind, range=limits)
    stack(draft, rows, fixedrange=True)
    for row in range(rows):
        seen = [curves[row]] if frame.is_stacked else curves
        title = frame.y_title if rows == 1 else ""
        draft.axis(axis_name("yaxis", row), range=_levels(seen, frame), title={"text": title})
        if rows > 1:
            name_row(draft, f"{curves[row].style.name}, {frame.y_title}", row)


def _levels(curves: list[Curve], frame: Frame) -> list[float]:
    lows, highs = [], []
    for curve in curves:
        # the bin at 0 Hz holds what is left of the mean, which would stretch the axis
        first = max(1, int(np.searchsorted(curve.x, frame.shown[0])))
        last = max(first + 2, int(np.searchsorted(curve.x, frame.shown[1], side="right")))
        seen = curve.y[first:last] if curve.y.size > first else curve.y
        lows.append(float(seen.min()))
        highs.append(float(seen.max()))
    low, high = min(lows), max(highs)
    if frame.is_log_y:
        return padded(low, high)
    return [min(0.0, low * 1.06), high * 1.06 or 1.0]


def _draw_expected(draft: Draft, expected: Expected, frame: Frame) -> None:
    parts = (expected.low, expected.high, expected.median)
    low, high, median = (pooled_mean(expected.x, part, frame) for part in parts)
    faint = {"width": 0, "color": expected.colour}
    share = 0.16 if frame.theme == "dark" else 0.13
    fill = f"rgba({', '.join(map(str, _rgb(expected.colour)))}, {share})"
    common = {"mode": "lines", "hoverinfo": "skip"}
    lower, upper, middle = (f"{expected.name}, {part}" for part in ("10 %", "90 %", "median"))
    draft.trace("scatter", x=low[0], y=low[1], line=faint, name=lower, **common)
    band = {"fill": "tonexty", "fillcolor": fill}
    draft.trace("scatter", x=high[0], y=high[1], line=faint, name=upper, **band, **common)
    dotted = {"width": 1.25, "color": expected.colour, "dash": "dot"}
    draft.trace("scatter", x=median[0], y=median[1], line=dotted, name=middle, **common)


def pooled_mean(x: FloatArray, y: FloatArray, frame: Frame) -> tuple[FloatArray, FloatArray]:
    """Return a line's shown part with neighbours averaged down to the figure's pixels."""
    first = max(0, int(np.searchsorted(x, frame.shown[0])) - 1)
    last = min(x.size, int(np.searchsorted(x, frame.shown[1], side="right")) + 1)
    size = max(1, (last - first) // frame.width_px)
    n = (last - first) // size
    seen = slice(first, first + n * size)
    means = (part[seen].reshape(n, size).mean(axis=1) for part in (x, y))
    where, level = (part.astype(np.float32) for part in means)
    return where, level


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
