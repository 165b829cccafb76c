"""Figures of a signal: numbers in, `go.Figure` out. No rows, no request, no colour."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from bearing_portal.dashboards.theme import COMMON, template
from vibration.decimation import bucket_size, min_max

FloatArray = npt.NDArray[np.floating]

LANE_PX = 20  # marks have their labels over the spectrum, in a lane of their own
LOW_ORDERS = 5
SHOWN_HARMONICS = 3
PSD_FLOOR = 1e-20  # −200 dB: a silent bin has no logarithm


@dataclass(frozen=True)
class Region:
    """A span of a record, from sample `first` up to but without `last`."""

    first: int
    last: int
    n_samples: int
    fs_hz: float
    span_s: tuple[float, float] | None = None

    @property
    def shown_s(self) -> tuple[float, float]:
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


def region_of(span_s: list[float] | None, n_samples: int, fs_hz: float) -> Region:
    """Return the samples that a span in seconds touches, one more at each end; None is all."""
    if not span_s:
        return Region(0, n_samples, n_samples, fs_hz)
    start, end = sorted(min(max(edge, 0.0), n_samples / fs_hz) for edge in span_s)
    first = max(0, math.floor(start * fs_hz) - 1)
    last = min(n_samples, math.ceil(end * fs_hz) + 2)
    span = (start, end) if start < end else None
    return Region(min(first, n_samples - 1), last, n_samples, fs_hz, span)


def time_figure(
    samples: FloatArray, region: Region, *, unit: str, theme: str, n_buckets: int, view: str
) -> go.Figure:
    """Amplitude over time, each bucket's lowest and highest sample.

    `view` names what is looked at: while it stays the same, so does what the person changed.
    """
    positions, values = min_max(samples[region.first : region.last], n_buckets)
    time_s = ((positions + region.first) / region.fs_hz).astype(np.float32)
    figure = go.Figure(
        go.Scatter(
            x=time_s,
            y=values,
            mode="lines",
            line={"width": 0.8},
            hovertemplate=f"%{{x:.5f}} s<br>%{{y:.5g}} {unit}<extra></extra>",
        )
    )
    figure.update_layout(template=template(theme), uirevision=view, margin={"b": 36})
    figure.update_xaxes(title_text="Time (s)", range=region.shown_s)
    figure.update_yaxes(
        title_text=f"Accel. ({unit})", range=_padded(samples), zeroline=True, fixedrange=True
    )
    return figure


def time_meta(region: Region, n_buckets: int) -> str:
    n_shown = region.last - region.first
    size = bucket_size(n_shown, n_buckets)
    shown = "every sample shown" if size == 1 else f"shown 1:{size}, min–max"
    start, end = f"{region.start_s:.4g}", f"{region.end_s:.4g}"
    of = "" if region.is_whole else f" of {thin(region.n_samples)}"
    return f"{start}–{end} s · {thin(n_shown)}{of} samples · {shown}"


def spectrum_figure(
    f_hz: FloatArray,
    psd: FloatArray,
    *,
    unit: str,
    shaft_hz: float | None,
    is_low: bool,
    theme: str,
    view: str,
    band_hz: list[float] | None = None,
) -> go.Figure:
    """Power spectral density in dB over frequency, with the shaft's orders marked.

    `band_hz` is what the person zoomed to; None shows the low orders or everything.
    """
    level = 10 * np.log10(np.maximum(psd, PSD_FLOOR))
    figure = go.Figure(
        go.Scatter(
            x0=float(f_hz[0]),
            dx=float(f_hz[1] - f_hz[0]),
            y=level.astype(np.float32),
            mode="lines",
            line={"width": 1.4},
            hovertemplate="%{x:.2f} Hz<br>%{y:.1f} dB<extra></extra>",
        )
    )
    margin = {**COMMON["margin"], "t": LANE_PX + COMMON["margin"]["t"]}
    figure.update_layout(template=template(theme), uirevision=view, margin=margin)
    highest = _highest_shown_hz(f_hz, shaft_hz if is_low else None)
    figure.update_xaxes(
        title_text="Frequency (Hz)",
        range=band_hz or [0, highest],
        showspikes=True,
        spikemode="across",
    )
    levels = _shown_levels(level, f_hz, highest)
    figure.update_yaxes(title_text=f"dB re 1 {unit}²/Hz", range=levels, fixedrange=True)
    _mark_orders(figure, shaft_hz, highest)
    return figure


def spectrum_meta(f_hz: FloatArray, n_samples: int) -> str:
    segment = 2 * (f_hz.size - 1)
    df_hz = float(f_hz[1] - f_hz[0])
    return f"Welch, Hann {thin(segment)}, 50 % · df {df_hz:.3g} Hz · n = {thin(n_samples)}"


def thin(number: int) -> str:
    """Write a whole number with thin spaces between thousands."""
    return f"{number:,}".replace(",", "\u202f")


def _padded(samples: FloatArray) -> list[float]:
    low, high = float(samples.min()), float(samples.max())
    room = 0.06 * (high - low) or 0.1 * abs(high) or 1.0
    return [low - room, high + room]


def _highest_shown_hz(f_hz: FloatArray, shaft_hz: float | None) -> float:
    highest = float(f_hz[-1])
    return min(highest, LOW_ORDERS * shaft_hz) if shaft_hz else highest


def _shown_levels(level: FloatArray, f_hz: FloatArray, highest_hz: float) -> list[float]:
    # the bin at 0 Hz holds what is left of the mean, which would stretch the axis
    seen = level[1 : max(3, int(np.searchsorted(f_hz, highest_hz)))]
    low, high = float(seen.min()), float(seen.max())
    room = 0.06 * (high - low) or 1.0
    return [low - room, high + room]


def _mark_orders(figure: go.Figure, shaft_hz: float | None, highest_hz: float) -> None:
    if not shaft_hz:
        return
    for order in range(1, SHOWN_HARMONICS + 1):
        if order * shaft_hz >= highest_hz:
            return
        figure.add_shape(
            type="line",
            layer="between",
            xref="x",
            yref="paper",
            x0=order * shaft_hz,
            x1=order * shaft_hz,
            y0=0,
            y1=1,
        )
        if order == 1 or highest_hz < 40 * shaft_hz:
            figure.add_annotation(
                x=order * shaft_hz, xref="x", y=1, yref="paper", yanchor="bottom", text=f"{order}X"
            )
