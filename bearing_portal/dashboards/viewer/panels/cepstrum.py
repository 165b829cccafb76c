"""The real cepstrum: families of harmonics as single lines over quefrency."""

from typing import Any

import numpy as np

from bearing_portal.dashboards.viewer.figures.common import within
from bearing_portal.dashboards.viewer.figures.lines import Curve, Frame, curves_figure
from bearing_portal.dashboards.viewer.figures.marks import Mark
from bearing_portal.dashboards.viewer.items import Item, Panel, items_of
from bearing_portal.dashboards.viewer.state import ViewerState
from signals.errors import told_as
from vibration.spectra.cepstrum import real_cepstrum

LOWEST_MS = 1.0
SHOWN_TURNS = 3.0
SHOWN_MS = 60.0


def cepstrum_panel(user: Any, state: ViewerState) -> Panel:
    items = items_of(user, state)
    curves = [_curve(item) for item in items]
    first = items[0]
    frame = _frame(first, state, float(curves[0].x[-1]))
    figure = curves_figure(curves, frame, marks=_marks(first, state))
    start, end = f"{first.region.start_s:.4g}", f"{first.region.end_s:.4g}"
    return Panel(figure, f"Real cepstrum of the whole spectrum · region {start}–{end} s")


def _curve(item: Item) -> Curve:
    samples = item.in_sight()
    with told_as():
        quefrency_s, values = real_cepstrum(samples, item.source.fs_hz)
    x_ms = np.asarray(quefrency_s) * 1e3
    first = int(np.searchsorted(x_ms, LOWEST_MS))  # below it stands the spectrum's own slope
    return Curve(x_ms[first:], np.asarray(values)[first:], item.style)


def _marks(item: Item, state: ViewerState) -> list[Mark]:
    """Return where the turn of the shaft and the passages of the bearing stand, in ms."""
    shaft_hz = item.signal.shaft_hz
    if not shaft_hz:
        return []
    marks = [Mark(k * 1e3 / shaft_hz, f"{k}T", "shaft", k) for k in (1, 2, 3)]
    orders = item.orders if "bearing" in state.marks else None
    if orders is not None:
        named = {"BPFO": orders.bpfo, "BPFI": orders.bpfi, "BSF": orders.bsf, "FTF": orders.ftf}
        marks += [Mark(1e3 / (order * shaft_hz), name, "bearing") for name, order in named.items()]
    return marks


def _frame(item: Item, state: ViewerState, highest_ms: float) -> Frame:
    shaft_hz = item.signal.shaft_hz
    usual = SHOWN_TURNS * 1e3 / shaft_hz if shaft_hz else SHOWN_MS
    shown = within(state.quefrency_ms, LOWEST_MS, highest_ms)
    shown = shown or (LOWEST_MS, highest_ms if state.is_full else min(usual, highest_ms))
    return Frame(
        x_title="Quefrency (ms)",
        y_title="Cepstrum",
        shown=shown,
        theme=state.theme,
        subject=f"{item.signal.pk} cepstrum {state.is_full}",
        width_px=state.width_px,
        hover="%{x:.4g} ms<br>%{y:.4g}",
        is_log_y=True,
        is_stacked=state.is_stacked,
    )
