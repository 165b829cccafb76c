"""The envelope spectrum of a band, what a bearing's lines are there, and the band proposed."""

from typing import Any

import numpy as np

from bearing_portal.dashboards.figures.builder import as_text
from bearing_portal.dashboards.viewer.axis_marks import BEYOND, marks_of, scale_of
from bearing_portal.dashboards.viewer.figures import marks as marking
from bearing_portal.dashboards.viewer.figures.common import within
from bearing_portal.dashboards.viewer.figures.lines import Curve, Frame, curves_figure, in_db
from bearing_portal.dashboards.viewer.figures.maps import kurtogram_figure
from bearing_portal.dashboards.viewer.items import Item, Panel, items_of
from bearing_portal.dashboards.viewer.state import ViewerState
from signals.errors import told_as
from vibration.machines.bearings import bearing_lines
from vibration.machines.slip import Judgement, judge_lines
from vibration.quantities import powered_unit
from vibration.spectra.envelope import band_envelope_spectrum
from vibration.spectra.kurtogram import Kurtogram, fast_kurtogram
from vibration.spectra.samples import FloatArray

SHOWN_ORDERS = 12.0
SHOWN_HZ = 400.0
LINE_HARMONICS = 3


def envelope_panel(user: Any, state: ViewerState) -> Panel:
    items = items_of(user, state)
    first = items[0]
    spectra = [spectrum_of(item, state) for item in items]
    scale = scale_of(first, state, items)
    curves = [
        Curve(
            f_hz * scale_of(item, state, items),
            values if state.is_linear else in_db(values, is_power=False),
            item.style,
        )
        for (f_hz, values), item in zip(spectra, items, strict=True)
    ]
    marks = marks_of(user, first, state)
    bands = marking.tolerance_bands(marks)
    figure = curves_figure(
        curves, _frame(first, state, spectra[0], scale), marks=marks, bands=bands
    )
    return Panel(figure, _meta(first, state, spectra[0]), found_lines(first, spectra[0]))


def spectrum_of(item: Item, state: ViewerState) -> tuple[FloatArray, FloatArray]:
    """Return the envelope spectrum of the part in sight, in the band chosen."""
    samples = item.in_sight()
    with told_as():
        return band_envelope_spectrum(samples, item.source.fs_hz, state.demodulated_hz)


def found_lines(item: Item, spectrum: tuple[FloatArray, FloatArray]) -> Judgement | None:
    """Return the bearing's lines looked for, judged together; None without bearing or speed."""
    orders, shaft_hz = item.orders, item.signal.shaft_hz
    if orders is None or not shaft_hz:
        return None
    lines = bearing_lines(orders, shaft_hz, harmonics=LINE_HARMONICS)
    return judge_lines(*spectrum, lines, shaft_hz=shaft_hz, tolerance=marking.TOLERANCE)


def kurtogram_panel(user: Any, state: ViewerState) -> Panel:
    item = items_of(user, state)[0]
    found = kurtogram_of(item)
    best = found.best
    values = found.as_image()
    n_columns = values.shape[1]
    f_hz = (np.arange(n_columns) + 0.5) * (item.source.fs_hz / 2 / n_columns)
    figure = kurtogram_figure(
        f_hz,
        [f"{level:g}" for level in found.levels],
        values,
        band_hz=(best.low_hz, best.high_hz),
        best_row=list(found.levels).index(best.level),
        colours=state.colours,
        theme=state.theme,
        subject=f"{item.signal.pk} kurtogram",
    )
    words = f"{best.low_hz:.0f}–{best.high_hz:.0f} Hz, kurtosis {best.kurtosis:.2f}"
    return Panel(figure, words, [best.low_hz, best.high_hz])


def kurtogram_of(item: Item) -> Kurtogram:
    samples = item.in_sight()
    with told_as():
        return fast_kurtogram(samples, item.source.fs_hz)


def _frame(
    item: Item, state: ViewerState, spectrum: tuple[FloatArray, FloatArray], scale: float
) -> Frame:
    shaft_hz, unit = item.signal.shaft_hz, powered_unit(item.unit, 1)
    highest = float(spectrum[0][-1])
    orders = item.orders
    reach = max(SHOWN_ORDERS, BEYOND * LINE_HARMONICS * orders.bpfi) if orders else SHOWN_ORDERS
    usual = max(reach * shaft_hz, SHOWN_HZ) if shaft_hz else SHOWN_HZ
    shown = within(state.envelope_hz, 0.0, highest)
    shown = shown or (0.0, highest if state.is_full else min(highest, usual))
    x_unit = "order" if scale != 1.0 else "Hz"
    return Frame(
        x_title="Order (X)" if scale != 1.0 else "Frequency (Hz)",
        y_title=unit if state.is_linear else f"dB re 1 {unit}",
        shown=(shown[0] * scale, shown[1] * scale),
        theme=state.theme,
        subject=f"{item.signal.pk} envelope {state.is_full} {x_unit} {state.is_linear}",
        width_px=state.width_px,
        hover=f"%{{x:.5g}} {x_unit}<br>%{{y:.4g}} {as_text(unit) if state.is_linear else 'dB'}",
        scale=scale,
        is_log_x=state.is_log,
        is_log_y=not state.is_linear,
        is_stacked=state.is_stacked,
    )


def _meta(item: Item, state: ViewerState, spectrum: tuple[FloatArray, FloatArray]) -> str:
    band = state.demodulated_hz
    words = f"band {band[0]:.0f}–{band[1]:.0f} Hz" if band else "whole band"
    df_hz = float(spectrum[0][1])
    start, end = f"{item.region.start_s:.4g}", f"{item.region.end_s:.4g}"
    return f"Hilbert, Hann · {words} · df {df_hz:.3g} Hz · region {start}–{end} s"
