"""What the viewer's figures share: regions of a record, styles, stacked axes, pooled lines."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bearing_portal.dashboards.figures.builder import Draft
from vibration.decimation import min_max

FloatArray = npt.NDArray[np.floating]
Span = tuple[float, float]

LANE_PX = 20  # marks have their labels over the spectrum, in a lane of their own
STACK_GAP = 0.05
MOST_POINTS = 16_385  # 64 kB: a line of so many points is sent whole


@dataclass(frozen=True)
class Style:
    """How one of several signals is drawn: colour and dash of its class, and its name.

    Without a colour it is the one signal being looked at.
    """

    name: str
    colour: str | None = None
    dash: str | None = None

    def line(self, width: float) -> dict[str, Any]:
        look: dict[str, Any] = {"width": width}
        if self.colour:
            look["color"] = self.colour
        if self.dash:
            look["dash"] = self.dash
        return look


@dataclass(frozen=True)
class Region:
    """A span of a record, from sample `first` up to but without `last`."""

    first: int
    last: int
    n_samples: int
    fs_hz: float
    span_s: Span | None = None

    @property
    def shown_s(self) -> Span:
        """The span the axis shows: what was asked for, else the whole record."""
        return self.span_s or (0.0, self.n_samples / self.fs_hz)

    @property
    def start_s(self) -> float:
        return self.first / self.fs_hz

    @property
    def end_s(self) -> float:
        return self.last / self.fs_hz

    @property
    def is_whole(self) -> bool:
        return self.last - self.first == self.n_samples


def region_of(span_s: Span | None, n_samples: int, fs_hz: float) -> Region:
    """Return the samples that a span in seconds touches, one more at each end; None is all."""
    if not span_s:
        return Region(0, n_samples, n_samples, fs_hz)
    start, end = sorted(min(max(edge, 0.0), n_samples / fs_hz) for edge in span_s)
    first = max(0, math.floor(start * fs_hz) - 1)
    last = min(n_samples, math.ceil(end * fs_hz) + 2)
    span = (start, end) if start < end else None
    return Region(min(first, n_samples - 1), last, n_samples, fs_hz, span)


def within(span: Span | None, lowest: float, highest: float) -> Span | None:
    """Return the part of a span between two ends; None where nothing of it lies there."""
    if span is None:
        return None
    low, high = max(span[0], lowest), min(span[1], highest)
    return (low, high) if low < high else None


def stack(draft: Draft, n: int, **axis: Any) -> None:
    """Give each of `n` signals a y axis of its own, one over the other, the first on top."""
    height = (1 - STACK_GAP * (n - 1)) / n
    for row in range(n):
        top = 1 - row * (height + STACK_GAP)
        few = {"nticks": 3 if n == 2 else 2} if n > 1 else {}
        draft.axis(axis_name("yaxis", row), domain=[max(0.0, top - height), top], **few, **axis)
    draft.axis("xaxis", anchor=axis_name("y", n - 1))


def axis_name(kind: str, row: int) -> str:
    return kind if row == 0 else f"{kind}{row + 1}"


def name_row(draft: Draft, name: str, row: int) -> None:
    """Write a signal's name into the corner of its part of a stacked figure."""
    label = draft.look["hoverlabel"]
    draft.annotate(
        name,
        bgcolor=label["bgcolor"],
        font={"color": label["font"]["color"]},
        opacity=0.85,
        xref="paper",
        yref=f"{axis_name('y', row)} domain",
        x=0,
        y=1,
        xanchor="left",
        yanchor="top",
        xshift=4,
    )


def draw_line(
    draft: Draft,
    x: FloatArray,
    y: FloatArray,
    style: Style,
    *,
    width: float,
    hover: str,
    row: int = 0,
) -> None:
    """Draw a signal's line. An equidistant axis is sent as two numbers."""
    name = "%{fullData.name}<br>" if style.colour else ""
    draft.trace(
        "scatter",
        **_abscissa(x),
        y=np.asarray(y, dtype=np.float32),
        name=style.name,
        mode="lines",
        yaxis=axis_name("y", row),
        line=style.line(width),
        hovertemplate=f"{name}{hover}<extra></extra>",
    )


def pooled(
    x: FloatArray, y: FloatArray, shown: Span, n_buckets: int, *, keep_all: bool = True
) -> tuple[FloatArray, FloatArray]:
    """Return the part of a line that is shown, its extremes kept; all of it where it is short."""
    if keep_all and x.size <= MOST_POINTS:
        return x, y
    first = max(0, int(np.searchsorted(x, shown[0])) - 1)
    last = min(x.size, int(np.searchsorted(x, shown[1], side="right")) + 1)
    if last - first < 2:
        first, last = 0, x.size
    positions, values = min_max(y[first:last], n_buckets)
    return x[first:last][positions], values


def padded(low: float, high: float, share: float = 0.06) -> list[float]:
    room = share * (high - low) or 0.1 * abs(high) or 1.0
    return [low - room, high + room]


def _abscissa(x: FloatArray) -> dict[str, Any]:
    if x.size > 2:
        steps = np.diff(x)
        if np.ptp(steps) <= 1e-6 * abs(float(steps[0])):
            return {"x0": float(x[0]), "dx": float((x[-1] - x[0]) / (x.size - 1))}
    return {"x": np.asarray(x, dtype=np.float64 if x.size < 4000 else np.float32)}
