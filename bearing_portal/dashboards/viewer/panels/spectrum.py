"""The spectrum: averaged over the part in sight, or tracked by the shaft's angle."""

from typing import Any

import numpy as np

from bearing_portal.dashboards.viewer.axis_marks import marks_of, scale_of
from bearing_portal.dashboards.viewer.figures import marks as marking
from bearing_portal.dashboards.viewer.figures.common import FloatArray, Span, within
from bearing_portal.dashboards.viewer.figures.lines import (
    LOW_ORDERS,
    Curve,
    Expected,
    Frame,
    curves_figure,
    in_db,
)
from bearing_portal.dashboards.viewer.items import Item, Panel, items_of
from bearing_portal.dashboards.viewer.state import WHOLE, View
from bearing_portal.dashboards.viewer.tracking import turns_of
from common.errors import Invalid
from common.text import thousands
from signals.waveforms.references import reference_get
from signals.waveforms.sources import LONG_SAMPLES
from vibration.errors import VibrationError
from vibration.spectra.averaging import Spectrum, averaged_spectrum, spectrum_of_blocks
from vibration.spectra.orders import order_spectrum

AVERAGES = {"power": "power", "linear": "linear", "peak": "peak_hold"}
MOST_SEGMENTS = 256  # of a record too long to read whole for one look


def spectrum_panel(user: Any, view: View) -> Panel:
    items = items_of(user, view)
    first = items[0]
    if view.is_tracked:
        return _tracked(user, items, view)
    spectra = [spectrum_of(item, view) for item in items]
    scale = scale_of(first, view)
    curves = [
        Curve(one.f_hz * scale, level_of(one, view), item.style)
        for one, item in zip(spectra, items, strict=True)
    ]
    frame = frame_of(first, view, spectra[0], scale)
    marks = marks_of(first, view)
    figure = curves_figure(
        curves,
        frame,
        marks=marks,
        bands=_bands(first, view),
        expected=_expected(user, first, view, frame),
    )
    return Panel(figure, meta_of(first, spectra[0]))


def spectrum_of(item: Item, view: View) -> Spectrum:
    """Return the spectrum of the part in sight; of a long one from segments spread over it."""
    region = item.region
    n_samples = region.last - region.first
    options: dict[str, Any] = {
        "quantity": view.spectrum,
        "segment": segment_of(view, n_samples),
        "window": view.window,
        "averaging": AVERAGES[view.averaging],
    }
    try:
        if n_samples > LONG_SAMPLES:
            read = item.source.reader_of(region.first)
            options["max_segments"] = MOST_SEGMENTS
            return spectrum_of_blocks(read, n_samples, item.source.fs_hz, **options)
        samples = item.source.read(region.first, region.last)
        return averaged_spectrum(samples, item.source.fs_hz, **options)
    except VibrationError as error:
        raise Invalid(str(error)) from error


def segment_of(view: View, n_samples: int) -> int | None:
    """Return the segment asked for, never longer than what there is; None lets Welch choose."""
    if view.segment is None:
        return None
    return n_samples if view.segment == WHOLE else min(view.segment, n_samples)


def level_of(spectrum: Spectrum, view: View) -> FloatArray:
    if view.is_linear:
        return spectrum.values
    return in_db(spectrum.values, is_power=spectrum.quantity == "psd")


def frame_of(item: Item, view: View, spectrum: Spectrum, scale: float) -> Frame:
    highest = float(spectrum.f_hz[-1])
    unit = item.signal.unit or "unit"
    x_unit = "order" if scale != 1.0 else "Hz"
    y_unit = f"{unit}²/Hz" if view.spectrum == "psd" else unit
    title = y_unit if view.is_linear else f"dB re 1 {y_unit}"
    usual = (0.0, _highest_shown(item, view, highest))
    shown = within(view.band_hz, 0.0, highest) or usual
    return Frame(
        x_title="Order (X)" if scale != 1.0 else "Frequency (Hz)",
        y_title=title,
        shown=(shown[0] * scale, shown[1] * scale),
        theme=view.theme,
        view=f"{item.signal.pk} spectrum {view.is_full} {x_unit} {view.is_log} {view.spectrum}",
        width_px=view.width_px,
        hover=f"%{{x:.4g}} {x_unit}<br>%{{y:.4g}} {y_unit if view.is_linear else 'dB'}",
        scale=scale,
        is_log_x=view.is_log,
        is_log_y=not view.is_linear,
        is_stacked=view.is_stacked,
    )


def meta_of(item: Item, spectrum: Spectrum) -> str:
    region = item.region
    start, end = f"{region.start_s:.4g}", f"{region.end_s:.4g}"
    return f"{spectrum.method} · df {spectrum.df_hz:.3g} Hz · region {start}–{end} s"


def _highest_shown(item: Item, view: View, highest_hz: float) -> float:
    shaft_hz = item.signal.shaft_hz
    if view.is_full or not shaft_hz:
        return highest_hz
    return min(highest_hz, LOW_ORDERS * shaft_hz)


def _bands(item: Item, view: View) -> list[Span]:
    return marking.subsynchronous_band(item.signal.shaft_hz) if "sub" in view.marks else []


def _expected(user: Any, item: Item, view: View, frame: Frame) -> Expected | None:
    wanted = "expected" in view.marks and view.spectrum == "psd" and not view.off
    fault_class = item.signal.fault_class
    if not wanted or fault_class is None:
        return None
    reference = reference_get(user, item.signal)
    if reference is None:
        return None
    low, median, high = (
        part if view.is_linear else in_db(part, is_power=True)
        for part in (reference.low, reference.median, reference.high)
    )
    x = reference.f_hz * frame.scale
    name = f"{fault_class.name}, n = {reference.n}"
    return Expected(x, low, median, high, fault_class.colour, name)


def _tracked(user: Any, items: list[Item], view: View) -> Panel:
    """Return the spectrum over orders of the record resampled by the shaft's angle."""
    curves = []
    for item in items:
        turns = turns_of(user, item)
        part = slice(item.region.first, item.region.last)
        try:
            orders, amplitude = order_spectrum(item.source.whole[part], turns[part])
        except VibrationError as error:
            raise Invalid(str(error)) from error
        level = amplitude if view.is_linear else in_db(amplitude, is_power=False)
        curves.append(Curve(np.asarray(orders), level, item.style))
    first = items[0]
    unit = first.signal.unit or "unit"
    highest = float(curves[0].x[-1])
    usual = (0.0, highest if view.is_full else min(highest, LOW_ORDERS))
    frame = Frame(
        x_title="Order (X)",
        y_title=unit if view.is_linear else f"dB re 1 {unit}",
        shown=within(view.band_orders, 0.0, highest) or usual,
        theme=view.theme,
        view=f"{first.signal.pk} tracked {view.is_full}",
        width_px=view.width_px,
        hover=f"%{{x:.4g}} X<br>%{{y:.4g}} {unit if view.is_linear else 'dB'}",
        is_log_y=not view.is_linear,
        is_stacked=view.is_stacked,
    )
    turned = f"{turns[part][-1] - turns[part][0]:.4g}"
    meta = f"Order tracking, Hann · {turned} turns · n = {thousands(curves[0].x.size)} lines"
    return Panel(curves_figure(curves, frame, marks=marking.shaft_marks(1.0)), meta)
