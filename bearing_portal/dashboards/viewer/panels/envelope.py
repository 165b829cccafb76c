"""The envelope spectrum of a band, what a bearing's lines are there, and the band proposed."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from bearing_portal.dashboards.viewer.axis_marks import marks_of, scale_of
from bearing_portal.dashboards.viewer.figures import marks as marking
from bearing_portal.dashboards.viewer.figures.common import within
from bearing_portal.dashboards.viewer.figures.lines import Curve, Frame, curves_figure, in_db
from bearing_portal.dashboards.viewer.figures.maps import kurtogram_figure
from bearing_portal.dashboards.viewer.items import Item, Panel, items_of, orders_of
from bearing_portal.dashboards.viewer.state import View
from common.errors import Invalid
from vibration.errors import VibrationError
from vibration.machines.bearings import bearing_lines
from vibration.machines.lines import FoundLine, find_lines
from vibration.spectra.envelope import band_envelope_spectrum
from vibration.spectra.kurtogram import Kurtogram, fast_kurtogram
from vibration.spectra.welch import FloatArray

SHOWN_ORDERS = 12.0
SHOWN_HZ = 400.0
LINE_HARMONICS = 3


def envelope_panel(user: Any, view: View) -> Panel:
    items = items_of(user, view)
    first = items[0]
    spectra = [spectrum_of(item, view) for item in items]
    scale = scale_of(first, view)
    curves = [
        Curve(
            f_hz * scale,
            values if view.is_linear else in_db(values, is_power=False),
            item.style,
        )
        for (f_hz, values), item in zip(spectra, items, strict=True)
    ]
    marks = marks_of(first, view)
    bands = marking.tolerance_bands(marks)
    figure = curves_figure(curves, _frame(first, view, spectra[0], scale), marks=marks, bands=bands)
    return Panel(figure, _meta(first, view, spectra[0]), found_lines(first, view, spectra[0]))


def spectrum_of(item: Item, view: View) -> tuple[FloatArray, FloatArray]:
    """Return the envelope spectrum of the part in sight, in the band chosen."""
    samples = item.source.excerpt(item.region.first, item.region.last)
    try:
        return band_envelope_spectrum(samples, item.source.fs_hz, view.demodulated_hz)
    except VibrationError as error:
        raise Invalid(str(error)) from error


def found_lines(item: Item, view: View, spectrum: tuple[FloatArray, FloatArray]) -> list[FoundLine]:
    """Return the bearing's lines looked for, each with what was found within the tolerance."""
    orders, shaft_hz = orders_of(view, item.signal), item.signal.shaft_hz
    if orders is None or not shaft_hz:
        return []
    lines = bearing_lines(orders, shaft_hz, harmonics=LINE_HARMONICS)
    return each_peak_once(find_lines(*spectrum, lines, tolerance=marking.TOLERANCE))


def each_peak_once(found: list[FoundLine]) -> list[FoundLine]:
    """Give a peak that lies within the tolerance of several lines to the nearest of them."""
    nearest: dict[float, float] = {}
    for one in found:
        if one.is_found:
            peak = round(one.measured_hz, 6)
            nearest[peak] = min(nearest.get(peak, math.inf), abs(one.deviation_percent))
    return [
        replace(one, is_found=False)
        if one.is_found and abs(one.deviation_percent) > nearest[round(one.measured_hz, 6)]
        else one
        for one in found
    ]


def kurtogram_panel(user: Any, view: View) -> Panel:
    item = items_of(user, view)[0]
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
        colours=view.colours,
        theme=view.theme,
        view=f"{item.signal.pk} kurtogram",
    )
    words = f"{best.low_hz:.0f}–{best.high_hz:.0f} Hz, kurtosis {best.kurtosis:.2f}"
    return Panel(figure, words, [best.low_hz, best.high_hz])


def kurtogram_of(item: Item) -> Kurtogram:
    samples = item.source.excerpt(item.region.first, item.region.last)
    try:
        return fast_kurtogram(samples, item.source.fs_hz)
    except VibrationError as error:
        raise Invalid(str(error)) from error


def _frame(item: Item, view: View, spectrum: tuple[FloatArray, FloatArray], scale: float) -> Frame:
    shaft_hz, unit = item.signal.shaft_hz, item.signal.unit or "unit"
    highest = float(spectrum[0][-1])
    usual = max(SHOWN_ORDERS * shaft_hz, SHOWN_HZ) if shaft_hz else SHOWN_HZ
    shown = within(view.envelope_hz, 0.0, highest)
    shown = shown or (0.0, highest if view.is_full else min(highest, usual))
    x_unit = "order" if scale != 1.0 else "Hz"
    return Frame(
        x_title="Order (X)" if scale != 1.0 else "Frequency (Hz)",
        y_title=unit if view.is_linear else f"dB re 1 {unit}",
        shown=(shown[0] * scale, shown[1] * scale),
        theme=view.theme,
        view=f"{item.signal.pk} envelope {view.is_full} {x_unit} {view.is_linear}",
        width_px=view.width_px,
        hover=f"%{{x:.5g}} {x_unit}<br>%{{y:.4g}} {unit if view.is_linear else 'dB'}",
        scale=scale,
        is_log_x=view.is_log,
        is_log_y=not view.is_linear,
        is_stacked=view.is_stacked,
    )


def _meta(item: Item, view: View, spectrum: tuple[FloatArray, FloatArray]) -> str:
    band = view.demodulated_hz
    words = f"band {band[0]:.0f}–{band[1]:.0f} Hz" if band else "whole band"
    df_hz = float(spectrum[0][1])
    start, end = f"{item.region.start_s:.4g}", f"{item.region.end_s:.4g}"
    return f"Hilbert, Hann · {words} · df {df_hz:.3g} Hz · region {start}–{end} s"
