"""Heat maps: time–frequency, and the kurtogram. Levels travel as bytes, a quarter of the size."""

import math
from dataclasses import dataclass

import numpy as np

from bearing_portal.dashboards.figures.builder import Draft, Drawing
from bearing_portal.dashboards.viewer.figures.common import (
    FloatArray,
    Span,
    axis_name,
    name_row,
    within,
)
from bearing_portal.dashboards.viewer.figures.waveform import GUTTER, PLOT

STEPS = 255
RANGE_DB = 60.0
LEVELS_DB = (-400.0, 400.0)  # what anybody could ask for; float32 holds it
LEAST_DB = 5.0  # a silent record has one level, and a scale two ends
TINY_DB = 1e-6
FLOOR = 1e-20
GAP = 0.03
N_SCALE = 64


@dataclass(frozen=True)
class Picture:
    """A map to draw: rows over frequency, columns over time, power as it was computed."""

    time_s: FloatArray
    f_hz: FloatArray
    power: FloatArray
    name: str


@dataclass(frozen=True)
class MapLook:
    """How maps are shown; without `levels_db` the strongest cell and 60 dB below it."""

    colours: str
    theme: str
    subject: str
    unit: str
    shown_s: Span
    shown_hz: Span
    levels_db: Span | None = None
    is_log: bool = False


def map_figure(pictures: list[Picture], look: MapLook) -> Drawing:
    """Power in dB over time and frequency, one map for each signal."""
    levels = [10 * np.log10(np.maximum(one.power, FLOOR)) for one in pictures]
    low, high = within(look.levels_db, *LEVELS_DB) or _range_of(levels)
    draft = Draft(look.theme, look.subject)
    for row, (picture, level) in enumerate(zip(pictures, levels, strict=True)):
        draft.trace(
            "heatmap",
            x=picture.time_s.astype(np.float32),
            y=picture.f_hz.astype(np.float32),
            z=as_bytes(level, low, high),
            zmin=0,
            zmax=STEPS,
            zsmooth=False,
            colorscale=look.colours,
            showscale=False,
            yaxis=axis_name("y", row),
            name=picture.name,
            hovertemplate="%{x:.4f} s<br>%{y:.2f} Hz<extra></extra>",
            meta={"low": low, "high": high},
        )
    _axes(draft, pictures, look)
    _scale(draft, look, low, high)
    return draft.figure()


def as_bytes(level: FloatArray, low: float, high: float) -> np.ndarray:
    """Return levels as 0 to 255 between `low` and `high`, what lies outside at the ends."""
    share = np.clip((level - low) / max(high - low, TINY_DB), 0.0, 1.0)
    return np.rint(share * STEPS).astype(np.uint8)


def kurtogram_figure(
    f_hz: FloatArray,
    levels: list[str],
    values: FloatArray,
    *,
    band_hz: Span | None,
    best_row: int,
    colours: str,
    theme: str,
    subject: str,
) -> Drawing:
    """Spectral kurtosis over centre frequency and level, the proposed band outlined."""
    draft = Draft(theme, subject, r=8, l=44)
    draft.tell(levels=levels)
    rows = [*range(len(levels))]
    draft.trace(
        "heatmap",
        x=f_hz.astype(np.float32),
        y=np.arange(len(levels), dtype=np.float32),
        z=np.maximum(values, 0).astype(np.float32),
        colorscale=colours,
        showscale=False,
        hovertemplate="%{x:.0f} Hz<br>kurtosis %{z:.2f}<extra></extra>",
    )
    draft.axis("xaxis", title={"text": "Frequency (Hz)"}, fixedrange=True, nticks=5)
    draft.axis(
        "yaxis",
        title={"text": "Level"},
        tickvals=rows,
        ticktext=[level if "." not in level else "" for level in levels],
        autorange="reversed",
        fixedrange=True,
    )
    if band_hz:
        edges = {"x0": band_hz[0], "x1": band_hz[1], "y0": best_row - 0.5, "y1": best_row + 0.5}
        draft.shape(type="rect", **edges, line={"width": 2})
    return draft.figure()


def _range_of(levels: list[FloatArray]) -> Span:
    highest = max(float(level.max()) for level in levels)
    lowest = min(float(np.percentile(level, 5)) for level in levels)
    top = float(np.ceil(highest / 5) * 5)
    low = max(top - RANGE_DB, float(np.floor(lowest / 5) * 5))
    return min(low, top - LEAST_DB), top


def _axes(draft: Draft, pictures: list[Picture], look: MapLook) -> None:
    n = len(pictures)
    height = (1 - GAP * (n - 1)) / n
    draft.axis(
        "xaxis",
        title={"text": "Time (s)"},
        range=list(look.shown_s),
        domain=PLOT,
        anchor=axis_name("y", n - 1),
        showgrid=False,
    )
    limits: list[float] = list(look.shown_hz)
    if look.is_log:
        limits = [math.log10(max(limits[0], float(pictures[0].f_hz[0]))), math.log10(limits[1])]
    for row, picture in enumerate(pictures):
        top = 1 - row * (height + GAP)
        draft.axis(
            axis_name("yaxis", row),
            domain=[max(0.0, top - height), top],
            range=limits,
            type="log" if look.is_log else "linear",
            showgrid=False,
            title={"text": "Frequency (Hz)" if n == 1 else ""},
            **({"nticks": 3} if n > 1 else {}),
        )
        if n > 1:
            name_row(draft, picture.name, row)


def _scale(draft: Draft, look: MapLook, low: float, high: float) -> None:
    """Draw the colour scale as a map of its own: Plotly's would change the plot's width."""
    levels = np.linspace(low, high, N_SCALE)
    draft.trace(
        "heatmap",
        x=np.zeros(1, dtype=np.float32),
        y=levels.astype(np.float32),
        z=as_bytes(levels, low, high)[:, None],
        zmin=0,
        zmax=STEPS,
        colorscale=look.colours,
        showscale=False,
        xaxis="x9",
        yaxis="y9",
        hoverinfo="skip",
        name="Colour scale",
    )
    width = (GUTTER[1] - GUTTER[0]) * 0.3
    gutter = [GUTTER[0], GUTTER[0] + width]
    draft.axis("xaxis9", domain=gutter, visible=False, fixedrange=True, anchor="y9")
    draft.axis(
        "yaxis9",
        side="right",
        anchor="x9",
        range=[low, high],
        fixedrange=True,
        showgrid=False,
        nticks=4,
        ticklen=2,
        title={"text": f"dB re 1 {look.unit}", "standoff": 0},
    )
